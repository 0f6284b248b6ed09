/** From the click on Start to the prompt, while the pool has a sandbox ready; the pool fills itself again between clicks. */
import { type Figure, percentile } from './figures.ts';
import { createPooledServer } from './pooled-server.ts';
import type { PodiumUnderTest } from './run.ts';
import { startByClick } from './start-by-click.ts';

const ROUNDS = 40;
const WARM_UP_ROUNDS = 2;
const FLOOR = 3;
const P50_LIMIT_MS = 300;
const P95_LIMIT_MS = 1_000;

export async function measureStartWarm({ kubeconfig }: PodiumUnderTest): Promise<readonly Figure[]> {
  await using server = await createPooledServer(kubeconfig, FLOOR);
  const prompt: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
    await server.awaitWarm();
    const start = await startByClick(server.origin);
    if (round >= WARM_UP_ROUNDS) prompt.push(start.promptMs);
    await start.end();
  }
  return [
    { name: 'start-warm prompt-p50', value: percentile(prompt, 0.5), unit: 'ms', limit: P50_LIMIT_MS },
    { name: 'start-warm prompt-p95', value: percentile(prompt, 0.95), unit: 'ms', limit: P95_LIMIT_MS },
  ];
}
