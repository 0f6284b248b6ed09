/** From the click on Start to the prompt, while the pool has a sandbox ready; the pool fills itself again between clicks. */
import { setTimeout as delay } from 'node:timers/promises';
import { learnerNamespace } from '../../sandbox-server/driver/kubernetes/names.ts';
import { createAdminAccess } from '../support/admin-access.ts';
import { acquireCluster } from '../support/cluster.ts';
import { createServerProcess } from '../support/server-process.ts';
import { type Figure, percentile } from './figures.ts';
import type { PodiumUnderTest } from './run.ts';
import { startByClick } from './start-by-click.ts';

const ROUNDS = 40;
const WARM_UP_ROUNDS = 2;
const FLOOR = 3;
const IMAGE = 'podium.dev/shell:1';
const P50_LIMIT_MS = 300;
const P95_LIMIT_MS = 1_000;
const LOOK_MS = 250;

export async function measureStartWarm({ kubeconfig }: PodiumUnderTest): Promise<readonly Figure[]> {
  await using resources = new AsyncDisposableStack();
  const cluster = resources.use(await acquireCluster(kubeconfig));
  const admin = resources.use(createAdminAccess(kubeconfig));
  const unclaimed = async () => (await admin.placesOf(IMAGE)).filter(({ claim }) => claim === undefined);
  resources.defer(async () => {
    await Promise.all((await unclaimed()).map(({ id }) => admin.deleteNamespace(learnerNamespace(id))));
  });
  const environment = { PODIUM_POOL_FLOOR: String(FLOOR) };
  const server = resources.use(await createServerProcess({ kubeconfig: cluster.serverKubeconfig, environment }));
  const prompt: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
    while ((await unclaimed()).filter(({ state }) => state === 'warm').length < FLOOR) await delay(LOOK_MS);
    const start = await startByClick(server.origin);
    if (round >= WARM_UP_ROUNDS) prompt.push(start.promptMs);
    await start.end();
  }
  return [
    { name: 'start-warm prompt-p50', value: percentile(prompt, 0.5), unit: 'ms', limit: P50_LIMIT_MS },
    { name: 'start-warm prompt-p95', value: percentile(prompt, 0.95), unit: 'ms', limit: P95_LIMIT_MS },
  ];
}
