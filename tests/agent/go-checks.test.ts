import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listUnformattedGo, runGo } from '../support/agent-program.ts';

/** Enough to find what a change has broken. Counted, not timed: Go's fuzzing may end in an error by its own deadline. */
const FUZZ_TIME = '100000x';

it('all Go is formatted', async () => {
  assert.deepEqual(await listUnformattedGo(), []);
});

describe('the agent’s Go module', () => {
  it('passes vet', async () => {
    await runGo(['vet', './...']);
  });

  it('passes its own tests', async () => {
    await runGo(['test', './...']);
  });

  for (const [target, folder] of [
    ['FuzzReaderTakesAnything', './internal/wire'],
    ['FuzzOrderIsCheckedWhole', './internal/wire'],
    ['FuzzScreenTakesAnything', './internal/vt'],
  ] as const) {
    it(`survives what nobody would send: ${target}`, async () => {
      await runGo(['test', `-fuzz=^${target}$`, `-fuzztime=${FUZZ_TIME}`, '-run=^$', folder]);
    });
  }
});
