import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHeldAck } from '../../sandbox-server/driver/kubernetes/held-ack.ts';
import { ManualClock } from '../support/manual-clock.ts';

function setUp() {
  const clock = new ManualClock();
  const told: (number | undefined)[] = [];
  const acks = createHeldAck(clock, () => told.push(acks.take()));
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

  it('is told by itself a tenth of a second later, once', () => {
    const { clock, told, acks } = setUp();
    acks.hold(10);
    clock.advance(60);
    acks.hold(20);
    clock.advance(39);
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
