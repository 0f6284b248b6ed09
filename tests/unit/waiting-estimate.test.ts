/** What those who wait are told of the time, and in which order they wait. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listTickets } from '../../sandbox-server/driver/kubernetes/line.ts';
import { estimateWait } from '../../sandbox-server/session/waiting-line.ts';

const MINUTE = 60_000;

describe('the estimate of a wait', () => {
  const now = 100 * MINUTE;
  for (const [what, facts, minutes] of [
    [
      'goes by how fast room came free',
      { endsNeeded: 2, ended: [99, 98, 97].map((m) => m * MINUTE), ceilings: [] },
      10,
    ],
    ['is never longer than until enough must have ended', { endsNeeded: 2, ended: [], ceilings: [130, 104, 109] }, 9],
    ['forgets what is long ago', { endsNeeded: 1, ended: [1, 2, 3].map((m) => m * MINUTE), ceilings: [] }, undefined],
    ['says nothing where nothing is known', { endsNeeded: 1, ended: [99 * MINUTE], ceilings: [] }, undefined],
  ] as const) {
    it(what, () => {
      const ceilings = facts.ceilings.map((minute: number) => minute * MINUTE);
      const wait = estimateWait({ ...facts, ceilings, now });
      assert.equal(wait === undefined ? undefined : wait / MINUTE, minutes);
    });
  }
});

it('the line is in the order of coming, with a name deciding where two came at once', () => {
  const claim = { lab: 'l', ownerHash: 'o', uid: 'u', resourceVersion: '1', createdAt: new Date(0) };
  const waiting = (id: string, at: number) => ({ ...claim, id, placeId: undefined, waitsSince: new Date(at) });
  const served = { ...waiting('served', 0), placeId: 'p' };
  const line = listTickets([waiting('late', 9), served, waiting('b', 5), waiting('a', 5)]);
  assert.deepEqual(
    line.map(({ id }) => id),
    ['a', 'b', 'late'],
  );
});
