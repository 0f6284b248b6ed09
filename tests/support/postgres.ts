/**
 * A real PostgreSQL of a test's own, from Debian's packages: in a temporary folder, as a user without rights, reached by
 * a socket in that folder alone. It may be stopped and started again, as one that an operator restarts.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
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
  start(): Promise<void>;
}

/** Throws where `skippedWithoutPostgres` says why. */
export async function createPostgres(): Promise<TestPostgres> {
  const programs = findPostgresPrograms();
  if (programs === undefined) throw new Error(String(skippedWithoutPostgres));
  const folder = await mkdtemp(join(tmpdir(), 'podium-postgres-'));
  const who = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (who.uid !== undefined) await chown(folder, who.uid, who.gid);
  const data = join(folder, 'data');
  const given = ['--auth=trust', '--username=podium', '--encoding=UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(programs, 'initdb'), ['-D', data, ...given], { ...who, cwd: folder, stdio: 'ignore' });
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'fsync=off'];
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
