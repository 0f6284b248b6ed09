/** Taking a sandbox away: everything at once, and waiting until it is gone. */
import { PodiumError } from '../../errors.ts';
import { type ApiClient, isRefusal } from './api-client.ts';
import { readClaim, removeClaim } from './claims.ts';
import { awaitGone, deleteObject, shortFarewell } from './create-object.ts';
import { type Manifest, objectPath } from './manifest.ts';
import { checkerAccount, learnerNamespace, SHELL_NAMESPACE, shellName } from './names.ts';
import { makeNamespace, type Place } from './place.ts';
import { readPlace } from './read-place.ts';

/** An empty namespace takes 5 s, a pod that ignores every signal a little more; beyond this something holds it. */
const END_LIMIT_MS = 90_000;

const neverAborted = new AbortController().signal;

/**
 * Resolves when the sandbox of this claim is gone, and the claim too; throws `end_timeout` when that takes too long.
 * An abort ends the waiting. What is to go has been ordered by then, or still is: nobody else would know of it.
 */
export async function endSandbox(api: ApiClient, claimId: string, signal: AbortSignal): Promise<void> {
  const claim = await readClaim(api, claimId, neverAborted);
  const placeId = claim?.placeId ?? claimId;
  const place = await readPlace(api, placeId, neverAborted);
  // Given to another while this claim was being made: then there is nothing of this one but the claim.
  const isAnothers = place?.claim !== undefined && place.claim.id !== claimId;
  if (!isAnothers) await endPlace(api, placeId, signal);
  if (claim) await removeClaim(api, claim, signal);
}

/** The same for a place that belongs to nobody, unless somebody claims it at this moment. */
export async function retirePlace(api: ApiClient, place: Place, signal: AbortSignal): Promise<void> {
  if (await orderEnd(api, place, signal)) await endPlace(api, place.id, signal);
}

/** Ends the place as it was read; false, and nothing is done, when it is gone or has been changed since. */
export async function orderEnd(api: ApiClient, place: Place, signal: AbortSignal): Promise<boolean> {
  const { uid, resourceVersion } = place;
  const body = { ...shortFarewell, preconditions: { uid, resourceVersion } };
  try {
    await api.call('DELETE', objectPath(makeNamespace(place)), { body }, signal);
    return true;
  } catch (error) {
    if (isRefusal(error, 404, 409)) return false;
    throw error;
  }
}

/** Resolves when namespace and shell pod are gone; throws `end_timeout` when that takes too long. */
export async function endPlace(api: ApiClient, placeId: string, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.timeout(END_LIMIT_MS);
  try {
    await takeAway(api, placeId, AbortSignal.any([signal, limit]));
  } catch (error) {
    if (limit.aborted && !signal.aborted) throw new PodiumError('end_timeout', { cause: error });
    throw error;
  }
}

async function takeAway(api: ApiClient, id: string, signal: AbortSignal): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: learnerNamespace(id) } };
  const pod = ofShell('v1', 'Pod', shellName(id));
  await Promise.all([
    cutPodsShort(api, id),
    ...[
      namespace,
      pod,
      ofShell('v1', 'ServiceAccount', shellName(id)),
      ofShell('v1', 'ServiceAccount', checkerAccount(id)),
      ofShell('networking.k8s.io/v1', 'NetworkPolicy', shellName(id)),
    ].map((manifest) => deleteObject(api, manifest, neverAborted)),
  ]);
  await Promise.all([awaitGone(api, namespace, signal), awaitGone(api, pod, signal)]);
}

/** The namespace's own end would leave each pod the farewell that it asked for, up to a minute. */
async function cutPodsShort(api: ApiClient, id: string): Promise<void> {
  try {
    await api.call('DELETE', `/api/v1/namespaces/${learnerNamespace(id)}/pods`, { body: shortFarewell }, neverAborted);
  } catch (error) {
    // Not our right: the namespace is new, or so far gone that the binding went before.
    if (!isRefusal(error, 403, 404)) throw error;
  }
}

function ofShell(apiVersion: string, kind: string, name: string): Manifest {
  return { apiVersion, kind, metadata: { name, namespace: SHELL_NAMESPACE } };
}
