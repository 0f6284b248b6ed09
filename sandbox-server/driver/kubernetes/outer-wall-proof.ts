/**
 * The proof that the outer wall holds alone: a learner's pod, with no network policy around it, reaches the cluster's
 * names and not the API server, which every shell reaches. Made only where a lab leaves network policies to its learner.
 */
import type { LayerReport } from '../isolation.ts';
import type { ApiClient } from './api-client.ts';
import { readApiServers } from './api-server-address.ts';
import { awaitObject } from './await-object.ts';
import { createIfAbsent, deleteObject } from './create-object.ts';
import { makeLearnerNetwork } from './learner-objects.ts';
import { collectionPath, type Manifest } from './manifest.ts';
import { learnerNamespace } from './names.ts';
import type { ApiServerAddress } from './network.ts';
import { decideOutcome } from './network-probe.ts';

const NAME = 'podium-wall';
const PROBE_LIMIT_MS = 60_000;
/** What is dropped is silent for as long as one waits; long enough that no lost packet is taken for a wall. */
const SILENT_SECONDS = 5;
/** What the script ends with. */
const GOT_THROUGH = 2;
const SHUT_IN = 3;

const layer = 'outer_wall';

export interface WallProofNeeds {
  /** The server's own, which sets the place up. */
  readonly api: ApiClient;
  /** A learner's, with whose rights the pod is made. */
  readonly learner: ApiClient;
  readonly id: string;
  /** Of a lab, with bash. */
  readonly image: string;
}

/** A pod that looks what it reaches. Pure. */
export function makeWallPod(id: string, image: string, { address, port }: ApiServerAddress): Manifest {
  const look = `while read -r word server; do [ "$word" = nameserver ] && break; done < /etc/resolv.conf
reach() { timeout ${SILENT_SECONDS} bash -c "exec 3<>/dev/tcp/$1/$2"; }
reach "$server" 53 || exit ${SHUT_IN}
reach '${address}' ${port} && exit ${GOT_THROUGH}
[ $? = 124 ]`;
  const containers = [{ name: 'wall', image, command: ['bash', '-c', look] }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: NAME, namespace: learnerNamespace(id) },
    spec: { restartPolicy: 'Never', containers },
  } as Manifest;
}

/** In a place that has its outer wall, and that nobody is given. Throws only where the cluster does not answer. */
export async function proveOuterWall(
  { api, learner, id, image }: WallProofNeeds,
  signal: AbortSignal,
): Promise<LayerReport> {
  const limit = AbortSignal.timeout(PROBE_LIMIT_MS);
  const until = AbortSignal.any([signal, limit]);
  const { addresses } = await readApiServers(api, signal);
  const [target] = addresses;
  if (target === undefined) return unchecked('The cluster names no API server that a pod could try to reach.');
  try {
    await deleteObject(api, makeLearnerNetwork(id), until);
    const pod = makeWallPod(id, image, target);
    await createIfAbsent(learner, pod, until);
    const ended = await awaitObject(learner, { collection: collectionPath(pod), name: NAME }, decideOutcome, until);
    return reportOuterWallProof(ended.statuses['wall'], ended.node);
  } catch (error) {
    if (signal.aborted) throw error;
    return unchecked(`A pod that tries it did not come to its end: ${(error as Error).message}`);
  }
}

/** Pure. */
export function reportOuterWallProof(status: number | undefined, node: string): LayerReport {
  switch (status) {
    case 0: {
      const because = `A pod without a network policy reached names and not the API server (node: ${node}).`;
      return { layer, state: 'proved', because };
    }
    case GOT_THROUGH: {
      const because = `A pod reached the API server although a policy of Cilium’s denies it (node: ${node}). Look whether Cilium enforces policies: "cilium status".`;
      return { layer, state: 'missing', because };
    }
    case SHUT_IN:
      return unchecked('A pod did not reach the cluster’s names, so nothing is known of what else it does not reach.');
    default:
      return unchecked(
        `The pod that tries it ended with ${status ?? 'nothing'}. It needs bash and timeout in the lab’s image.`,
      );
  }
}

function unchecked(because: string): LayerReport {
  return { layer, state: 'not_checked', because };
}
