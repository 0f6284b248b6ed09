import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import { describeDatabase } from '../database-url.ts';
import { type Tables, migrate, postgresMigrations } from './migrations.ts';
import { explainEach, explained, explainOpening, isAway } from './postgres-failures.ts';
import { createPostgresPool, makeKyselyPool } from './postgres-pool.ts';
import { createSqlStore } from './sql-store.ts';
import type { Store } from './store.ts';

/** Server and database are often started together; one that takes longer has a trouble that an operator should see. */
export const DATABASE_WAIT_MS = 60_000;
const RETRY_MS = 1000;

export interface PostgresOptions {
  readonly url: URL;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a database that does not answer yet is waited for. */
  readonly waitMs?: number;
}

export interface PostgresDatabase extends AsyncDisposable {
  readonly pool: Pool;
  readonly tables: Kysely<Tables>;
}

/** Waits for the database and brings its tables up to date. Throws an Error that says what to do, and never a password. */
export async function openPostgres(options: PostgresOptions, signal: AbortSignal): Promise<PostgresDatabase> {
  const pool = createPostgresPool(options.url, options.log);
  const tables = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: makeKyselyPool(pool) }) });
  const close = async () => {
    await tables.destroy();
    if (!pool.ended) await pool.end();
  };
  try {
    await awaitDatabase(pool, options, signal);
    await migrate(tables, postgresMigrations);
  } catch (cause) {
    await close();
    if (signal.aborted) throw signal.reason;
    throw new Error(explainOpening(describeDatabase(options.url), cause), { cause });
  }
  return { pool, tables, [Symbol.asyncDispose]: close };
}

/** Only what may pass by itself is waited for. */
async function awaitDatabase(pool: Pool, options: PostgresOptions, signal: AbortSignal): Promise<void> {
  const { url, clock, log, waitMs = DATABASE_WAIT_MS } = options;
  const until = clock.now() + waitMs;
  for (let tries = 1; ; tries += 1) {
    try {
      await pool.query('select 1');
      return;
    } catch (error) {
      if (!isAway(error) || clock.now() >= until) throw error;
      if (tries === 1) log.warn({ err: error, database: describeDatabase(url), waitMs }, 'waiting for the database');
    }
    await delay(RETRY_MS, undefined, { signal });
  }
}

/** Several servers may have it at once. The database is the caller's. */
export function createPostgresStore({ tables }: PostgresDatabase): Store {
  const store = createSqlStore(tables);
  return {
    markCheckDone: (done) => explained(store.markCheckDone(done)),
    listChecksDone: (ownerHash, lab) => explained(store.listChecksDone(ownerHash, lab)),
    forgetChecksDone: (ownerHash, lab) => explained(store.forgetChecksDone(ownerHash, lab)),
    findFirstDone: (ownerHash, lab) => explained(store.findFirstDone(ownerHash, lab)),
    addFinishedRun: (run) => explained(store.addFinishedRun(run)),
    measureLabs: () => explained(store.measureLabs()),
    keepHome: (home, totalBytes) => explained(store.keepHome(home, totalBytes)),
    findHome: (ownerHash, lab) => explained(store.findHome(ownerHash, lab)),
    readHome: (ownerHash, lab) => explained(store.readHome(ownerHash, lab)),
    forgetHome: (ownerHash, lab) => explained(store.forgetHome(ownerHash, lab)),
    keepOnce: (name, value) => explained(store.keepOnce(name, value)),
    keepPlace: (place) => explained(store.keepPlace(place)),
    findPlace: (ownerHash, lab) => explained(store.findPlace(ownerHash, lab)),
    keepAnswer: (answer) => explained(store.keepAnswer(answer)),
    listAnswers: (ownerHash, lab) => explained(store.listAnswers(ownerHash, lab)),
    readPerson: (ownerHash) => explained(store.readPerson(ownerHash)),
    forgetPerson: (ownerHash) => explained(store.forgetPerson(ownerHash)),
    forgetIdle: (since) => explained(store.forgetIdle(since)),
    claimSweep: (day) => explained(store.claimSweep(day)),
    showings: explainEach(store.showings),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
