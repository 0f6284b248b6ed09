/** What lies beside the shells and belongs to no place any more: claims, and pods that their node does not let go. */
import * as z from 'zod/mini';
import type { ApiClient } from './api-client.ts';
import { decodeClaim } from './claim-object.ts';
import { removeClaim, removeTicket } from './claims.ts';
import { endShellPod } from './clear-place.ts';
import { findPodDuty, isLeftClaim } from './janitor-duties.ts';
import { LEASES_PATH } from './lease.ts';
import { CLAIM_LABEL, SANDBOX_LABEL, SHELL_NAMESPACE } from './names.ts';
import { decode } from './observed.ts';
import type { Place } from './place.ts';

const PODS = `/api/v1/namespaces/${SHELL_NAMESPACE}/pods`;

const anyList = z.object({ items: z.array(z.unknown()) });
const podList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        labels: z.object({ [SANDBOX_LABEL]: z.string() }),
        creationTimestamp: z.iso.datetime(),
        deletionTimestamp: z.optional(z.iso.datetime()),
      }),
    }),
  ),
});

export interface Present {
  /** All that there are. */
  readonly places: ReadonlyMap<string, Place>;
  readonly now: number;
}

export async function clearLeftBehind(api: ApiClient, present: Present, signal: AbortSignal): Promise<void> {
  await Promise.all([clearClaims(api, present, signal), clearPods(api, present, signal)]);
}

async function clearClaims(api: ApiClient, { places, now }: Present, signal: AbortSignal): Promise<void> {
  const answer = await api.call('GET', LEASES_PATH, { query: { labelSelector: CLAIM_LABEL } }, signal);
  const claims = decode(anyList, answer).items.map(decodeClaim);
  for (const claim of claims.filter((each) => isLeftClaim(each, places, now))) {
    await (claim.placeId === undefined ? removeTicket : removeClaim)(api, claim, signal);
  }
}

async function clearPods(api: ApiClient, { places, now }: Present, signal: AbortSignal): Promise<void> {
  const answer = await api.call('GET', PODS, { query: { labelSelector: SANDBOX_LABEL } }, signal);
  for (const { metadata } of decode(podList, answer).items) {
    const { labels, creationTimestamp, deletionTimestamp } = metadata;
    const placeId = labels[SANDBOX_LABEL];
    const stoppingSince = deletionTimestamp === undefined ? undefined : new Date(deletionTimestamp);
    const duty = findPodDuty({ placeId, createdAt: new Date(creationTimestamp), stoppingSince }, places, now);
    if (duty !== 'none') await endShellPod(api, { placeId, graceSeconds: duty === 'force' ? 0 : 1 }, signal);
  }
}
