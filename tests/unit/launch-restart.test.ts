import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { restartWaitMs } from '../../deploy/launch/kept-server.ts';

describe('a server that dies', () => {
  it('is started again soon, then ever later, and after six quick deaths no more', () => {
    const waits = [1, 2, 3, 4, 5, 6].map(restartWaitMs);
    assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, undefined]);
  });
});
