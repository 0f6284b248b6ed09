import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MyData } from '../../sandbox-server/protocol/my-data.ts';
import type { Sandbox } from '../../sandbox-server/protocol/sandbox.ts';
import { makeRows } from '../../src/my/my-rows.ts';

const lab = (checks: readonly string[]) => ({ title: 'Lab', language: 'en', href: '/en/labs/lab/', checks }) as const;
const labs = { half: lab(['a', 'b']), whole: lab(['a']), open: lab(['a']) };
const data: MyData = {
  madeAt: '2026-11-24T12:00:00.000Z',
  checksDone: [
    { lab: 'half', check: 'a', at: '2026-11-20T12:00:00.000Z' },
    { lab: 'half', check: 'no-longer-there', at: '2026-11-20T12:00:00.000Z' },
    { lab: 'whole', check: 'a', at: '2026-11-21T12:00:00.000Z' },
    { lab: 'gone', check: 'a', at: '2026-11-21T12:00:00.000Z' },
  ],
  places: [{ lab: 'half', step: 6, at: '2026-11-22T12:00:00.000Z' }],
  answers: [],
  finishedRuns: [{ lab: 'whole', seconds: 600 }],
  homes: [{ lab: 'half', at: '2026-11-20T13:00:00.000Z', bytes: 4, address: '/api/me/homes/half' }],
};
const sandbox = (state: Sandbox['state']): Sandbox => ({
  id: 'x',
  lab: 'open',
  state,
  stages: [],
  createdAt: '2026-11-24T11:00:00.000Z',
  expiresAt: '2026-11-24T12:30:00.000Z',
  ceilingAt: '2026-11-24T14:00:00.000Z',
  checksDone: [],
});

describe('my labs', () => {
  it('go on at the step where one was, with the checks that there are now, and the files that were left', () => {
    const [row, ...others] = makeRows(data, [], labs).goingOn;
    assert.deepEqual(others, []);
    assert.deepEqual(
      [row?.slug, row?.step, row?.done, row?.hasWork, row?.at],
      ['half', 6, 1, true, '2026-11-22T12:00:00.000Z'],
    );
  });

  it('are done when all checks are, with how long it took', () => {
    const rows = makeRows(data, [], labs).done;
    assert.deepEqual(
      rows.map(({ slug, seconds, hasWork }) => [slug, seconds, hasWork]),
      [['whole', 600, false]],
    );
  });

  it('run from the start until they end, and are not asked to be continued meanwhile', () => {
    for (const [state, running] of [
      ['starting', 1],
      ['running', 1],
      ['stopping', 0],
      ['failed', 0],
    ] as const) {
      const rows = makeRows(data, [sandbox(state)], labs);
      assert.equal(rows.running.length, running, state);
      assert.equal(
        rows.goingOn.some(({ slug }) => slug === 'open'),
        false,
      );
    }
  });
});
