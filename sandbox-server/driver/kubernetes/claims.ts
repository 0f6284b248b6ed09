/** Claims in the cluster, and tickets for them: made once, read again by whoever comes second, taken away with what they were given. */
import { type ApiClient, isRefusal } from './api-client.ts';
import {
  decodeClaim,
  makeClaimObject,
  makeRedirectPatch,
  makeRenewalPatch,
  makeTicketObject,
  type ObservedClaim,
} from './claim-object.ts';
import { createIfAbsent } from './create-object.ts';
import { collectionPath, objectPath } from './manifest.ts';
import type { Claim } from './place.ts';

const MERGE = 'application/merge-patch+json';

/** Makes the claim, to the given place, or finds it with the place that it has; undefined when it went away just now. */
export async function obtainClaim(
  api: ApiClient,
  claim: Claim,
  placeId: string,
  signal: AbortSignal,
): Promise<ObservedClaim | undefined> {
  const manifest = makeClaimObject(claim, placeId);
  try {
    return decodeClaim(await api.call('POST', collectionPath(manifest), { body: manifest }, signal));
  } catch (error) {
    if (!isRefusal(error, 409)) throw error;
  }
  return readClaim(api, claim.id, signal);
}

export async function readClaim(api: ApiClient, id: string, signal: AbortSignal): Promise<ObservedClaim | undefined> {
  try {
    return decodeClaim(await api.call('GET', pathOf(id), {}, signal));
  } catch (error) {
    if (isRefusal(error, 404)) return undefined;
    throw error;
  }
}

/** Gives the claim another place; whoever else did so first is believed. */
export async function redirectClaim(
  api: ApiClient,
  claim: ObservedClaim,
  placeId: string,
  signal: AbortSignal,
): Promise<void> {
  const body = makeRedirectPatch(claim, placeId);
  try {
    await api.call('PATCH', pathOf(claim.id), { body, contentType: MERGE }, signal);
  } catch (error) {
    if (!isRefusal(error, 404, 409)) throw error;
  }
}

/** Makes a ticket, unless there is one, or a claim that has its place. */
export async function createTicket(api: ApiClient, claim: Claim, since: Date, signal: AbortSignal): Promise<void> {
  await createIfAbsent(api, makeTicketObject(claim, since), signal);
}

/** Says that its holder still waits; nothing when it is gone. */
export async function renewTicket(api: ApiClient, id: string, now: Date, signal: AbortSignal): Promise<void> {
  try {
    await api.call('PATCH', pathOf(id), { body: makeRenewalPatch(now), contentType: MERGE }, signal);
  } catch (error) {
    if (!isRefusal(error, 404)) throw error;
  }
}

/** Takes away a ticket as it was read: not when somebody has renewed it since, or was given a place. */
export async function removeTicket(api: ApiClient, ticket: ObservedClaim, signal: AbortSignal): Promise<void> {
  await remove(api, ticket.id, { uid: ticket.uid, resourceVersion: ticket.resourceVersion }, signal);
}

/** Takes away this very claim, not one that was made after it. */
export async function removeClaim(api: ApiClient, { id, uid }: ObservedClaim, signal: AbortSignal): Promise<void> {
  await remove(api, id, { uid }, signal);
}

async function remove(api: ApiClient, id: string, preconditions: object, signal: AbortSignal): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions };
  try {
    await api.call('DELETE', pathOf(id), { body }, signal);
  } catch (error) {
    if (!isRefusal(error, 404, 409)) throw error;
  }
}

function pathOf(id: string): string {
  return objectPath(makeClaimObject({ id, lab: '', ownerHash: '' }, ''));
}
