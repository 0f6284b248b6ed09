import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { floorAt, parsePoolSchedule } from '../../sandbox-server/schedule/pool-schedule.ts';

const schedule = parsePoolSchedule('2026-11-26T17:30Z/2026-11-26T20:00Z=70, 2026-11-26T19:00Z/2026-11-26T21:00Z=20');
const at = (time: string) => floorAt(Date.parse(`2026-11-26T${time}Z`), 2, schedule);

describe('the schedule of the pool', () => {
  for (const [time, floor] of [
    ['17:29', 2],
    ['17:30', 70],
    ['19:30', 70],
    ['20:00', 20],
    ['21:00', 2],
  ] as const) {
    it(`has ${floor} ready at ${time}`, () => assert.equal(at(time), floor));
  }

  it('never has fewer than usual', () => assert.equal(floorAt(Date.parse('2026-11-26T18:00Z'), 90, schedule), 90));

  for (const wrong of [
    'tomorrow=7',
    '2026-11-26T20:00Z/2026-11-26T17:30Z=70',
    '2026-11-26T17:30Z/2026-11-26T20:00Z',
    '',
  ]) {
    it(`says what to write instead of "${wrong}"`, () =>
      assert.throws(() => parsePoolSchedule(wrong), /cannot be read\. Write from when until when/));
  }
});
