/**
 * Connections to PostgreSQL. The database may restart or move at any time: a connection that fails is thrown away, and
 * the next query makes a new one.
 */
import { Pool, type ClientConfig, type PoolClient } from 'pg';
import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type { Logger } from 'pino';
import { isAway } from './postgres-failures.ts';

/** Queries take a millisecond; with ten of each of ten servers, a database of 100 connections, its default, still has room. */
const MAX_CONNECTIONS = 9;
/** A database that takes longer to say hello is not there. */
const CONNECT_LIMIT_MS = 5000;
/** What is asked takes milliseconds; what takes this long never comes back: the other side is gone without a word. */
const QUERY_LIMIT_MS = 10_000;

export function makeConnectionOptions(url: URL): ClientConfig {
  return {
    connectionString: url.href,
    application_name: 'podium',
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    query_timeout: QUERY_LIMIT_MS,
    keepAlive: true,
  };
}

/** Connects only when something is asked. */
export function createPostgresPool(url: URL, log: Logger): Pool {
  const pool = new Pool({ ...makeConnectionOptions(url), max: MAX_CONNECTIONS });
  pool.on('error', (error) => log.warn({ err: error }, 'connection to the database was lost'));
  // While it is in use the query fails and says why; without a listener the event would end the process besides.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** For Kysely, which gives each connection back as sound, also one on which an answer is still awaited. */
export function makeKyselyPool(pool: Pool): PostgresPool {
  return {
    options: pool.options,
    connect: async () => makeKyselyClient(await pool.connect()),
    end: () => pool.end(),
  };
}

function makeKyselyClient(client: PoolClient): PostgresPoolClient {
  let isBroken = false;
  const query = async <R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> => {
    try {
      return (await client.query(text, [...parameters])) as unknown as PostgresQueryResult<R>;
    } catch (error) {
      isBroken ||= isAway(error);
      throw error;
    }
  };
  return {
    query: query as PostgresPoolClient['query'],
    release: (isUnfit = false) => client.release(isUnfit || isBroken),
  };
}
