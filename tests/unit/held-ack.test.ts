import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFloodPace, type FloodPace } from '../../sandbox-server/driver/kubernetes/flood-pace.ts';
import { createHeldAck } from '../../sandbox-server/driver/kubernetes/held-ack.ts';
import { ManualClock } from '../support/manual-clock.ts';

const KIB = 1024;
const alone: FloodPace = { takePlace: () => 0, noteKey: () => undefined };

function setUp(pace = alone) {
  const clock = new ManualClock();
  const told: number[] = [];
  const acks = createHeldAck({ clock, pace, tell: (offset) => told.push(offset) });
  return { clock, told, acks };
}

describe('what a browser has drawn', () => {
  it('rides on what is said next', () => {
    const { clock, told, acks } = setUp();
    acks.hold(10);
    acks.hold(12);
    assert.equal(acks.take(), 12);
    assert.equal(acks.take(), undefined);
    clock.advance(1_000);
    assert.deepEqual(told, []);
  });

  it('is told by itself a second later, once', () => {
    const { clock, told, acks } = setUp();
    acks.hold(10);
    clock.advance(600);
    acks.hold(20);
    clock.advance(399);
    assert.deepEqual(told, []);
    clock.advance(1);
    assert.deepEqual(told, [20]);
    clock.advance(1_000);
    assert.deepEqual(told, [20]);
  });

  it('is told at once when it is much, so that a flood does not wait', () => {
    const { told, acks } = setUp();
    acks.hold(32 * 1024 - 1);
    assert.deepEqual(told, []);
    acks.hold(32 * 1024);
    assert.deepEqual(told, [32 * 1024]);
  });

  it('does not go back', () => {
    const { acks } = setUp();
    acks.hold(20);
    acks.hold(10);
    assert.equal(acks.take(), 20);
    acks.hold(15);
    assert.equal(acks.take(), undefined);
  });
});

describe('a flood among others', () => {
  const waiting: FloodPace = { ...alone, takePlace: () => 300 };

  it('is told in steps, each when it has its place', () => {
    const { clock, told, acks } = setUp(waiting);
    acks.hold(40 * KIB);
    acks.hold(90 * KIB);
    clock.advance(299);
    assert.deepEqual(told, []);
    clock.advance(1);
    assert.deepEqual(told, [40 * KIB]);
    clock.advance(300);
    assert.deepEqual(told, [40 * KIB, 90 * KIB]);
  });

  it('does not get past the others by a key', () => {
    const { clock, told, acks } = setUp(waiting);
    acks.hold(40 * KIB);
    assert.equal(acks.take(), undefined);
    clock.advance(300);
    assert.deepEqual(told, [40 * KIB]);
  });

  it('has the rest told as usual when it has ended', () => {
    const { clock, told, acks } = setUp(waiting);
    acks.hold(40 * KIB);
    acks.hold(41 * KIB);
    clock.advance(300 + 1_000);
    assert.deepEqual(told, [40 * KIB, 41 * KIB]);
  });

  it('takes no more places than were sent, also after a gap', () => {
    const taken: number[] = [];
    const noted: FloodPace = {
      ...alone,
      takePlace(bytes) {
        taken.push(bytes);
        return 0;
      },
    };
    const { acks } = setUp(noted);
    acks.hold(10_000 * KIB);
    assert.deepEqual(taken, [256 * KIB]);
  });

  it('is forgotten with its terminal', () => {
    const { clock, told, acks } = setUp(waiting);
    acks.hold(40 * KIB);
    acks[Symbol.dispose]();
    clock.advance(1_000);
    assert.deepEqual(told, []);
  });
});

describe('the pace of all floods', () => {
  const MIB = KIB * KIB;

  it('lets what is short through at once', () => {
    const pace = createFloodPace(new ManualClock(), MIB);
    for (let bytes = 0; bytes < MIB / 2; bytes += 32 * KIB) assert.equal(pace.takePlace(32 * KIB), 0);
  });

  it('gives what lasts its share of a second, whoever asks', () => {
    const clock = new ManualClock();
    const pace = createFloodPace(clock, MIB);
    let sent = 0;
    for (const end = clock.now() + 10_000; clock.now() < end; sent += 32 * KIB) clock.advance(pace.takePlace(32 * KIB));
    assert.ok(Math.abs(sent - 10.5 * MIB) < 0.1 * MIB, `${sent} bytes in ten seconds`);
  });

  it('lets nobody wait so long that a writer would count as gone', () => {
    const pace = createFloodPace(new ManualClock(), MIB);
    const waits = Array.from({ length: 100 }, () => pace.takePlace(MIB));
    assert.equal(Math.max(...waits), 1_000);
  });

  it('leaves the machine to those who type, and goes on nevertheless', () => {
    const clock = new ManualClock();
    const pace = createFloodPace(clock, MIB);
    let sent = 0;
    for (const end = clock.now() + 10_000; clock.now() < end; sent += 32 * KIB) {
      const wait = pace.takePlace(32 * KIB);
      for (let passed = 0; passed < wait; passed += 5) {
        pace.noteKey();
        clock.advance(5);
      }
    }
    assert.ok(sent > 9 * 32 * KIB && sent < 2 * MIB, `${sent} bytes in ten seconds`);
  });

  it('saves no more for a flood when nobody has asked for long', () => {
    const clock = new ManualClock();
    const pace = createFloodPace(clock, MIB);
    clock.advance(3_600_000);
    assert.equal(pace.takePlace(MIB), 0);
    assert.equal(pace.takePlace(32 * KIB), 500);
  });
});
