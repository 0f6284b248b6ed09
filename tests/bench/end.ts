/**
 * From the order to end a sandbox to its namespace being gone, in turns with the least that anybody could do by hand:
 * a namespace with one pod, deleted with kubectl. Nobody waits for it, but a full room waits for its place.
 */
import { randomBytes } from 'node:crypto';
import { createApiClient } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import { awaitGone } from '../../sandbox-server/driver/kubernetes/create-object.ts';
import { createCredentialSource } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import { Browser } from '../server/browser.ts';
import { createBarePod } from './bare-pod.ts';
import { type Figure, percentile } from './figures.ts';
import type { PodiumUnderTest } from './run.ts';
import { PROMPT } from './start-by-click.ts';

/** With twenty the 95th percentile is the worst but one. */
const ROUNDS = 20;
const WARM_UP_ROUNDS = 1;

export async function measureEnd({ origin, kubeconfig }: PodiumUnderTest): Promise<readonly Figure[]> {
  using api = createApiClient(createCredentialSource(kubeconfig, Date.now));
  const bare: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
    const byHand = await createBarePod(kubeconfig, `bench-${randomBytes(4).toString('hex')}`, PROMPT);
    const browser = new Browser(origin);
    const { id, namespace } = await browser.startAndWait();
    const bareMs = await measure(() => byHand.end());
    const ourMs = await measure(async () => {
      await browser.send(`/api/sandboxes/${id}`, { method: 'DELETE' });
      const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
      await awaitGone(api, object, new AbortController().signal);
    });
    if (round < WARM_UP_ROUNDS) continue;
    bare.push(bareMs);
    ours.push(ourMs);
    process.stdout.write(
      `end: round ${round} of ${ROUNDS}: bare ${bareMs.toFixed(0)} ms, Podium ${ourMs.toFixed(0)} ms\n`,
    );
  }
  return [
    { name: 'end bare-p50', value: percentile(bare, 0.5), unit: 'ms' },
    { name: 'end bare-p95', value: percentile(bare, 0.95), unit: 'ms' },
    { name: 'end namespace-gone-p50', value: percentile(ours, 0.5), unit: 'ms' },
    { name: 'end namespace-gone-p95', value: percentile(ours, 0.95), unit: 'ms' },
  ];
}

async function measure(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
