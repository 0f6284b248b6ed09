/**
 * A room that begins: 100 learners press Start at random moments of one minute, and 70 sandboxes have been made before.
 * All of it is real; so that so many pods fit a machine of two cores, they ask for less of a processor.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { makeRandom } from '../support/seeded-random.ts';
import { type Figure, percentile } from './figures.ts';
import { createPooledServer } from './pooled-server.ts';
import type { PodiumUnderTest } from './run.ts';
import { lowerRequests } from './small-pods.ts';
import { type Start, startByClick } from './start-by-click.ts';

const LEARNERS = 100;
const POOL = 70;
const RUSH_MS = 60_000;
/** Issue and design. */
const P95_LIMIT_MS = 10_000;
/** Any will do; with the same one, learners come at the same moments in each run. */
const SEED = 70;

export async function measureRush({ kubeconfig }: PodiumUnderTest): Promise<readonly Figure[]> {
  await using resources = new AsyncDisposableStack();
  resources.use(await lowerRequests(kubeconfig));
  const server = resources.use(await createPooledServer(kubeconfig, POOL));
  const filledFrom = performance.now();
  await server.awaitWarm();
  const filledMs = performance.now() - filledFrom;
  process.stdout.write(`rush: the pool has ${POOL}\n`);
  const random = makeRandom(SEED);
  const come = async (afterMs: number) => {
    await delay(afterMs);
    return startByClick(server.origin);
  };
  const outcomes = await Promise.allSettled(Array.from({ length: LEARNERS }, () => come(random() * RUSH_MS)));
  const starts = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  for (const outcome of outcomes) if (outcome.status === 'rejected') process.stdout.write(`rush: ${outcome.reason}\n`);
  await Promise.all(starts.map((start) => start.end()));
  return describeRush(starts, filledMs);
}

function describeRush(starts: readonly Start[], filledMs: number): readonly Figure[] {
  const prompt = starts.map(({ promptMs }) => promptMs);
  return [
    { name: 'rush pool-filled', value: filledMs / 1000, unit: 's' },
    { name: 'rush prompt-p50', value: percentile(prompt, 0.5), unit: 'ms' },
    { name: 'rush prompt-p95', value: percentile(prompt, 0.95), unit: 'ms', limit: P95_LIMIT_MS },
    { name: 'rush prompt-worst', value: percentile(prompt, 1), unit: 'ms' },
    { name: 'rush failed', value: LEARNERS - starts.length, unit: 'learners', limit: 0 },
  ];
}
