/** A page may be faster than the word of the cluster to the server that it comes to. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { ManualClock } from '../support/manual-clock.ts';
import { Browser } from './browser.ts';
import { createTestDriver, makeFolders, startServer } from './running-server.ts';

const SUITE_LIMIT_MS = 300_000;

describe('a ticket for a sandbox of which the server has not heard yet', { timeout: SUITE_LIMIT_MS }, () => {
  let directory = '';
  let learner: Browser;
  let id = '';
  before(async () => {
    directory = await makeFolders();
    await using first = await startServer({ directory });
    learner = new Browser(first.origin);
    ({ id } = await learner.startAndWait());
  });
  after(() => rm(directory, { recursive: true }));

  /** A server that has not heard of any sandbox, and what it answers to a request for a ticket. */
  async function ask(clock: ManualClock) {
    const server = await startServer({ directory, clock, isWithoutDriver: true });
    learner.origin = server.origin;
    const answer = learner.send(`/api/sandboxes/${id}/tickets`, { method: 'POST' });
    const other = new Browser(server.origin);
    // A later request is answered, so the first one is there.
    await other.send('/healthz');
    return { server, other, answer, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  }

  it('is given when word comes', async () => {
    await using asked = await ask(new ManualClock());
    await asked.server.drivers.use(await createTestDriver(directory));
    assert.equal((await asked.answer).status, 200);
  });

  it('is refused when none comes, and may be asked for again', async () => {
    const clock = new ManualClock();
    await using asked = await ask(clock);
    let isAnswered = false;
    const answered = asked.answer.then((reply) => {
      isAnswered = true;
      return reply;
    });
    while (!isAnswered) {
      clock.advance(1000);
      await asked.other.send('/healthz');
    }
    assert.deepEqual((await answered).json, { code: 'cluster_starting', retryable: true });
  });
});
