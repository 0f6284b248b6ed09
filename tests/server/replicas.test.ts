/** Two servers that share a PostgreSQL database. What they share of a cluster is in `tests/cluster/two-servers.test.ts`. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { handOverReply } from '../../sandbox-server/protocol/requests.ts';
import { createPostgres, skippedWithoutPostgres, type TestPostgres } from '../support/postgres.ts';
import { Browser, makeOpen } from './browser.ts';
import { startServer, type RunningServer } from './running-server.ts';

/** Seconds on an idle machine; much more on a busy one. */
const SUITE_LIMIT_MS = 300_000;

describe('two servers of one database', { skip: skippedWithoutPostgres, timeout: SUITE_LIMIT_MS }, () => {
  let postgres: TestPostgres;
  let one: RunningServer;
  let other: RunningServer;
  /** The same person with a page at each server. The local driver gives each server a sandbox, of the same id. */
  let here: Browser;
  let there: Browser;
  let id = '';
  before(async () => {
    postgres = await createPostgres();
    const databaseUrl = await postgres.createDatabase();
    one = await startServer({ databaseUrl });
    other = await startServer({ databaseUrl });
    here = new Browser(one.origin);
    ({ id } = await here.startAndWait());
    there = new Browser(other.origin);
    there.cookie = here.cookie;
    assert.equal((await there.startAndWait()).id, id);
  });
  after(async () => {
    await one[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
    await postgres[Symbol.asyncDispose]();
  });

  const redeem = async (browser: Browser, code: string) => {
    const reply = await browser.send('/api/hand-over', { method: 'POST', body: JSON.stringify({ code }) });
    return [reply.status, (reply.json as { code?: string }).code];
  };
  const makeLink = async (browser: Browser) =>
    handOverReply.parse((await browser.send(`/api/sandboxes/${id}/hand-over`, { method: 'POST' })).json).code;
  const makeStranger = async (server: RunningServer) => {
    const stranger = new Browser(server.origin);
    await stranger.send('/api/status');
    return stranger;
  };

  it('know the same people, without a file of either', async () => {
    assert.equal((await there.send('/api/status')).headers['set-cookie'], undefined);
    for (const { directory } of [one, other]) assert.deepEqual(await readdir(join(directory, 'data')), []);
  });

  it('open a terminal with a ticket of each other, once', async () => {
    const ticket = await here.ticket(id);
    await using page = there.connectTerminal(ticket);
    await page.opened;
    page.isOwner = true;
    page.send(makeOpen());
    await page.waitForMessage('opened');
    page.type('echo there-$((40 + 2))\r');
    await page.waitForText(/there-42/);
    await using again = here.connectTerminal(ticket);
    assert.equal(await again.closed, 4401);
  });

  it('open one terminal where a ticket is tried at both at the same time', async () => {
    const ticket = await here.ticket(id);
    await using first = here.connectTerminal(ticket);
    await using second = there.connectTerminal(ticket);
    const outcomes = await Promise.all(
      [first, second].map(async (page) => {
        await page.opened;
        page.isOwner = true;
        page.send(makeOpen());
        return page.waitForMessage('opened').then(
          () => 'opened',
          () => page.closed,
        );
      }),
    );
    assert.deepEqual(outcomes.toSorted(), [4401, 'opened']);
  });

  it('make a browser the same person by a link of each other, the newest one only', async () => {
    const older = await makeLink(here);
    const newer = await makeLink(there);
    const stranger = await makeStranger(one);
    assert.deepEqual(await redeem(stranger, older), [403, 'hand_over_refused']);
    assert.deepEqual(await redeem(stranger, newer), [200, undefined]);
    assert.equal(stranger.cookie, here.cookie);
    assert.deepEqual(await redeem(await makeStranger(other), newer), [403, 'hand_over_refused']);
  });

  it('tell the pages of each other what is done', async () => {
    await using events = await there.listen();
    await using page = await here.openTerminal(id);
    page.type('touch ~/done; echo made-$((40 + 2))\r');
    await page.waitForText(/made-42/);
    assert.equal((await here.check(id, 'has-file')).status, 200);
    await events.waitForSandbox((each) => each.checksDone.includes('has-file'));
    assert.deepEqual((await there.send('/api/labs/first-steps/progress')).json, {
      checksDone: ['has-file'],
      solvable: [],
      answers: [],
    });
  });

  // The last: it restarts the database.
  it('say that the database is away, keep terminals, and go on when it is back', async () => {
    await using page = await here.openTerminal(id);
    await postgres.stop();
    for (const reply of [
      await there.send('/api/labs/first-steps/progress'),
      await here.send(`/api/sandboxes/${id}/tickets`, { method: 'POST' }),
    ]) {
      assert.deepEqual([reply.status, reply.json], [503, { code: 'database_unreachable', retryable: true }]);
    }
    await using refused = here.connectTerminal('any');
    assert.equal(await refused.closed, 4503);
    page.type('echo still-$((40 + 2))\r');
    await page.waitForText(/still-42/);
    await postgres.start();
    await using events = await there.listen();
    await using again = await there.openTerminal(id);
    again.type('echo back-$((40 + 2))\r');
    await again.waitForText(/back-42/);
    assert.ok(events.seen.length > 0);
  });
});
