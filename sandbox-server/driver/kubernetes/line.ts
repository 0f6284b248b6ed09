/**
 * The line of those who wait for room: tickets, which are claims without a place. Every server sees all of them, and
 * any may take away one that nobody vouches for any more, so that a line has no leader and outlives each server.
 */
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { Line, Ticket } from '../driver.ts';
import type { ApiClient } from './api-client.ts';
import { decodeClaim, type ObservedClaim } from './claim-object.ts';
import { createTicket, removeTicket, renewTicket } from './claims.ts';
import { followChanges } from './follow-changes.ts';
import { LEASES_PATH } from './lease.ts';
import { CLAIM_LABEL } from './names.ts';
import { type ObjectWatch, watchObjects } from './object-watch.ts';

/** A page that comes back from a reload, a tunnel or another server by then finds its place kept. */
const STALE_MS = 3 * 60_000;
const LOOK_EVERY_MS = 30_000;

const claims = {
  collection: LEASES_PATH,
  labelSelector: CLAIM_LABEL,
  decode: decodeClaim,
};

export interface LineDeps {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createLine({ api, clock, log }: LineDeps): Line & Disposable {
  const stack = new DisposableStack();
  const watch: ObjectWatch<ObservedClaim> = stack.use(watchObjects(api, claims, log));
  const closing = new AbortController();
  let next: Disposable;
  const look = () => {
    for (const ticket of findStale(watch.objects.values(), clock.now())) {
      removeTicket(api, ticket, closing.signal).catch((error: unknown) => {
        if (!closing.signal.aborted) log.warn({ err: error }, 'a ticket could not be taken away');
      });
    }
    next = clock.after(LOOK_EVERY_MS, look);
  };
  next = clock.after(LOOK_EVERY_MS, look);
  stack.defer(() => {
    closing.abort();
    next[Symbol.dispose]();
  });
  return {
    join: ({ id, lab, ownerHash, since }, signal) => createTicket(api, { id, lab, ownerHash }, since, signal),
    renew: (id, signal) => renewTicket(api, id, new Date(clock.now()), signal),
    follow: (onTickets) => followChanges(watch, clock, () => onTickets(listTickets(watch.objects.values()))),
    [Symbol.dispose]: () => stack.dispose(),
  };
}

/** Those that wait, first come first. Pure. */
export function listTickets(all: Iterable<ObservedClaim>): Ticket[] {
  const tickets = [...all].flatMap(({ id, lab, ownerHash, placeId, waitsSince }) =>
    placeId === undefined && waitsSince ? [{ id, lab, ownerHash, since: waitsSince }] : [],
  );
  return tickets.toSorted((a, b) => a.since.getTime() - b.since.getTime() || a.id.localeCompare(b.id));
}

function findStale(all: Iterable<ObservedClaim>, now: number): ObservedClaim[] {
  return [...all].filter(
    ({ placeId, renewedAt }) =>
      placeId === undefined && renewedAt !== undefined && now - renewedAt.getTime() > STALE_MS,
  );
}
