/**
 * A real PostgreSQL of a test's own, from Debian's packages: in a temporary folder, as a user without rights, reached by
 * a socket in that folder alone. It may be stopped and started again, as one that an operator restarts.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';

/** One folder for each version that is installed. */
const PACKAGES_FOLDER = '/usr/lib/postgresql';
/** Debian's `nobody`: initdb refuses root, and wants a user that has a name. */
const NOBODY = 65_534;
const READY = /database system is ready to accept connections/;

export const skippedWithoutPostgres =
  findPostgresPrograms() === undefined ? 'no PostgreSQL here: apt-get install postgresql' : false;

export interface TestPostgres extends AsyncDisposable {
  /** Of a new and empty database. Its password is for show: the socket's folder is what keeps others away. */
  createDatabase(): Promise<URL>;
  /** Ends it at once, with all connections. */
  stop(): Promise<void>;
  /** `kill -9` of the server and of all its processes, as when the machine is switched off under it. */
  killAll(): Promise<void>;
  /** `kill -9` of a process that serves a connection: the server then cuts all of them and recovers by itself. */
  killBackend(): Promise<void>;
  start(): Promise<void>;
}

/** Throws where `skippedWithoutPostgres` says why. */
export async function createPostgres({ isDurable = false } = {}): Promise<TestPostgres> {
  const programs = findPostgresPrograms();
  if (programs === undefined) throw new Error(String(skippedWithoutPostgres));
  const folder = await mkdtemp(join(tmpdir(), 'podium-postgres-'));
  const who = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (who.uid !== undefined) await chown(folder, who.uid, who.gid);
  const data = join(folder, 'data');
  const given = ['--auth=trust', '--username=podium', '--encoding=UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(programs, 'initdb'), ['-D', data, ...given], { ...who, cwd: folder, stdio: 'ignore' });
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, `fsync=${isDurable ? 'on' : 'off'}`];
  const start = () =>
    startServer(join(programs, 'postgres'), ['-D', data, ...settings.flatMap((each) => ['-c', each])], {
      ...who,
      cwd: folder,
    });
  let running: ChildProcess | undefined = await start();
  let databases = 0;
  const stop = async () => {
    if (running?.exitCode === null) {
      const exited = once(running, 'exit');
      // "Fast": connections are cut, and nothing is left to recover.
      running.kill('SIGINT');
      await exited;
    }
    running = undefined;
  };
  return {
    async createDatabase() {
      databases += 1;
      const name = `podium_${databases}`;
      const client = new Client({ connectionString: makeUrl(folder, 'postgres').href });
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      return makeUrl(folder, name);
    },
    stop,
    async killAll() {
      if (running?.pid === undefined) throw new Error('It does not run, so there is nothing to kill.');
      const exited = once(running, 'exit');
      // First it is held, so that none of its processes begins unseen: one that lives on would keep the next server away.
      running.kill('SIGSTOP');
      for (const pid of [running.pid, ...(await listChildren(running.pid))]) kill(pid);
      await exited;
      running = undefined;
    },
    async killBackend() {
      const [backend] = running?.pid === undefined ? [] : await listBackends(running.pid);
      if (backend === undefined) throw new Error('Nobody is connected, so there is nothing to kill.');
      kill(backend);
    },
    async start() {
      running = await start();
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function makeUrl(folder: string, database: string): URL {
  return new URL(`postgres://podium:correct-horse@localhost/${database}?host=${folder}`);
}

/** Of the newest version. */
export function findPostgresPrograms(): string | undefined {
  const versions = existsSync(PACKAGES_FOLDER) ? readdirSync(PACKAGES_FOLDER) : [];
  return versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(PACKAGES_FOLDER, version, 'bin'))
    .find((programs) => existsSync(join(programs, 'postgres')) && existsSync(join(programs, 'initdb')));
}

interface Surroundings {
  readonly uid?: number;
  readonly gid?: number;
  readonly cwd: string;
}

/** Resolves when it takes connections. */
async function startServer(program: string, settings: string[], where: Surroundings): Promise<ChildProcess> {
  const child = spawn(program, settings, { ...where, env: { LC_ALL: 'C' }, stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    if (READY.test(line)) {
      child.stderr.resume();
      return child;
    }
  }
  throw new Error(`PostgreSQL did not start: ${said.join('\n')}`);
}

async function listChildren(parent: number): Promise<readonly number[]> {
  const listed = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8');
  return listed.split(' ').filter(Boolean).map(Number);
}

/** Those of the children whose title says whom they serve. */
async function listBackends(parent: number): Promise<readonly number[]> {
  const children = await listChildren(parent);
  const titles = await Promise.all(children.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return children.filter((_, index) => /^postgres: podium podium_/.test(titles[index] ?? ''));
}

/** One of them may be gone already, with its parent. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
