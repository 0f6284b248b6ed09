import type { Clock } from '../clock.ts';
import { TICKET_LIFETIME_MS } from '../protocol/requests.ts';

/** What a ticket lets its holder do: one terminal in one sandbox. */
export interface Admission {
  readonly sandboxId: string;
  readonly ownerHash: string;
}

export interface Tickets {
  /** A ticket for one use within TICKET_LIFETIME_MS. */
  issue(admission: Admission): string;
  /** Spends it; undefined when there is none, or it is too old. */
  redeem(ticket: string): Admission | undefined;
}

/** A room of 300 that reconnects at once, several times over. Beyond it the oldest go first. */
const MAX_TICKETS = 5000;

/** `makeId` gives what cannot be guessed. */
export function createTickets(clock: Clock, makeId: () => string): Tickets {
  const tickets = new Map<string, { admission: Admission; until: number }>();
  return {
    issue(admission) {
      const ticket = makeId();
      const [oldest] = tickets.keys();
      if (tickets.size >= MAX_TICKETS && oldest !== undefined) tickets.delete(oldest);
      tickets.set(ticket, { admission, until: clock.now() + TICKET_LIFETIME_MS });
      return ticket;
    },
    redeem(ticket) {
      const found = tickets.get(ticket);
      tickets.delete(ticket);
      return found && found.until >= clock.now() ? found.admission : undefined;
    },
  };
}
