import { isDeploymentReady } from './bring-up.ts';
import type { KubeClient } from './kube-client.ts';
import { makeObjectPath } from './kube-client.ts';
import { makeMetricsApi } from './manifests/metrics.ts';

/** Registers the metrics API while its server answers, and takes it away while it does not: else no namespace could be deleted. */
export async function keepMetricsApi(kube: KubeClient): Promise<void> {
  const object = makeMetricsApi();
  const isRegistered = (await kube.get(makeObjectPath(object))) !== undefined;
  const isServed = await isDeploymentReady(kube, 'metrics-server');
  if (isServed && !isRegistered) await kube.apply(object);
  if (!isServed && isRegistered) await kube.remove(makeObjectPath(object));
}
