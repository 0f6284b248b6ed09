import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { Liveness } from '../../src/terminal/liveness.ts';

const SECOND_MS = 1_000;

describe('a connection that may be dead', () => {
  let said: string[];
  let nowMs: number;
  let liveness: Liveness;
  beforeEach(() => {
    mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
    [said, nowMs] = [[], 0];
    liveness = new Liveness({
      ask: () => said.push('ask'),
      onDead: () => said.push('dead'),
      onWake: () => said.push('wake'),
      now: () => nowMs,
    });
  });
  afterEach(() => {
    liveness[Symbol.dispose]();
    mock.timers.reset();
  });
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds; second += 1) {
      nowMs += SECOND_MS;
      mock.timers.tick(SECOND_MS);
    }
  };

  it('is asked when it was quiet for long, and is dead when it does not answer', () => {
    liveness.watch(true);
    pass(20);
    assert.deepEqual(said, []);
    pass(2);
    assert.deepEqual(said, ['ask']);
    pass(3);
    assert.deepEqual(said, ['ask', 'dead']);
  });

  it('lives when it answers, whatever the answer', () => {
    liveness.watch(true);
    pass(22);
    liveness.heard();
    pass(10);
    assert.deepEqual(said, ['ask']);
  });

  it('is asked at once when somebody doubts it, but not twice at the same time', () => {
    liveness.watch(true);
    liveness.probe();
    liveness.probe();
    assert.deepEqual(said, ['ask']);
  });

  it('is looked after at once when the machine has slept for a minute', () => {
    liveness.watch(true);
    pass(4);
    nowMs += 60 * SECOND_MS;
    pass(2);
    assert.deepEqual(said, ['wake']);
  });

  it('is not asked while there is none', () => {
    liveness.probe();
    pass(60);
    assert.deepEqual(said, []);
  });
});
