/** What the janitor has to do, from what is on record alone. Pure. */
import type { ObservedClaim } from './claim-object.ts';
import type { Place } from './place.ts';

/** A server ends its sandboxes at their time and keeps first what is in them; the janitor leaves it this long for it. */
const SERVER_TURN_MS = 30_000;
/** A server gives up a start after three minutes and takes it away; one that has not is not there any more. */
const LONGEST_START_MS = 5 * 60_000;
/** An empty namespace is gone after 5 s, one with pods after 10, with a busy node after 20. */
const USUAL_END_MS = 30_000;
/** A kubelet that has not let a pod go by then is not there; one that comes back ends what it finds orphaned. */
const KUBELET_TURN_MS = 75_000;
/** A claim is there before its place, and a watch may be behind: longer than any start. */
const CLAIM_TURN_MS = LONGEST_START_MS;

/** `end`: order its end. `clear`: take away what holds it. `force`: without waiting for the node any more. */
export type Duty = 'none' | 'end' | 'clear' | 'force';

export function findDuty(place: Place, now: number): Duty {
  if (place.stoppingSince) {
    const elapsedMs = now - place.stoppingSince.getTime();
    if (elapsedMs > KUBELET_TURN_MS) return 'force';
    return elapsedMs > USUAL_END_MS ? 'clear' : 'none';
  }
  const isExpired = now - place.expiresAt.getTime() > SERVER_TURN_MS;
  const isStuck = place.state === 'starting' && now - place.createdAt.getTime() > LONGEST_START_MS;
  return isExpired || isStuck ? 'end' : 'none';
}

/** A claim that gives its holder nothing, and that its server has not taken away; a ticket that nobody vouches for. */
export function isLeftClaim(claim: ObservedClaim, places: ReadonlyMap<string, Place>, now: number): boolean {
  const heardOf = claim.renewedAt ?? claim.createdAt;
  if (now - heardOf.getTime() < CLAIM_TURN_MS) return false;
  return claim.placeId === undefined || places.get(claim.placeId)?.claim?.id !== claim.id;
}

export interface ShellPodAge {
  readonly placeId: string;
  readonly createdAt: Date;
  readonly stoppingSince: Date | undefined;
}

/** The same for a shell pod whose place is gone. */
export function findPodDuty(
  pod: ShellPodAge,
  places: ReadonlyMap<string, Place>,
  now: number,
): 'none' | 'end' | 'force' {
  if (places.has(pod.placeId) || now - pod.createdAt.getTime() < CLAIM_TURN_MS) return 'none';
  const isOverdue = pod.stoppingSince !== undefined && now - pod.stoppingSince.getTime() > KUBELET_TURN_MS;
  return isOverdue ? 'force' : 'end';
}
