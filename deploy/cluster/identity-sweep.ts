/**
 * Collects Cilium's unused identities, which its operator would do if we ran it: each combination of labels makes one,
 * so each learner's namespace leaves some behind. Two steps, as in the operator: an unused identity is marked, and deleted
 * when it is still marked after the grace time. An agent that takes it up again removes the mark, and with that our version is stale.
 */
import type { KubeClient } from './kube-client.ts';

/** Between an identity's making and its endpoint's there are a few seconds at most. */
export const unusedGraceMs = 30_000;
/** Cilium's own mark (`pkg/k8s/identitybackend`): the agent looks for it before it uses an identity again. */
const markAnnotation = 'io.cilium.heartbeat';

type Identity = { metadata: { name: string; resourceVersion: string; annotations?: Record<string, string> } };
type Endpoint = { status?: { identity?: { id?: number } } };
type List<T> = { items: T[] };
export type SweepPlan = { mark: Identity[]; remove: Identity[] };

const identitiesPath = '/apis/cilium.io/v2/ciliumidentities';

/** Which identities to mark as unused now, and which have been marked for the grace time. Pure. */
export function planSweep(identities: readonly Identity[], used: ReadonlySet<string>, nowMs: number): SweepPlan {
  const plan: SweepPlan = { mark: [], remove: [] };
  for (const identity of identities) {
    if (used.has(identity.metadata.name)) continue;
    const mark = identity.metadata.annotations?.[markAnnotation];
    if (mark === undefined) plan.mark.push(identity);
    else if (nowMs - Date.parse(mark) >= unusedGraceMs) plan.remove.push(identity);
  }
  return plan;
}

/** One sweep; resolves with how many identities were removed. */
export async function sweepIdentities(kube: KubeClient, nowMs: number): Promise<number> {
  // Identities first: one that is made between the two reads is not in the list and cannot be taken for unused.
  const identities = await kube.get<List<Identity>>(identitiesPath);
  const endpoints = await kube.get<List<Endpoint>>('/apis/cilium.io/v2/ciliumendpoints');
  if (identities === undefined || endpoints === undefined) return 0;
  const used = new Set(endpoints.items.map((endpoint) => String(endpoint.status?.identity?.id)));
  const plan = planSweep(identities.items, used, nowMs);
  for (const { metadata } of plan.mark) {
    const annotations = { [markAnnotation]: new Date(nowMs).toISOString() };
    const text = JSON.stringify({ metadata: { resourceVersion: metadata.resourceVersion, annotations } });
    await kube.call('PATCH', `${identitiesPath}/${metadata.name}`, { type: 'application/merge-patch+json', text });
  }
  for (const { metadata } of plan.remove) {
    await kube.remove(`${identitiesPath}/${metadata.name}`, { resourceVersion: metadata.resourceVersion });
  }
  return plan.remove.length;
}
