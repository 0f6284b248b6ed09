import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Sandbox, ServerStatus } from '../../sandbox-server/protocol/sandbox.ts';
import {
  initialSession,
  isGone,
  nextSession,
  type SessionInput,
  type SessionState,
} from '../../src/terminal/session-state.ts';

const sandbox = (state: Sandbox['state'], more: Partial<Sandbox> = {}): Sandbox => ({
  id: 's1',
  lab: 'first-steps',
  state,
  stages: [],
  createdAt: '2026-11-22T10:00:00Z',
  expiresAt: '2026-11-22T11:00:00Z',
  ceilingAt: '2026-11-22T12:00:00Z',
  checksDone: [],
  ...more,
});
const told = (state: Sandbox['state'], more: Partial<Sandbox> = {}): SessionInput => ({
  type: 'event',
  event: { type: 'sandbox', sandbox: sandbox(state, more) },
});
const status = (more: Partial<ServerStatus> = {}): SessionInput => ({
  type: 'status',
  status: { driver: 'kubernetes', cluster: { state: 'ready' }, ...more },
});
const none: SessionInput = { type: 'sandboxes', sandboxes: [] };
const after = (...inputs: readonly SessionInput[]): SessionState =>
  inputs.reduce(nextSession, initialSession('first-steps'));

describe('what a page knows of its sandbox', () => {
  const ways: readonly [string, readonly SessionInput[], SessionState['phase']['kind']][] = [
    ['is loading before the server has answered', [], 'loading'],
    ['offers Start when there is no sandbox', [status(), none], 'idle'],
    [
      'finds a running sandbox after a reload',
      [status(), { type: 'sandboxes', sandboxes: [sandbox('running')] }],
      'running',
    ],
    [
      'goes on with a start after a reload',
      [status(), { type: 'sandboxes', sandboxes: [sandbox('starting')] }],
      'starting',
    ],
    ['is unavailable without a driver', [status({ driver: 'none', reason: 'chosen' })], 'unavailable'],
    [
      'starts when the server accepts',
      [status(), none, { type: 'asked' }, { type: 'accepted', sandbox: sandbox('starting') }],
      'starting',
    ],
    [
      'keeps what events said when the answer to Start comes late',
      [status(), none, { type: 'asked' }, told('running'), { type: 'accepted', sandbox: sandbox('starting') }],
      'running',
    ],
    [
      'does not go back to running once Stop was pressed',
      [told('running'), { type: 'stopAsked' }, told('running')],
      'stopping',
    ],
    [
      'does not go back to a start when a list from before comes late',
      [status(), none, told('starting'), told('running'), { type: 'sandboxes', sandboxes: [sandbox('starting')] }],
      'running',
    ],
    [
      'follows another tab that has stopped the sandbox and started anew',
      [told('running'), { type: 'stopAsked' }, told('running', { createdAt: '2026-11-22T11:00:00Z' })],
      'running',
    ],
    [
      'shows the start of a sandbox that came after this one',
      [told('running'), told('starting', { createdAt: '2026-11-22T11:00:00Z' })],
      'starting',
    ],
    ['ignores sandboxes of other labs', [status(), none, told('running', { lab: 'other' })], 'idle'],
    [
      'ignores the end of an earlier sandbox',
      [told('running'), told('gone', { createdAt: '2026-11-22T09:00:00Z' })],
      'running',
    ],
    ['fails with the sandbox', [told('starting'), told('failed', { code: 'start_failed' })], 'failed'],
    ['does not call a cancelled start a failure', [told('starting'), { type: 'stopAsked' }, told('failed')], 'idle'],
    ['stops pressing Stop where there is nothing to stop', [status(), none, { type: 'stopAsked' }], 'idle'],
  ];
  for (const [name, inputs, kind] of ways) {
    it(name, () => assert.equal(after(...inputs).phase.kind, kind));
  }

  const endings: readonly [string, readonly SessionInput[], string | null][] = [
    ['nothing ended at first', [status(), none], null],
    ['the learner stopped it', [told('running'), { type: 'stopAsked' }, told('stopping'), told('gone')], 'stopped'],
    [
      'the learner cancelled its start',
      [told('starting'), { type: 'stopAsked' }, told('stopping'), told('gone')],
      'cancelled',
    ],
    ['its time was over', [told('running'), told('stopping'), told('gone')], 'ended'],
    ['it went while the page was not listening', [told('running'), none], 'ended'],
  ];
  for (const [name, inputs, ending] of endings) {
    it(`says that ${name}`, () => {
      const { phase } = after(...inputs);
      assert.ok(phase.kind === 'idle');
      assert.equal(phase.ending, ending);
    });
  }

  for (const [code, expected] of [
    ['sandbox_unknown', true],
    ['sandbox_ended', true],
    /* These pass by themselves: a server that has just come back says so of every sandbox. */
    ['cluster_starting', false],
    ['sandbox_not_running', false],
    ['unreachable', false],
  ] as const) {
    it(`${expected ? 'gives a sandbox up' : 'goes on trying'} when it is refused with "${code}"`, () => {
      assert.equal(isGone(code), expected);
    });
  }

  it('follows the cluster without losing the sandbox', () => {
    const cluster = { state: 'building', part: 'cilium', index: 3, count: 14 } as const;
    const state = after(told('starting'), { type: 'event', event: { type: 'cluster', cluster } });
    assert.deepEqual(state.cluster, cluster);
    assert.equal(state.phase.kind, 'starting');
  });
});
