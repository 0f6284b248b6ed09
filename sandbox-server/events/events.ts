/**
 * The port of what servers tell each other and cannot see elsewhere: sandboxes are on record in the cluster, which every
 * server follows; what a person has done is not. Two adapters pass the same contract suite: in process, for a server
 * that is alone, and PostgreSQL's LISTEN and NOTIFY.
 */
import * as z from 'zod/mini';
import { showingMessage } from '../protocol/showing.ts';

export const sharedEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('check-done'), ownerHash: z.string(), lab: z.string(), check: z.string() }),
  /** To the pages of a showing: of all who follow, or only of those with a key from that of a remote on. */
  z.object({ type: z.literal('showing'), code: z.string(), isForAll: z.boolean(), message: showingMessage }),
  /** Somebody voted; the counts are in the store. */
  z.object({ type: z.literal('showing-vote'), code: z.string(), poll: z.string() }),
  /** How many follow at one server. */
  z.object({ type: z.literal('showing-followers'), code: z.string(), server: z.string(), count: z.int() }),
]);
export type SharedEvent = z.infer<typeof sharedEvent>;

/** `missed`: others may have said something that was not heard here. What follows from it is to be read from the store. */
export type HeardEvent = SharedEvent | { readonly type: 'missed' };
export type EventListener = (event: HeardEvent) => void;

export interface Events extends AsyncDisposable {
  /**
   * Tells the listeners of this server before it returns, and those of all others soon. Where the others cannot be
   * reached they hear `missed` later. Never throws.
   */
  publish(event: SharedEvent): void;
  subscribe(listener: EventListener): Disposable;
}
