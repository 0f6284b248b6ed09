/** How long a lab takes, as the people say who have done it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Clock } from '../../sandbox-server/clock.ts';
import { systemClock } from '../../sandbox-server/clock.ts';
import { Browser } from './browser.ts';
import { startServer, type RunningServer } from './running-server.ts';

/** Seconds on an idle machine; much more on a busy one. */
const SUITE_LIMIT_MS = 300_000;
const LAB = 'stairs';
const CHECKS = ['one', 'two', 'three', 'wrong'];
const MINUTE_MS = 60_000;

describe('the minutes of a lab', { timeout: SUITE_LIMIT_MS }, () => {
  let server: RunningServer;
  /** Runs as the system's does, ahead by what a test lets pass. */
  let aheadMs = 0;
  const clock: Clock = { now: () => systemClock.now() + aheadMs, after: (ms, act) => systemClock.after(ms, act) };
  before(async () => {
    server = await startServer({ clock });
  });
  after(() => server[Symbol.asyncDispose]());

  const start = async () => {
    const learner = new Browser(server.origin);
    const { id } = await learner.startAndWait(LAB);
    return { learner, id };
  };
  const finish = async ({ learner, id }: Awaited<ReturnType<typeof start>>, minutes: number) => {
    await using page = await learner.openTerminal(id);
    page.type('touch ~/one ~/two ~/three ~/wrong; echo made-$((40 + 2))\r');
    await page.waitForText(/made-42/);
    aheadMs += minutes * MINUTE_MS;
    for (const check of CHECKS) assert.equal((await learner.check(id, check)).status, 200);
    await learner.end(id);
  };
  const minutes = async () => (await new Browser(server.origin).send('/api/labs/minutes')).json;

  it('are measured once five people have finished it by themselves, from the beginning', async () => {
    for (const took of [9, 3, 30, 11]) await finish(await start(), took);
    const helped = await start();
    {
      await using events = await helped.learner.listen();
      const order = { method: 'POST', body: JSON.stringify({ step: 1 }) };
      assert.equal((await helped.learner.send(`/api/sandboxes/${helped.id}/solve`, order)).status, 202);
      await events.waitForSandbox(({ checksDone }) => checksDone.includes('one'));
    }
    await finish(helped, 1);
    assert.deepEqual(await minutes(), {});

    // Who began another day says nothing of how long it takes, also with the last check in one go.
    const { learner, id } = await start();
    {
      await using page = await learner.openTerminal(id);
      page.type('touch ~/one; echo made-$((40 + 2))\r');
      await page.waitForText(/made-42/);
    }
    await learner.check(id, 'one');
    await learner.end(id);
    await finish({ learner, id: (await learner.startAndWait(LAB)).id }, 1);
    assert.deepEqual(await minutes(), {});

    await finish(await start(), 2);
    assert.deepEqual(await minutes(), { [LAB]: 9 });
  });
});
