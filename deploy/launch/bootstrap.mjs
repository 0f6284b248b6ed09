/**
 * The one door of every npm script that must work on a fresh machine: brings along what Podium's own
 * TypeScript needs (npm packages, among them Node 24, and the compilers that one of them is built with),
 * then hands over to the command. Plain JavaScript for Node 18, because nothing else is there yet.
 *
 *   node deploy/launch/bootstrap.mjs COMMAND [ARGUMENT …]
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const OLDEST_NODE_THAT_RUNS_THIS = 18;
const NODE_OF_THE_PROGRAM = 24;

const programs = {
  start: 'deploy/launch/start.ts',
  dev: 'deploy/launch/dev.ts',
  test: 'tests/run.ts',
  nightly: 'tests/nightly.ts',
  attacks: 'tests/cluster/attacks/main.ts',
  labs: 'tests/labs.ts',
  decks: 'tests/decks/diff.ts',
  bench: 'tests/bench/run.ts',
  cluster: 'deploy/cluster/cli.ts',
  images: 'deploy/images/cli.ts',
};

/** node-pty has no prebuilt binary for Linux: these compile it. */
const compilers = [
  { program: 'python3', package: 'python3' },
  { program: 'make', package: 'make' },
  { program: 'g++', package: 'g++' },
];

function fail(message) {
  process.stderr.write(`podium: ${message}\n`);
  process.exit(1);
}

function say(message) {
  process.stdout.write(`podium: ${message}\n`);
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(':').some((folder) => folder && existsSync(join(folder, program)));
}

function majorOfThisNode() {
  return Number(process.versions.node.split('.')[0]);
}

function checkNode() {
  if (majorOfThisNode() < OLDEST_NODE_THAT_RUNS_THIS) {
    fail(
      `Node ${process.versions.node} is too old to begin with. Install Node 18 or newer (Debian 12: apt-get install nodejs npm).`,
    );
  }
}

function installCompilers() {
  if (process.platform !== 'linux') return;
  const missing = compilers.filter(({ program }) => !isOnPath(program)).map((each) => each.package);
  if (missing.length === 0) return;
  const command = `apt-get install -y ${missing.join(' ')}`;
  if (process.getuid() !== 0 || !isOnPath('apt-get')) {
    say(`${missing.join(', ')} are missing; the terminal library may not compile. By hand: sudo ${command}`);
    return;
  }
  say(`Installing Debian packages that compile the terminal library: ${missing.join(' ')}`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env: environment };
  spawnSync('apt-get', ['update', '-q'], options);
  const result = spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...missing], options);
  if (result.status !== 0) fail(`apt-get could not install them. Try by hand: ${command}`);
}

/** Packages are right when they were installed from this very lockfile, by this platform. */
function packagesStamp() {
  const hash = createHash('sha256');
  for (const file of ['package.json', 'package-lock.json']) hash.update(readFileSync(join(root, file)));
  return hash.update(`${process.platform}-${process.arch}`).digest('hex');
}

/** `mkdir` either makes the lock or fails: two commands in one clone must not install over each other. */
function withLock(folder, work) {
  const waitMs = 500;
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (let said = false; ; Atomics.wait(sleeper, 0, 0, waitMs)) {
    try {
      mkdirSync(folder);
      writeFileSync(join(folder, 'pid'), String(process.pid));
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (isStale(folder)) {
        rmSync(folder, { recursive: true, force: true });
        continue;
      }
      if (!said) say('Waiting for another command of this folder that is installing npm packages.');
      said = true;
    }
  }
  try {
    return work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isStale(folder) {
  try {
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Fetches Node 24 by itself, once a machine; its package also has the headers. Returns its folders. */
function bringNode() {
  const { node: version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies;
  const cache = process.env.PODIUM_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'podium');
  const folder = join(cache, 'toolchains', `node-${version}`);
  const bin = join(folder, 'node_modules', 'node', 'bin');
  if (!existsSync(join(bin, 'node'))) {
    say(`Bringing Node ${version} along; this one is ${process.versions.node}.`);
    mkdirSync(folder, { recursive: true });
    const quiet = ['--no-save', '--no-fund', '--no-audit', '--loglevel=error'];
    const result = spawnSync('npm', ['install', '--prefix', folder, ...quiet, `node@${version}`], { stdio: 'inherit' });
    if (result.status !== 0)
      fail('npm could not fetch Node 24; what it said stands above. Or install Node 24 yourself.');
  }
  const platform = `node-${process.platform}-${process.arch}`;
  const homes = [
    join(folder, 'node_modules', 'node', 'node_modules', platform),
    join(folder, 'node_modules', platform),
  ];
  return { bin, headers: homes.find(hasHeaders) };
}

function hasHeaders(home) {
  return existsSync(join(home, 'include', 'node', 'common.gypi'));
}

/**
 * npm leaves out optional packages that the Node it runs on is too old for, among them compiled parts that the
 * program needs later under Node 24. So an older Node first fetches Node 24 alone, and npm then runs on that.
 * The terminal library is compiled against Node's headers, which node-gyp would otherwise take from nodejs.org:
 * a machine that reaches nothing but a registry of packages could not.
 */
function environmentForNpm() {
  const { PATH = '', npm_config_nodedir: chosen } = process.env;
  const ownHome = dirname(dirname(process.execPath));
  const isNew = majorOfThisNode() >= NODE_OF_THE_PROGRAM;
  const needsHeaders = process.platform === 'linux' && !chosen && !(isNew && hasHeaders(ownHome));
  const brought = !isNew || needsHeaders ? bringNode() : undefined;
  const headers = chosen ?? (needsHeaders ? brought?.headers : undefined);
  return {
    ...process.env,
    PATH: isNew || !brought ? PATH : `${brought.bin}:${PATH}`,
    ...(headers && { npm_config_nodedir: headers }),
  };
}

function installPackages() {
  const stampFile = join(root, 'node_modules', '.podium-installed');
  const stamp = packagesStamp();
  const isInstalled = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (isInstalled()) return;
  withLock(join(root, '.npm-install.lock'), () => {
    if (isInstalled()) return;
    installCompilers();
    say('Installing npm packages (about a minute the first time).');
    const result = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
      cwd: root,
      stdio: 'inherit',
      env: environmentForNpm(),
    });
    if (result.status !== 0)
      fail('npm ci failed; what it said stands above. When it is mended, run the same command again.');
    writeFileSync(stampFile, stamp);
  });
}

function run(program, commandArguments) {
  const bin = join(root, 'node_modules', '.bin');
  const node = join(bin, 'node');
  const child = spawn(node, [join(root, program), ...commandArguments], {
    stdio: 'inherit',
    cwd: process.cwd(),
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, NODE_NO_WARNINGS: '1' },
  });
  // The child decides how a signal ends it; a terminal's Ctrl-C reaches it by itself, a `kill` of this process does not.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
  child.on('error', (error) =>
    fail(`Node 24 could not be started (${error.message}). Remove node_modules and run the same command again.`),
  );
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

const [command, ...commandArguments] = process.argv.slice(2);
const program = Object.hasOwn(programs, command ?? '') ? programs[command] : undefined;
if (!program) fail(`"${command ?? ''}" is not a command. There are: ${Object.keys(programs).join(', ')}.`);
checkNode();
installPackages();
run(program, commandArguments);
