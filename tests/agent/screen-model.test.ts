import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { buildGoProgram } from '../support/agent-program.ts';
import { makeTerminal, ScreenModel, write } from '../support/screen-model.ts';
import { isBeyondDrawing, readScreen } from '../support/screen-state.ts';
import { chooseSeed } from '../support/seeded-random.ts';
import { output } from './random-output.ts';

const RUNS = 1500;
const size = fc.record({ columns: fc.constantFrom(2, 5, 10, 20, 33), rows: fc.constantFrom(1, 2, 5, 10) });

describe('the screen that a new browser is given', () => {
  let folder = '';
  let model: ScreenModel;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podium-screens-'));
    model = new ScreenModel(await buildGoProgram('./internal/vt/screens', folder));
  });
  after(async () => {
    await model[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it('is the one that all output would have drawn, wherever it is cut, and goes on alike', async () => {
    const property = fc.asyncProperty(size, output, output, fc.double({ min: 0, max: 1, noNaN: true }), check);
    await fc.assert(property, { numRuns: RUNS, seed: chooseSeed() | 0 });
  });

  async function check(
    of: { columns: number; rows: number },
    first: Buffer,
    then: Buffer,
    where: number,
  ): Promise<void> {
    const cut = Math.round(first.length * where);
    const [direct, fresh] = [makeTerminal(of), makeTerminal(of)];
    try {
      await write(direct, first.subarray(0, cut));
      fc.pre(!isBeyondDrawing(direct));
      await write(fresh, await model.draw(of, first.subarray(0, cut)));
      assert.deepEqual(readScreen(fresh), readScreen(direct));
      const rest = Buffer.concat([first.subarray(cut), then.subarray(0, 60)]);
      await Promise.all([write(direct, rest), write(fresh, rest)]);
      assert.deepEqual(readScreen(fresh), readScreen(direct));
    } finally {
      direct.dispose();
      fresh.dispose();
    }
  }
});
