/** Bodies of requests and their replies that are not a sandbox. */
import * as z from 'zod/mini';
import { languages } from './language.ts';
import { MAX_ANSWERS } from './question.ts';
import { slug } from './sandbox.ts';

/** Steps are named by two digits; 0 is the beginning. */
const stepNumber = z._default(z.int().check(z.minimum(0), z.maximum(99)), 0);

/**
 * `POST /api/sandboxes`. A fresh one starts without the files that were kept, and they are deleted. With a step, those
 * before it are done for the learner.
 */
export const sandboxOrder = z.strictObject({
  lab: slug,
  isFresh: z._default(z.boolean(), false),
  step: stepNumber,
});

/** `POST /api/sandboxes/<id>/start-over`: from the beginning without a word, else at a step, with the home as it is. */
export const startOverOrder = z.strictObject({ isFresh: z._default(z.boolean(), true), step: stepNumber });

/** `POST /api/sandboxes/<id>/solve`: does this step for the learner. `DELETE` of the same ends it. */
export const solveOrder = z.strictObject({ step: stepNumber });

/** A ticket is spent by the WebSocket that follows at once; what lies longer in a log or a history is worth nothing. */
export const TICKET_LIFETIME_MS = 30_000;

/** What a ticket lets its holder do; one for viewing never types, whatever its holder asks for later. */
export const terminalAccess = z.enum(['write', 'view']);
export type TerminalAccess = z.infer<typeof terminalAccess>;

/** `POST /api/sandboxes/<id>/tickets`: for one `GET /api/terminal?ticket=…`. Without a body it is for writing. */
export const ticketOrder = z.strictObject({ access: terminalAccess });
export const ticketReply = z.object({ ticket: z.string() });
export type TicketReply = z.infer<typeof ticketReply>;

/** The files that a person left in a lab's home: when (ISO 8601, UTC), and how many bytes they are compressed. */
export const keptHome = z.object({ at: z.string(), bytes: z.int() });
export type KeptHome = z.infer<typeof keptHome>;

/** `GET /api/labs/<lab>/progress`: what this person has done, also without a sandbox, and what they left there. */
export const labProgress = z.object({
  checksDone: z.array(z.string()),
  /** Numbers of the steps that can be done for somebody. */
  solvable: z.array(z.int()),
  home: z.optional(keptHome),
  /** The step that was open last, on whatever device, and since when (ISO 8601, UTC). */
  place: z.optional(z.object({ step: z.int(), at: z.string() })),
  /** What was answered last to questions. */
  answers: z.array(z.object({ question: z.string(), answers: z.array(z.int()) })),
  /** An error code: why the lab cannot be had on this server, whoever asks. */
  lack: z.optional(z.string()),
});
export type LabProgress = z.infer<typeof labProgress>;

/** `PUT /api/labs/<lab>/place`: the step that is open now. */
export const placeOrder = z.strictObject({ step: z.int().check(z.minimum(1), z.maximum(99)) });

/** `GET /api/labs/minutes`: how long people took, by lab, where enough have finished it to say so. */
export const labMinutes = z.record(slug, z.int());
export type LabMinutes = z.infer<typeof labMinutes>;

/** `POST /api/sandboxes/<id>/files`: writes the file of a block of the lab's page into the home. */
export const saveOrder = z.strictObject({ block: z.string().check(z.maxLength(64)) });
export const saveReply = z.object({ path: z.string() });
export type SaveReply = z.infer<typeof saveReply>;

/**
 * `POST /api/labs/<lab>/questions/<name>`: indexes of the answers that were chosen, from 0; none of them asks for what is
 * right. The explanation comes in `language` where there is one.
 */
export const answerOrder = z.strictObject({
  answers: z.array(z.int().check(z.minimum(0), z.maximum(MAX_ANSWERS))).check(z.maxLength(MAX_ANSWERS)),
  language: z.enum(languages),
});
export type AnswerOrder = z.infer<typeof answerOrder>;

/** What is right, and why (paragraphs, with code between backticks), where it is told. */
export const answerResult = z.object({
  isRight: z.boolean(),
  right: z.optional(z.array(z.int())),
  explanation: z.optional(z.array(z.string())),
  /** Of the explanation. */
  language: z.optional(z.enum(languages)),
});
export type AnswerResult = z.infer<typeof answerResult>;
/** A page that is looked at says so more often than that; one that has gone without a word is forgotten after it. */
export const WATCH_LEASE_MS = 60_000;

/** More than any step asks for, so that nobody's list is one to work on. */
const MAX_WATCHED = 20;

/**
 * `POST /api/sandboxes/<id>/watched-checks`: the checks that a page has in sight, instead of those before; none ends it.
 * `page` tells the pages of one person apart. The reply names those that are now asked by themselves until they are done.
 */
export const watchedChecksOrder = z.strictObject({ page: slug, checks: z.array(slug).check(z.maxLength(MAX_WATCHED)) });
export type WatchedChecksOrder = z.infer<typeof watchedChecksOrder>;
export const watchedChecksReply = z.object({ checks: z.array(z.string()) });
export type WatchedChecksReply = z.infer<typeof watchedChecksReply>;

/** Long enough to send a link to another machine and open it there; what is found in a history later is worth nothing. */
export const HAND_OVER_LIFETIME_MS = 10 * 60_000;

/**
 * `POST /api/sandboxes/<id>/hand-over`: a code that makes another browser the same person, once. `address` is that of
 * the lab's page with the code, without origin and language. A newer code makes the one before worthless.
 */
export const handOverReply = z.object({ code: z.string(), address: z.string(), expiresAt: z.string() });
export type HandOverReply = z.infer<typeof handOverReply>;

/** `POST /api/hand-over`, in the other browser: the reply brings the cookie. */
export const handOverOrder = z.strictObject({ code: z.string().check(z.maxLength(64)) });
export const handOverResult = z.object({ lab: slug });
export type HandOverResult = z.infer<typeof handOverResult>;
