/** What a server keeps and shares, and where: a SQLite file of its own, or a PostgreSQL database with other servers. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { describeDatabase } from './database-url.ts';
import type { ServerData } from './driver/driver.ts';
import type { Events } from './events/events.ts';
import { createInProcessEvents } from './events/in-process-events.ts';
import { createMemoryCodes } from './store/memory-codes.ts';
import type { CreateCodes } from './store/one-use-codes.ts';
import { COOKIE_KEY, loadSecret, makeSecret } from './store/secret.ts';
import { createSqliteStore } from './store/sqlite-store.ts';
import type { Store } from './store/store.ts';
import { DATABASE_FILE, SECRET_FILE } from './store/transfer/folder-place.ts';
import type { Logger } from './telemetry/log.ts';

/** 192 bits: beyond guessing within the minutes that a code lives. */
const CODE_BYTES = 24;
/** Of the store, under which it keeps who it is. */
export const IDENTITY = 'identity';

/** Disposing it closes all of it. */
export interface Data extends AsyncDisposable {
  /** The key that signs cookies: the same on all servers that share the rest. */
  readonly secret: Buffer;
  readonly store: Store;
  readonly events: Events;
  readonly createCodes: CreateCodes;
  /** To the other servers of a cluster. */
  readonly serverData: ServerData;
}

export interface OpenDataOptions extends Pick<Config, 'dataDirectory' | 'databaseUrl' | 'secretFile'> {
  readonly clock: Clock;
  readonly log: Logger;
}

/** Throws an Error that says what to do. Waits a while for a database that does not answer yet. */
export function openData(options: OpenDataOptions, signal: AbortSignal): Promise<Data> {
  const { databaseUrl } = options;
  return databaseUrl ? openShared({ ...options, databaseUrl }, signal) : openOwn(options);
}

const makeCode = () => randomBytes(CODE_BYTES).toString('base64url');

async function openOwn({ dataDirectory, secretFile, clock }: OpenDataOptions): Promise<Data> {
  await using resources = new AsyncDisposableStack();
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const secret = await loadSecret(secretFile ?? join(dataDirectory, SECRET_FILE));
  const store = resources.use(await createSqliteStore(join(dataDirectory, DATABASE_FILE)));
  const serverData = {
    identity: await store.keepOnce(IDENTITY, randomUUID()),
    description: `a file of its own, ${dataDirectory} on ${hostname()}`,
    isShared: false,
  };
  const events = resources.use(createInProcessEvents());
  const held = resources.move();
  const createCodes = createMemoryCodes({ clock, makeCode });
  return { secret, store, events, createCodes, serverData, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

async function openShared(
  { databaseUrl: url, secretFile, clock, log }: OpenDataOptions & { readonly databaseUrl: URL },
  signal: AbortSignal,
): Promise<Data> {
  // Only now, since most servers need none of it.
  const { createPostgresStore, openPostgres } = await import('./store/postgres-store.ts');
  const { createPostgresCodes } = await import('./store/postgres-codes.ts');
  const { createPostgresEvents } = await import('./events/postgres-events.ts');
  await using resources = new AsyncDisposableStack();
  const database = resources.use(await openPostgres({ url, clock, log }, signal));
  const store = createPostgresStore(database);
  const secret = secretFile
    ? await loadSecret(secretFile)
    : Buffer.from(await store.keepOnce(COOKIE_KEY, makeSecret().toString('base64')), 'base64');
  const serverData = {
    identity: await store.keepOnce(IDENTITY, randomUUID()),
    description: `the ${describeDatabase(url)}`,
    isShared: true,
  };
  const events = resources.use(await createPostgresEvents({ url, pool: database.pool, log }));
  const createCodes = createPostgresCodes({ database, clock, makeCode });
  const held = resources.move();
  return { secret, store, events, createCodes, serverData, [Symbol.asyncDispose]: () => held.disposeAsync() };
}
