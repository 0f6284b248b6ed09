/**
 * From the click on Start to the prompt, with the image present and nothing made ahead; against the least that anybody
 * could do by hand: one bare container of the same image, with namespace, account, role and policies of its own, made
 * and entered with kubectl. Both in turns, on the same cluster.
 */
import { randomBytes } from 'node:crypto';
import { createBarePod } from './bare-pod.ts';
import { type Figure, percentile } from './figures.ts';
import type { PodiumUnderTest } from './run.ts';
import { PROMPT, startByClick } from './start-by-click.ts';

/** With twenty the 95th percentile is the worst but one. */
const ROUNDS = 20;
const WARM_UP_ROUNDS = 1;
/** Issue and design: cold, images present. */
const RATIO_LIMIT = 1.5;

export async function measureStartCold({ origin, kubeconfig }: PodiumUnderTest): Promise<readonly Figure[]> {
  const bare: number[] = [];
  const running: number[] = [];
  const prompt: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
    const byHand = await createBarePod(kubeconfig, `bench-${randomBytes(4).toString('hex')}`, PROMPT);
    const byPodium = await startByClick(origin);
    await Promise.all([byHand.end(), byPodium.end()]);
    if (round < WARM_UP_ROUNDS) continue;
    bare.push(byHand.promptMs);
    running.push(byPodium.runningMs);
    prompt.push(byPodium.promptMs);
    process.stdout.write(
      `start-cold: round ${round} of ${ROUNDS}: bare ${byHand.promptMs.toFixed(0)} ms, ` +
        `Podium ${byPodium.promptMs.toFixed(0)} ms\n`,
    );
  }
  return [
    { name: 'start-cold bare-p50', value: percentile(bare, 0.5), unit: 'ms' },
    { name: 'start-cold bare-p95', value: percentile(bare, 0.95), unit: 'ms' },
    { name: 'start-cold running-p95', value: percentile(running, 0.95), unit: 'ms' },
    { name: 'start-cold prompt-p50', value: percentile(prompt, 0.5), unit: 'ms' },
    { name: 'start-cold prompt-p95', value: percentile(prompt, 0.95), unit: 'ms' },
    {
      name: 'start-cold prompt-p95-against-bare',
      value: percentile(prompt, 0.95) / percentile(bare, 0.95),
      unit: 'x',
      limit: RATIO_LIMIT,
    },
  ];
}
