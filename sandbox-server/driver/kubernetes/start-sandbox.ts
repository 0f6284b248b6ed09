/**
 * Giving somebody a sandbox: the one that they have, a warm one of the pool, or a new one. Each step is harmless when
 * it was done before, so that a start which was cut off is simply done again, here or by another server.
 */
import { PodiumError } from '../../errors.ts';
import type { SandboxRequest } from '../driver.ts';
import { sandboxId } from '../sandbox-id.ts';
import { type ApiClient, isRefusal } from './api-client.ts';
import type { ObservedClaim } from './claim-object.ts';
import { obtainClaim, redirectClaim, removeClaim } from './claims.ts';
import { awaitGone, createIfAbsent } from './create-object.ts';
import { hasExtras } from './lab-needs.ts';
import { makeLearnerBinding } from './learner-objects.ts';
import type { ClusterAccess } from './make-place.ts';
import { collectionPath, objectPath } from './manifest.ts';
import { type Claim, decodePlace, makeGivingPatch, makeNamespace, type Place } from './place.ts';
import { readPlace } from './read-place.ts';
import type { WarmPlaces } from './warm-pool.ts';

const neverAborted = new AbortController().signal;
const MERGE = 'application/merge-patch+json';

export function makeClaim({ ownerHash, lab }: SandboxRequest): Claim {
  return { id: sandboxId(ownerHash, lab.slug), lab: lab.slug, ownerHash };
}

export interface ClaimedPlace {
  readonly claimId: string;
  readonly place: Place;
  /** It was nobody's before: should the rest fail, it is taken away again. */
  readonly isNew: boolean;
  readonly origin: 'pool' | 'made' | 'found';
}

/**
 * The first step, by which the sandbox exists, or is found: from now on there is something to take away.
 * The claim's name makes it one, whichever server asks; one that is just ending is waited for.
 */
export async function claimPlace(
  cluster: ClusterAccess,
  pool: WarmPlaces,
  request: SandboxRequest,
  signal: AbortSignal,
): Promise<ClaimedPlace> {
  const { api } = cluster;
  const claim = makeClaim(request);
  for (;;) {
    signal.throwIfAborted();
    const warm = pool.take(request.lab.image);
    // Not cut off by a cancel: the request might be served after the deletion that a cancel asks for.
    const [observed] = await Promise.all([
      obtainClaim(api, claim, warm?.id ?? claim.id, neverAborted),
      warm && giveRights(api, warm.id),
    ]);
    if (warm && observed?.placeId !== warm.id) pool.giveBack(warm);
    if (observed === undefined) continue;
    requireSame(observed, claim);
    if (observed.placeId === undefined) {
      // A ticket, whose turn it is.
      await redirectClaim(api, observed, warm?.id ?? claim.id, signal);
      continue;
    }
    const placed = { ...observed, placeId: observed.placeId };
    const found =
      observed.placeId === claim.id
        ? await makeOrFind(cluster, request, claim)
        : await giveWarm(cluster, request, placed, warm);
    if (warm?.id === observed.placeId && found?.origin === 'pool') pool.noteGiven(warm);
    if (found === undefined) await redirectClaim(api, observed, claim.id, signal);
    else if (found.place.state !== 'stopping') return { claimId: claim.id, ...found };
    else {
      await awaitGone(api, makeNamespace(found.place), signal);
      await removeClaim(api, observed, signal);
    }
  }
}

function requireSame(observed: ObservedClaim, claim: Claim): void {
  if (observed.ownerHash === claim.ownerHash && observed.lab === claim.lab) return;
  throw new PodiumError('cluster_refused', { cause: new Error(`claim ${claim.id} is another's`) });
}

function makeLife({ clock }: ClusterAccess, { lab }: SandboxRequest) {
  const createdAt = new Date(clock.now());
  return { createdAt, expiresAt: new Date(createdAt.getTime() + lab.lifeMinutes * 60_000) };
}

type Found = Omit<ClaimedPlace, 'claimId'>;

async function makeOrFind(cluster: ClusterAccess, request: SandboxRequest, claim: Claim): Promise<Found> {
  const manifest = makeNamespace({ id: claim.id, image: request.lab.image, ...makeLife(cluster, request), claim });
  for (;;) {
    try {
      const body = { body: manifest };
      const place = decodePlace(await cluster.api.call('POST', collectionPath(manifest), body, neverAborted));
      return { place, isNew: true, origin: 'made' };
    } catch (error) {
      if (!isRefusal(error, 409)) throw error;
    }
    const present = await readPlace(cluster.api, claim.id, neverAborted);
    // One that is still starting is done again by whoever asks, and taken away by whoever fails.
    if (present) return { place: present, isNew: present.state === 'starting', origin: 'found' };
  }
}

/**
 * Rights come before the place: one that is given has them. Should another claim get this place, they are that one's.
 * A place that is gone, or about to go, is found out by who wants to give it.
 */
async function giveRights(api: ApiClient, placeId: string): Promise<void> {
  try {
    await createIfAbsent(api, makeLearnerBinding(placeId), neverAborted);
  } catch (error) {
    if (!isRefusal(error, 403, 404)) throw error;
  }
}

/** Undefined when the place is gone, or another's. */
async function giveWarm(
  cluster: ClusterAccess,
  request: SandboxRequest,
  observed: ObservedClaim & { readonly placeId: string },
  known: Place | undefined,
): Promise<Found | undefined> {
  const { api } = cluster;
  const isKnown = known?.id === observed.placeId;
  // Of another server's choice, which may have ended before it gave them.
  if (!isKnown) await giveRights(api, observed.placeId);
  let place = isKnown ? known : await readPlace(api, observed.placeId, neverAborted);
  while (place?.claim === undefined && place?.state === 'warm') {
    const state = hasExtras(request.lab) ? 'starting' : 'running';
    const body = makeGivingPatch(place, observed, makeLife(cluster, request), state);
    try {
      const path = objectPath(makeNamespace(place));
      const given = await api.call('PATCH', path, { body, contentType: MERGE }, neverAborted);
      return { place: decodePlace(given), isNew: true, origin: 'pool' };
    } catch (error) {
      if (!isRefusal(error, 404, 409)) throw error;
    }
    place = await readPlace(api, observed.placeId, neverAborted);
  }
  return place?.claim?.id === observed.id ? { place, isNew: false, origin: 'found' } : undefined;
}
