/** Steps that are done for a learner. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Sandbox } from '../../sandbox-server/protocol/sandbox.ts';
import { Browser, type EventReader, type Reply } from './browser.ts';
import { startServer, type RunningServer } from './running-server.ts';

/** Seconds on an idle machine; much more on a busy one. */
const SUITE_LIMIT_MS = 300_000;
const LAB = 'stairs';

describe('a step that is done for a learner', { timeout: SUITE_LIMIT_MS }, () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server[Symbol.asyncDispose]());

  const solve = (learner: Browser, id: string, step: number): Promise<Reply> =>
    learner.send(`/api/sandboxes/${id}/solve`, { method: 'POST', body: JSON.stringify({ step }) });
  const filesOf = async (learner: Browser, id: string): Promise<string> => {
    await using page = await learner.openTerminal(id);
    page.type('echo files: $(ls ~) end\r');
    await page.waitForText(/files:[^$]* end/);
    return /files:([^$]*) end/.exec(page.text)?.[1]?.trim() ?? '';
  };
  const startLearner = async () => {
    const learner = new Browser(server.origin);
    const { id } = await learner.startAndWait(LAB);
    return { learner, id };
  };
  /** Does not look at what came before. */
  const waitForNext = async (events: EventReader, isWanted: (sandbox: Sandbox) => boolean): Promise<Sandbox> => {
    const seen = events.seen.length;
    const found = await events.waitFor(
      (each) => events.seen.indexOf(each) >= seen && each.type === 'sandbox' && isWanted(each.sandbox),
    );
    assert.ok(found.type === 'sandbox');
    return found.sandbox;
  };
  const isDoing = (step: number) => (sandbox: Sandbox) => sandbox.solving?.step === step;
  const isIdle = (sandbox: Sandbox) => sandbox.state === 'running' && sandbox.solving === undefined;

  it('is done in their own sandbox, and their page sees it begin, end and count', async () => {
    const { learner, id } = await startLearner();
    await using events = await learner.listen();
    const doing = waitForNext(events, isDoing(1));
    const done = waitForNext(events, (sandbox) => isIdle(sandbox) && sandbox.checksDone.includes('one'));
    assert.equal((await solve(learner, id, 1)).status, 202);
    assert.deepEqual((await doing).solving, { step: 1, last: 1 });
    assert.deepEqual((await done).checksDone, ['one']);
    assert.equal(await filesOf(learner, id), 'one');
    const { json } = await learner.send(`/api/labs/${LAB}/progress`);
    assert.deepEqual(json, { checksDone: ['one'], solvable: [1, 2, 4], answers: [] });
  });

  it('is one at a time, and can be cancelled', async () => {
    const { learner, id } = await startLearner();
    await using events = await learner.listen();
    {
      await using page = await learner.openTerminal(id);
      page.type('touch ~/slowly; echo made-$((40 + 2))\r');
      await page.waitForText(/made-42/);
    }
    const doing = waitForNext(events, isDoing(2));
    await solve(learner, id, 2);
    await doing;
    assert.deepEqual((await solve(learner, id, 1)).json, { code: 'solve_busy', retryable: true });
    const idle = waitForNext(events, isIdle);
    await learner.send(`/api/sandboxes/${id}/solve`, { method: 'DELETE' });
    assert.deepEqual((await idle).checksDone, []);
    const again = waitForNext(events, (sandbox) => isIdle(sandbox) && sandbox.checksDone.length === 1);
    assert.equal((await solve(learner, id, 1)).status, 202);
    await again;
  });

  it('is said to have failed where its check is not content with it', async () => {
    const { learner, id } = await startLearner();
    await using events = await learner.listen();
    const failed = waitForNext(events, (sandbox) => sandbox.solving?.code !== undefined);
    await solve(learner, id, 4);
    assert.deepEqual((await failed).solving, { step: 4, last: 4, code: 'solve_failed' });
    const done = waitForNext(events, (sandbox) => isIdle(sandbox) && sandbox.checksDone.includes('one'));
    await solve(learner, id, 1);
    await done;
  });

  it('is refused where there is no way to do it, or no such step, and to anybody else', async () => {
    const { learner, id } = await startLearner();
    assert.deepEqual((await solve(learner, id, 3)).json, { code: 'solve_unknown', retryable: false });
    assert.deepEqual((await solve(learner, id, 9)).json, { code: 'solve_unknown', retryable: false });
    assert.equal((await solve(learner, id, -1)).status, 400);
    const other = new Browser(server.origin);
    await other.send('/api/status');
    assert.equal((await solve(other, id, 1)).status, 404);
  });

  it('is done before the one at which somebody starts, or starts over, with their own files where they want them', async () => {
    const learner = new Browser(server.origin);
    await learner.send('/api/status');
    await using events = await learner.listen();
    const order = (body: object) => ({ method: 'POST', body: JSON.stringify(body) });
    const isReady = (sandbox: Sandbox) => isIdle(sandbox) && sandbox.checksDone.length === 2;
    const ready = waitForNext(events, isReady);
    const started = await learner.send('/api/sandboxes', order({ lab: LAB, step: 3 }));
    const { id } = started.json as Sandbox;
    await ready;
    assert.equal(await filesOf(learner, id), 'one two');
    {
      await using page = await learner.openTerminal(id);
      page.type('rm ~/one ~/two; touch ~/own; echo gone-$((40 + 2))\r');
      await page.waitForText(/gone-42/);
    }
    const isAtTwo = (sandbox: Sandbox) => isIdle(sandbox) && sandbox.checksDone.join() === 'one';
    const over = waitForNext(events, isAtTwo);
    await learner.send(`/api/sandboxes/${id}/start-over`, order({ step: 2, isFresh: false }));
    await over;
    assert.equal(await filesOf(learner, id), 'one own');

    const fresh = waitForNext(events, (sandbox) => isIdle(sandbox) && sandbox.checksDone.length === 0);
    await learner.send(`/api/sandboxes/${id}/start-over`, { method: 'POST' });
    await fresh;
    assert.equal(await filesOf(learner, id), '');
    // Stopped while its files are read: it is gone, and not begun anew behind somebody's back.
    const gone = waitForNext(events, ({ state }) => state === 'gone');
    const late = learner.send(`/api/sandboxes/${id}/start-over`, order({ step: 2, isFresh: false }));
    await learner.send(`/api/sandboxes/${id}`, { method: 'DELETE' });
    assert.deepEqual((await late).json, { code: 'sandbox_not_running', retryable: true });
    await gone;
    assert.deepEqual((await learner.send('/api/sandboxes')).json, []);
    await learner.startAndWait(LAB);
    const unknown = await learner.send(`/api/sandboxes/${id}/start-over`, order({ step: 9 }));
    assert.deepEqual(unknown.json, { code: 'step_unknown', retryable: false });
  });
});
