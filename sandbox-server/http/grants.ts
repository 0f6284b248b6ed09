/** What codes for one use let in to. */
import * as z from 'zod/mini';
import { HAND_OVER_LIFETIME_MS, terminalAccess, TICKET_LIFETIME_MS } from '../protocol/requests.ts';
import type { CodeKind, OneUseCodes } from '../store/one-use-codes.ts';

/** What a ticket lets its holder do: attach to one terminal of one sandbox. */
const admission = z.object({ sandboxId: z.string(), ownerHash: z.string(), access: terminalAccess });
export type Admission = z.infer<typeof admission>;

/** What a link hands over: everything that this person may do, by the cookie as signed, for the other browser to have too. */
const handOver = z.object({ ownerHash: z.string(), cookie: z.string(), lab: z.string() });
export type HandOver = z.infer<typeof handOver>;

export type Tickets = OneUseCodes<Admission>;
export type HandOvers = OneUseCodes<HandOver>;

export const ticketKind: CodeKind<Admission> = {
  name: 'ticket',
  lifetimeMs: TICKET_LIFETIME_MS,
  decode: (grant) => admission.safeParse(grant).data,
};

export const handOverKind: CodeKind<HandOver> = {
  name: 'hand-over',
  lifetimeMs: HAND_OVER_LIFETIME_MS,
  decode: (grant) => handOver.safeParse(grant).data,
};
