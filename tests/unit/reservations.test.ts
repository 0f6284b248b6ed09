import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mostReserved, parseReservations } from '../../sandbox-server/schedule/reservations.ts';

describe('reservations', () => {
  it('say when, how many and for which lab', () =>
    assert.deepEqual(parseReservations('2026-11-26T17:30Z/2026-11-26T20:00Z=30:first-steps'), [
      {
        from: new Date('2026-11-26T17:30Z'),
        until: new Date('2026-11-26T20:00Z'),
        count: 30,
        label: 'first-steps',
      },
    ]));

  for (const wrong of [
    '2026-11-26T17:30Z/2026-11-26T20:00Z=30',
    '2026-11-26T17:30Z/2026-11-26T20:00Z=0:pods',
    '2026-11-26T20:00Z/2026-11-26T17:30Z=30:pods',
    '30:pods',
    '',
  ]) {
    it(`say what to write instead of "${wrong}"`, () =>
      assert.throws(() => parseReservations(wrong), /cannot be read\. Write from when until when/));
  }

  it('are added up where they overlap', () => {
    const overlapping = '2026-11-26T18:00Z/2026-11-26T20:00Z=30:pods, 2026-11-26T19:00Z/2026-11-26T21:00Z=20:pods';
    assert.equal(mostReserved(parseReservations(overlapping)), 50);
    const inTurn = '2026-11-26T18:00Z/2026-11-26T20:00Z=30:pods, 2026-11-26T20:00Z/2026-11-26T21:00Z=20:pods';
    assert.equal(mostReserved(parseReservations(inTurn)), 30);
  });
});
