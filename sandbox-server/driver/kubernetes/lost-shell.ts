/**
 * A shell pod that is gone although nobody has ended its sandbox: deleted by hand, or taken away by its node, which had
 * no room left. The sandbox is still its learner's, with all that was made in the namespace; it needs another shell.
 */
import { PodiumError } from '../../errors.ts';
import { type ApiClient, isRefusal } from './api-client.ts';
import { type ClusterAccess, makePlaceReady } from './make-place.ts';
import { SHELL_NAMESPACE, shellName } from './names.ts';
import { decideReady } from './pod-state.ts';
import { readPlace } from './read-place.ts';

/** Resolves with true when the shell was lost and another one answers; with false when there was nothing to mend. */
export async function restoreLostShell(cluster: ClusterAccess, placeId: string, signal: AbortSignal): Promise<boolean> {
  const place = await readPlace(cluster.api, placeId, signal);
  if (place?.state !== 'running' || !(await isLost(cluster.api, placeId, signal))) return false;
  await makePlaceReady(cluster, place, { onStage: () => undefined, signal });
  return true;
}

/** Not of a pod that is merely not ready: the kubelet starts its containers again. */
async function isLost(api: ApiClient, placeId: string, signal: AbortSignal): Promise<boolean> {
  try {
    decideReady(await api.call('GET', `/api/v1/namespaces/${SHELL_NAMESPACE}/pods/${shellName(placeId)}`, {}, signal));
    return false;
  } catch (error) {
    if (isRefusal(error, 404)) return true;
    if (error instanceof PodiumError && error.code === 'start_failed') return true;
    throw error;
  }
}
