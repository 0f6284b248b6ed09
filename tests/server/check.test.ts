import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from './browser.ts';
import { startServerWithLearner, type RunningServer } from './running-server.ts';

/** Seconds on an idle machine; much more on a busy one. */
const SUITE_LIMIT_MS = 300_000;

describe('a check', { timeout: SUITE_LIMIT_MS }, () => {
  let server: RunningServer;
  let learner: Browser;
  let id = '';
  before(async () => {
    ({ server, learner, id } = await startServerWithLearner());
  });
  after(() => server[Symbol.asyncDispose]());

  it('says what is missing, and then remembers that it is done', async () => {
    const missing = await learner.check(id, 'has-file');
    assert.deepEqual(missing.json, { check: 'has-file', done: false, message: 'no-file', values: { name: 'done' } });
    await using page = await learner.openTerminal(id);
    page.type('touch ~/done; echo made-$((40 + 2))\r');
    await page.waitForText(/made-42/);
    assert.deepEqual((await learner.check(id, 'has-file')).json, { check: 'has-file', done: true });
    assert.deepEqual((await learner.send('/api/labs/first-steps/progress')).json, {
      checksDone: ['has-file'],
      solvable: [],
      answers: [],
    });
  });

  it('is no learner’s fault when it speaks nonsense', async () => {
    const { status, json } = await learner.check(id, 'speaks-nonsense');
    assert.deepEqual(
      [status, json],
      [502, { code: 'check_failed', retryable: true, values: { check: 'speaks-nonsense' } }],
    );
  });

  it('is asked in the learner’s shell where it says so, and may speak on either output', async () => {
    const { json } = await learner.check(id, 'shell-sees');
    assert.deepEqual(json, { check: 'shell-sees', done: false, message: 'no-file', values: { name: 'home' } });
  });

  for (const [name, status, code] of [
    ['shell-hangs', 504, 'check_timeout'],
    ['shell-floods', 502, 'check_failed'],
    ['shell-binary', 502, 'check_failed'],
    ['shell-dies', 502, 'check_failed'],
  ] as const) {
    it(`is no learner’s fault in the shell either: ${name}`, async () => {
      const answer = await learner.check(id, name);
      assert.equal(answer.status, status);
      assert.deepEqual(answer.json, { code, retryable: true, values: { check: name } });
    });
  }

  it('is refused when there is none of that name', async () => {
    const { status, json } = await learner.check(id, 'nothing');
    assert.deepEqual([status, json], [404, { code: 'check_unknown', retryable: false, values: { check: 'nothing' } }]);
  });

  it('runs alone in its sandbox', async () => {
    await using page = await learner.openTerminal(id);
    const waiting = learner.check(id, 'waits');
    const busy = await Promise.race([waiting, untilBusy(learner, id)]);
    assert.deepEqual(busy.json, { code: 'check_busy', retryable: true });
    page.type('touch ~/go\r');
    assert.deepEqual((await waiting).json, { check: 'waits', done: true });
  });
});

/** The other check has reached the server when this one is refused. */
async function untilBusy(learner: Browser, id: string) {
  for (;;) {
    const reply = await learner.check(id, 'has-file');
    if (reply.status === 409) return reply;
  }
}
