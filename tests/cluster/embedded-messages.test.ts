/** What an operator reads when the machine cannot carry the embedded cluster: each time what is wrong and what to do. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, mkdir, rm, symlink } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkPort } from '../../deploy/cluster/preflight.ts';

const root = join(import.meta.dirname, '..', '..');
const preflight = join(root, 'deploy/cluster/preflight.ts');
/** Each test starts a program or two on a machine that may be busy. */
const SUITE_LIMIT_MS = 120_000;

interface Ended {
  readonly status: number | null;
  readonly said: string;
}

async function run(program: string, words: readonly string[], environment: NodeJS.ProcessEnv): Promise<Ended> {
  const child = spawn(program, words, { cwd: '/', env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  assert.doesNotMatch(said, /^\s+at /mu);
  return { status, said };
}

describe('Podium on a machine that lacks something', { timeout: SUITE_LIMIT_MS }, () => {
  const needsRoot = { skip: process.getuid?.() === 0 ? false : 'needs root' };
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podium-messages-'));
    for (const name of ['disk', 'overlay']) await mkdir(join(folder, name));
  });
  after(() => rm(folder, { recursive: true }));

  /** Runs node after `changes` to a view of the file system that nobody else has. */
  function runWith(changes: string, words: readonly string[]): Promise<Ended> {
    const script = `set -eu; cd "$1"; ${changes}; shift; exec "$@"`;
    const view = ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', folder, process.execPath, ...words];
    const environment = { ...process.env, PODIUM_CACHE: join(folder, 'disk'), NODE_NO_WARNINGS: '1' };
    return run('unshare', view, environment);
  }
  const smallDisk = 'mount -t tmpfs -o size=64m podium-test disk';
  const build = [join(root, 'deploy/cluster/cli.ts'), 'build'];

  it('does not begin a build that would fill the disk, and says where there must be room', needsRoot, async () => {
    const { status, said } = await runWith(smallDisk, build);
    assert.equal(status, 1);
    assert.match(said, /not enough free disk space: 0\.1 GiB free at \S+\/disk, the build needs about 19\.0 GiB/);
    assert.match(said, /What to do: make room, or set PODIUM_CACHE to a folder on a larger disk/);
  });

  it('names the packages that a build lacks, the compilers among them, and how to get them', needsRoot, async () => {
    const hide =
      'mount -t tmpfs podium-test overlay; mkdir overlay/upper overlay/work;' +
      'mount -t overlay podium-test -o lowerdir=/usr/bin,upperdir=overlay/upper,workdir=overlay/work /usr/bin;' +
      'rm /usr/bin/gcc /usr/bin/clang-19';
    const { status, said } = await runWith(hide, build);
    assert.equal(status, 1);
    assert.match(said, /Debian packages are missing: gcc, clang-19\n/);
    assert.match(said, /What to do: install them: apt-get install --no-install-recommends gcc clang-19\n/);
  });

  it('names the room that the state of a cluster needs', needsRoot, async () => {
    const check =
      `import { checkRequirements } from ${JSON.stringify(preflight)};` +
      `await checkRequirements(process.argv[1]).catch((error) => console.log(error.message, error.next))`;
    const { said } = await runWith(smallDisk, ['--input-type=module', '-e', check, join(folder, 'disk/clusters')]);
    assert.match(said, /lacks something that the embedded cluster needs/);
    assert.match(said, /- 6 GiB of free disk at \S+\/disk\/clusters; here it is 0\.1 GiB/);
    assert.match(said, /start with --driver local: labs then run in shells of this machine/);
  });

  it('says at once that the port for the API server is taken, by whom, and what to do', async () => {
    let port: number;
    {
      await using other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      ({ port } = other.address() as AddressInfo);
      await assert.rejects(checkPort(port), {
        code: 'port-taken',
        message: `the port asked for is taken: ${port}`,
        next: `choose another with --port, or leave the option out for any free one; "ss -ltnp 'sport = :${port}'" shows who has it`,
      });
    }
    await checkPort(port);
  });

  it('says before npm runs which compilers the terminal library needs', async () => {
    const clone = join(folder, 'clone');
    for (const file of ['package.json', 'package-lock.json', 'deploy/launch/bootstrap.mjs'])
      await cp(join(root, file), join(clone, file));
    // A machine with Node and an npm that fails, and nothing else.
    await mkdir(join(folder, 'bin'));
    await symlink(process.execPath, join(folder, 'bin/node'));
    await symlink('/bin/false', join(folder, 'bin/npm'));
    const bootstrap = [join(clone, 'deploy/launch/bootstrap.mjs'), 'start'];
    const { status, said } = await run(process.execPath, bootstrap, { PATH: join(folder, 'bin'), HOME: folder });
    assert.equal(status, 1);
    assert.match(said, /python3, make, g\+\+ are missing; the terminal library may not compile/);
    assert.match(said, /By hand: sudo apt-get install -y python3 make g\+\+/);
    assert.match(said, /npm could not fetch Node 24|npm ci failed/);
  });
});
