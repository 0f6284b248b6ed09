import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { WATCH_LEASE_MS } from '../../sandbox-server/protocol/requests.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { Browser } from './browser.ts';
import { IDLE_MINUTES, startServer, type RunningServer } from './running-server.ts';

/** Seconds on an idle machine; much more on a busy one. */
const SUITE_LIMIT_MS = 300_000;
const MINUTE_MS = 60_000;
/** In which a driver without a cluster asks once. */
const ROUND_MS = 2_000;
const STEP_PAUSE_MS = 5;

describe('a check that somebody has in sight', { timeout: SUITE_LIMIT_MS }, () => {
  let server: RunningServer;
  let learner: Browser;
  let id = '';
  const clock = new ManualClock();
  before(async () => {
    server = await startServer({ clock });
    learner = new Browser(server.origin);
    ({ id } = await learner.startAndWait());
  });
  after(() => server[Symbol.asyncDispose]());

  const shell = async (command: string): Promise<string> => {
    await using page = await learner.openTerminal(id);
    page.type(`${command}; echo end-$((40 + 2))\r`);
    await page.waitForText(/end-42/);
    return page.text;
  };
  const countAsked = async (): Promise<number> => {
    const said = await shell('echo "count-$(cat ~/asked 2>/dev/null | wc -l)-"');
    return Number(/count-(\d+)-/.exec(said)?.[1]);
  };
  /** A click waits until what runs by itself has yielded: afterwards only what is still in sight is asked, at once. */
  const click = () => learner.check(id, 'has-file');

  it('becomes done by itself, on all pages of the learner, and stays so', async () => {
    await using events = await learner.listen();
    const { status, json } = await learner.watch(id, ['turns-done', 'has-file']);
    assert.deepEqual([status, json], [200, { checks: ['turns-done'] }]);
    await shell('touch ~/tree');
    const isDone = events.waitForSandbox(({ checksDone }) => checksDone.includes('turns-done'));
    await passTimeUntil(isDone);
    assert.deepEqual((await learner.send('/api/labs/first-steps/progress')).json, {
      checksDone: ['turns-done'],
      solvable: [],
      answers: [],
    });
    await shell('rm ~/tree');
    assert.deepEqual((await learner.watch(id, ['turns-done'])).json, { checks: [] });
    const { text } = await learner.send('/metrics');
    assert.match(text, /podium_checks_total\{outcome="done",cause="watch"\} 1/);
  });

  it('is asked until no page has it in sight', async () => {
    await learner.watch(id, ['keeps-asking'], 'one');
    await learner.watch(id, ['keeps-asking'], 'two');
    await learner.watch(id, [], 'one');
    await passTimeUntil(untilAsked(await countAsked()));
    await learner.watch(id, [], 'two');
    await click();
    const last = await countAsked();
    clock.advance(10 * ROUND_MS);
    await click();
    assert.equal(await countAsked(), last);
  });

  it('is asked for a minute after the last word of a page that went without one', async () => {
    await learner.watch(id, ['keeps-asking']);
    clock.advance(WATCH_LEASE_MS - 1);
    const before = await countAsked();
    await click();
    await untilAsked(before);
    clock.advance(1);
    await click();
    const last = await countAsked();
    clock.advance(10 * ROUND_MS);
    await click();
    assert.equal(await countAsked(), last);
  });

  it('is never asked by itself while a click asks', async () => {
    await learner.watch(id, ['keeps-asking']);
    for (let click = 0; click < 5; click += 1) {
      const { json } = await learner.check(id, 'keeps-asking');
      assert.equal((json as { done: boolean }).done, false);
    }
    await learner.watch(id, []);
    assert.match(await shell('[ -e ~/not-alone ] || echo "al""one"'), /alone/);
  });

  for (const [what, sandbox, body, expected] of [
    ['of a sandbox that is not there', 'nowhere', { page: 'page', checks: [] }, [404, 'sandbox_unknown']],
    ['that the lab does not have', undefined, { page: 'page', checks: ['nothing'] }, [404, 'check_unknown']],
    ['that has no name', undefined, { page: 'page', checks: [''] }, [400, 'bad_request']],
    ['of a page that does not say which', undefined, { checks: [] }, [400, 'bad_request']],
    ['among too many', undefined, { page: 'page', checks: Array(21).fill('waits') }, [400, 'bad_request']],
  ] as const) {
    it(`is refused where it is one ${what}`, async () => {
      const request = { method: 'POST', body: JSON.stringify(body) };
      const { status, json } = await learner.send(`/api/sandboxes/${sandbox ?? id}/watched-checks`, request);
      assert.deepEqual([status, (json as { code: string }).code], expected);
    });
  }

  it('uses up nothing of what a person may click', async () => {
    for (let turn = 0; turn < 70; turn += 1) assert.equal((await learner.watch(id, [])).status, 200);
    assert.equal((await click()).status, 200);
  });

  it('is refused to anybody else', async () => {
    const stranger = new Browser(server.origin);
    await stranger.send('/api/status');
    assert.equal((await stranger.watch(id, ['turns-done'])).status, 404);
  });

  it('keeps no sandbox alive in which nobody does anything', async () => {
    await using events = await learner.listen();
    for (let minute = 0; minute <= IDLE_MINUTES + 1; minute += 1) {
      await learner.watch(id, ['keeps-asking']);
      clock.advance(MINUTE_MS);
    }
    await events.waitForSandbox((sandbox) => sandbox.id === id && sandbox.state === 'gone');
    assert.equal((await learner.watch(id, ['keeps-asking'])).status, 404);
  });

  async function untilAsked(before: number): Promise<void> {
    await using page = await learner.openTerminal(id);
    page.type(
      `until [ "$(cat ~/asked 2>/dev/null | wc -l)" -gt ${before} ]; do sleep 0.05; done; echo more-$((40 + 2))\r`,
    );
    await page.waitForText(/more-42/);
  }

  /** A driver sets its timer when a check has ended, so time passes a little at a time. */
  async function passTimeUntil(promise: Promise<unknown>): Promise<void> {
    let isOver = false;
    const settled = promise.finally(() => (isOver = true));
    while (!isOver) {
      await delay(STEP_PAUSE_MS);
      clock.advance(ROUND_MS / 20);
    }
    await settled;
  }
});
