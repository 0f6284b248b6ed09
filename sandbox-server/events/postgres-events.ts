/** Events by way of the database that the servers share (PostgreSQL manual, NOTIFY: payloads up to 8000 bytes, in order). */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type Pool } from 'pg';
import type { Logger } from 'pino';
import * as z from 'zod/mini';
import { makeConnectionOptions } from '../store/postgres-pool.ts';
import { type EventListener, type Events, sharedEvent, type SharedEvent } from './events.ts';
import { createListeners } from './in-process-events.ts';

const CHANNEL = 'podium';
/** A database that restarts is back in seconds. */
const RETRY_MS = 1000;
/** A connection on which one only listens may be dead without a word. */
const HEARTBEAT_MS = 30_000;

const message = z.object({ from: z.string(), event: sharedEvent });

export interface PostgresEventsDeps {
  readonly url: URL;
  /** Of the same database; it is the caller's. */
  readonly pool: Pool;
  readonly log: Logger;
}

/** Resolves when it listens; throws when it cannot. Later it connects again by itself, and then tells that it missed what was said. */
export async function createPostgresEvents(deps: PostgresEventsDeps): Promise<Events> {
  const events = new PostgresEvents(deps);
  await events.open();
  return events;
}

class PostgresEvents implements Events {
  readonly #deps: PostgresEventsDeps;
  /** Our own come back to us too. */
  readonly #from = randomUUID();
  readonly #listeners = createListeners();
  readonly #closing = new AbortController();
  #listening: Promise<void> = Promise.resolve();

  constructor(deps: PostgresEventsDeps) {
    this.#deps = deps;
  }

  async open(): Promise<void> {
    const connection = await this.#listen();
    this.#listening = this.#keepListening(connection);
  }

  publish(event: SharedEvent): void {
    this.#listeners.tell(event);
    const { pool, log } = this.#deps;
    const payload = JSON.stringify({ from: this.#from, event } satisfies z.infer<typeof message>);
    // Where the database is away, the others have lost their connections to it as well, and will read what they missed.
    pool.query('select pg_notify($1, $2)', [CHANNEL, payload]).catch((error: unknown) => {
      log.warn({ err: error }, 'other servers could not be told of an event');
    });
  }

  subscribe(listener: EventListener): Disposable {
    return this.#listeners.subscribe(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#listening;
  }

  async #keepListening(first: Listening): Promise<void> {
    const { signal } = this.#closing;
    let connection: Listening | undefined = first;
    while (connection) {
      const reason = await connection.lost(signal);
      const ended = connection.end();
      if (signal.aborted) return ended;
      this.#deps.log.warn({ err: reason, retryMs: RETRY_MS }, 'events of other servers are not heard');
      connection = await this.#listenAgain(signal);
    }
  }

  async #listenAgain(signal: AbortSignal): Promise<Listening | undefined> {
    while (!signal.aborted) {
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      const connection = await this.#listen().catch(() => undefined);
      if (!connection) continue;
      this.#listeners.tell({ type: 'missed' });
      return connection;
    }
    return undefined;
  }

  async #listen(): Promise<Listening> {
    const client = new Client(makeConnectionOptions(this.#deps.url));
    const connection = new Listening(client);
    client.on('notification', ({ payload = '' }) => this.#hear(payload));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      void connection.end();
      throw error;
    }
    return connection;
  }

  #hear(payload: string): void {
    const decoded = decodeMessage(payload);
    if (decoded === undefined) return this.#deps.log.warn('another server told what is not understood');
    if (decoded.from !== this.#from) this.#listeners.tell(decoded.event);
  }
}

/** A connection on which notifications come. */
class Listening {
  readonly #client: Client;
  readonly #failure: Promise<unknown>;

  constructor(client: Client) {
    this.#client = client;
    this.#failure = new Promise((resolve) => {
      client.on('error', resolve);
      client.on('end', () => resolve(new Error('the connection has ended')));
    });
  }

  /** Resolves with the reason when nothing comes any more, or when aborted. */
  async lost(signal: AbortSignal): Promise<unknown> {
    const ending = new AbortController();
    const beating = this.#beat(AbortSignal.any([signal, ending.signal]));
    try {
      return await Promise.race([this.#failure, beating]);
    } finally {
      ending.abort();
    }
  }

  /** A connection that is broken cannot say farewell; that is no news. */
  async end(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }

  async #beat(signal: AbortSignal): Promise<unknown> {
    try {
      for (;;) {
        await delay(HEARTBEAT_MS, undefined, { signal });
        await this.#client.query('select 1');
      }
    } catch (error) {
      return error;
    }
  }
}

/** A newer server may tell what this one does not know. */
function decodeMessage(payload: string): z.infer<typeof message> | undefined {
  try {
    return message.safeParse(JSON.parse(payload)).data;
  } catch {
    return undefined;
  }
}
