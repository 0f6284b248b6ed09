/** Bodies of requests and their replies that are not a sandbox. */
import * as z from 'zod/mini';
import { slug } from './sandbox.ts';

/** `POST /api/sandboxes`. */
export const sandboxOrder = z.strictObject({ lab: slug });

/** A ticket is spent by the WebSocket that follows at once; what lies longer in a log or a history is worth nothing. */
export const TICKET_LIFETIME_MS = 30_000;

/** `POST /api/sandboxes/<id>/tickets`: for one `GET /api/terminal?ticket=…`. */
export const ticketReply = z.object({ ticket: z.string() });
export type TicketReply = z.infer<typeof ticketReply>;

/** `GET /api/labs/<lab>/progress`: what this person has done, also without a sandbox. */
export const labProgress = z.object({ checksDone: z.array(z.string()) });
export type LabProgress = z.infer<typeof labProgress>;
