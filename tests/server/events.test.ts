/** One contract for every adapter of events, and what becomes of those between servers when the database goes away. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { createPostgresPool } from '../../sandbox-server/store/postgres-pool.ts';
import type { Events, HeardEvent, SharedEvent } from '../../sandbox-server/events/events.ts';
import { createInProcessEvents } from '../../sandbox-server/events/in-process-events.ts';
import { createPostgresEvents } from '../../sandbox-server/events/postgres-events.ts';
import { createLog } from '../../sandbox-server/telemetry/log.ts';
import { createPostgres, skippedWithoutPostgres, type TestPostgres } from '../support/postgres.ts';

const SUITE_LIMIT_MS = 300_000;
const log = createLog('silent');

const checkDone = (check: string): SharedEvent => ({ type: 'check-done', ownerHash: 'a', lab: 'first-steps', check });

/** What a server has heard, in order. */
class Ear implements Disposable {
  readonly heard: HeardEvent[] = [];
  readonly #news = new EventEmitter();
  readonly #subscription: Disposable;

  constructor(events: Events) {
    this.#subscription = events.subscribe((event) => {
      this.heard.push(event);
      this.#news.emit('news');
    });
  }

  async hears(count: number): Promise<readonly HeardEvent[]> {
    while (this.heard.length < count) await once(this.#news, 'news');
    return this.heard;
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
  }
}

function describeEvents(create: () => Promise<Events>): void {
  it('are heard on the same server at once, in order, by all who listen', async () => {
    await using events = await create();
    using one = new Ear(events);
    using other = new Ear(events);
    events.publish(checkDone('first'));
    events.publish(checkDone('second'));
    for (const { heard } of [one, other]) assert.deepEqual(heard, [checkDone('first'), checkDone('second')]);
  });

  it('are not heard by who does not listen any more', async () => {
    await using events = await create();
    const ear = new Ear(events);
    ear[Symbol.dispose]();
    events.publish(checkDone('first'));
    assert.deepEqual(ear.heard, []);
  });
}

describe('events in one process', () => describeEvents(() => Promise.resolve(createInProcessEvents())));

describe('events by way of PostgreSQL', { skip: skippedWithoutPostgres, timeout: SUITE_LIMIT_MS }, () => {
  let postgres: TestPostgres;
  let url: URL;
  before(async () => {
    postgres = await createPostgres();
    url = await postgres.createDatabase();
  });
  after(() => postgres[Symbol.asyncDispose]());

  async function create(): Promise<Events> {
    const pool = createPostgresPool(url, log);
    const events = await createPostgresEvents({ url, pool, log });
    return {
      publish: (event) => events.publish(event),
      subscribe: (listener) => events.subscribe(listener),
      async [Symbol.asyncDispose]() {
        await events[Symbol.asyncDispose]();
        await pool.end();
      },
    };
  }
  describeEvents(create);

  it('are heard by all other servers, and once by each', async () => {
    await using here = await create();
    await using there = await create();
    await using elsewhere = await create();
    using own = new Ear(here);
    using near = new Ear(there);
    using far = new Ear(elsewhere);
    here.publish(checkDone('first'));
    await Promise.all([near.hears(1), far.hears(1)]);
    there.publish(checkDone('second'));
    await far.hears(2);
    for (const ear of [own, near, far]) {
      assert.deepEqual(await ear.hears(2), [checkDone('first'), checkDone('second')]);
    }
  });

  it('say that some were missed when the database was away, and come again', async () => {
    await using here = await create();
    await using there = await create();
    using ear = new Ear(there);
    await postgres.stop();
    here.publish(checkDone('lost'));
    await postgres.start();
    assert.deepEqual(await ear.hears(1), [{ type: 'missed' }]);
    here.publish(checkDone('after'));
    assert.deepEqual(await ear.hears(2), [{ type: 'missed' }, checkDone('after')]);
  });

  it('that this server does not understand are passed over', async () => {
    await using here = await create();
    await using there = await create();
    using ear = new Ear(there);
    const pool = createPostgresPool(url, log);
    for (const payload of ['nonsense', '{}', '{"from":"x","event":{"type":"later"}}']) {
      await pool.query('select pg_notify($1, $2)', ['podium', payload]);
    }
    await pool.end();
    here.publish(checkDone('first'));
    assert.deepEqual(await ear.hears(1), [checkDone('first')]);
  });

  it('cannot be had while there is no database', async () => {
    await postgres.stop();
    await assert.rejects(create());
    await postgres.start();
  });
});
