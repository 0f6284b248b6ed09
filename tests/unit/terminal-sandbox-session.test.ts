import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Sandbox } from '../../sandbox-server/protocol/sandbox.ts';
import type { Answer, SandboxApi } from '../../src/terminal/sandbox-api.ts';
import { createSandboxSession } from '../../src/terminal/sandbox-session.ts';

const starting: Sandbox = {
  id: 's1',
  lab: 'first-steps',
  state: 'starting',
  stages: [],
  createdAt: '2026-11-22T10:00:00Z',
  expiresAt: '2026-11-22T11:00:00Z',
  ceilingAt: '2026-11-22T12:00:00Z',
  checksDone: [],
};

/** An API whose lists and starts are answered when the test says so, in the order in which they were asked for. */
function createSlowApi(): { api: SandboxApi; lists: ((own: readonly Sandbox[]) => void)[]; starts: (() => void)[] } {
  const lists: ((own: readonly Sandbox[]) => void)[] = [];
  const starts: (() => void)[] = [];
  const unanswered = () => new Promise<never>(() => undefined);
  const api: SandboxApi = {
    sandboxes: () =>
      new Promise<Answer<readonly Sandbox[]>>((answer) => lists.push((value) => answer({ ok: true, value }))),
    start: () => new Promise<Answer<Sandbox>>((answer) => starts.push(() => answer({ ok: true, value: starting }))),
    status: unanswered,
    stop: unanswered,
    startOver: unanswered,
    extend: unanswered,
    check: unanswered,
    solve: unanswered,
    cancelSolve: unanswered,
    saveFile: unanswered,
    answer: unanswered,
    watchChecks: unanswered,
    ticket: unanswered,
    handOver: unanswered,
    redeem: unanswered,
    progress: unanswered,
    keepPlace: unanswered,
    serverNow: () => Date.parse(starting.createdAt),
  };
  return { api, lists, starts };
}

const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('a page that asks for its sandbox', () => {
  it('asks again when a start was asked for while a list was on its way', async () => {
    const { api, lists, starts } = createSlowApi();
    using session = createSandboxSession('first-steps', api);
    const refreshed = session.refresh();
    await settled();
    const started = session.start({ isFresh: false, step: 0 });
    await settled();
    starts[0]?.();
    await started;
    lists[0]?.([]);
    await settled();
    assert.equal(session.state.phase.kind, 'starting');
    lists[1]?.([{ ...starting, state: 'running' }]);
    await refreshed;
    assert.equal(session.state.phase.kind, 'running');
  });

  it('asks only when the answer to Start is there, which a list would be taken for', async () => {
    const { api, lists, starts } = createSlowApi();
    using session = createSandboxSession('first-steps', api);
    const started = session.start({ isFresh: false, step: 0 });
    const refreshed = session.refresh();
    await settled();
    assert.equal(lists.length, 0);
    starts[0]?.();
    await started;
    await settled();
    lists[0]?.([{ ...starting, state: 'running' }]);
    await refreshed;
    assert.equal(session.state.phase.kind, 'running');
  });
});
