/** Whether this cluster can mount an image as a volume: asked once, by a pod that is checked and never made. */
import type { V1Pod } from '@kubernetes/client-node';
import * as z from 'zod/mini';
import { type ApiClient, isRefusal } from './api-client.ts';
import { collectionPath, type Manifest, type Written } from './manifest.ts';
import { AGENT_IMAGE, SHELL_NAMESPACE } from './names.ts';
import type { AgentDelivery } from './shell-pod.ts';

const probe: Written<V1Pod> & Manifest = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'agent-delivery', namespace: SHELL_NAMESPACE },
  spec: {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'probe',
        image: AGENT_IMAGE,
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        volumeMounts: [{ name: 'agent', mountPath: '/agent', readOnly: true }],
      },
    ],
    volumes: [{ name: 'agent', image: { reference: AGENT_IMAGE } }],
  },
};

const answered = z.object({
  spec: z.object({ volumes: z.optional(z.array(z.object({ name: z.string(), image: z.optional(z.unknown()) }))) }),
});

/** A cluster without such volumes drops the field, and then refuses a volume that is of no kind. Throws an ApiRefusal. */
export async function detectAgentDelivery(api: ApiClient, signal: AbortSignal): Promise<AgentDelivery> {
  try {
    const answer = await api.call('POST', collectionPath(probe), { body: probe, query: { dryRun: 'All' } }, signal);
    const parsed = answered.safeParse(answer);
    const volumes = parsed.success ? (parsed.data.spec.volumes ?? []) : [];
    return volumes.some(({ name, image }) => name === 'agent' && image !== undefined) ? 'volume' : 'copy';
  } catch (error) {
    if (isRefusal(error, 400, 422)) return 'copy';
    throw error;
  }
}
