/**
 * `npm run nightly`: what takes too long for each change. Figures on a quiet machine, the attacks without what stops them,
 * a room's worth of sandboxes, an hour of chaos, and a clone with an empty cache, as a stranger's first `npm start` is.
 * Ends with "N passed, N failed".
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseSeed } from './support/seeded-random.ts';
import { startPodium } from './support/podium.ts';
import { addOutcomes, type Outcome, runProgram } from './support/programs.ts';

const root = join(import.meta.dirname, '..');
const door = join(root, 'deploy/launch/bootstrap.mjs');
const walls = join(root, 'tests/cluster/embedded-walls.test.ts');
const chaos = join(root, 'tests/cluster/chaos.test.ts');

/** Sandboxes made and ended, after which the cluster must be as before. */
const ROOM = '200';

/** Of the chaos test; each takes about a minute. */
const SEQUENCES = '40';

/** All is downloaded and compiled: about half an hour on 2 cores, and as much again for a slow network. */
const COLD_LIMIT_MS = 60 * 60_000;

function single(isGood: boolean): Outcome {
  return { passed: isGood ? 1 : 0, failed: isGood ? 0 : 1, skipped: 0 };
}

/** Clones what is committed into an empty folder and starts it with an empty cache. */
async function startFromNothing(): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'podium-nightly-'));
  try {
    const clone = join(folder, 'podium');
    if (!(await runProgram('git', ['clone', '--quiet', root, clone], process.env))) return single(false);
    const environment = { ...process.env, PODIUM_CACHE: join(folder, 'cache') };
    const podium = await startPodium(clone, { name: 'nightly', environment, readyLimitMs: COLD_LIMIT_MS });
    process.stdout.write(`figure: cold-clone-labs-ready ${(podium.readyMs / 60_000).toFixed(1)} min\n`);
    return await podium.stop();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** On a Podium of its own. */
async function endRoomOfSandboxes(): Promise<Outcome> {
  const podium = await startPodium(root, { name: 'nightly-room' });
  const isGood = await runProgram(process.execPath, [walls, ROOM], { ...process.env, ...podium.environment });
  return addOutcomes(single(isGood), await podium.stop());
}

/** On a cluster of its own. */
async function killAtRandom(): Promise<Outcome> {
  const environment = { ...process.env, PODIUM_TEST_SEQUENCES: SEQUENCES };
  return single(await runProgram(process.execPath, [chaos], environment));
}

/** Other decks each night; the seed that it prints brings the same ones back. */
async function compareOtherDecks(): Promise<Outcome> {
  const environment = { ...process.env, PODIUM_TEST_SEED: String(chooseSeed()) };
  return single(await runProgram(process.execPath, [door, 'decks'], environment));
}

/** Each wall is taken down to see that it was one. */
async function takeLayersOff(): Promise<Outcome> {
  return single(await runProgram(process.execPath, [door, 'attacks', '--without-layers'], process.env));
}

const works: readonly (readonly [string, () => Promise<Outcome>])[] = [
  ['bench', async () => single(await runProgram(process.execPath, [door, 'bench'], process.env))],
  ['attacks without their layers', takeLayersOff],
  ['a room of sandboxes', endRoomOfSandboxes],
  ['chaos', killAtRandom],
  ['other decks', compareOtherDecks],
  ['a clone with an empty cache', startFromNothing],
];

const total = { passed: 0, failed: 0, skipped: 0 };
for (const [name, work] of works) {
  process.stdout.write(`\nnightly: ${name}\n`);
  const outcome = await work().catch((error: unknown) => {
    process.stdout.write(`${name} could not run: ${String(error)}\n`);
    return single(false);
  });
  for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += outcome[key];
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
