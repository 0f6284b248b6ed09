/**
 * A showing: one presenting of a deck, that a room follows by a code. What its pages ask and are told: followers, who need
 * no more than the code, and those with a key: the presenter, a remote, a captioner.
 */
import * as z from 'zod/mini';
import { slug } from './sandbox.ts';

/** Neither 0 and o nor 1, i and l, which are taken for each other from the last row of a hall. */
export const CODE_ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
/** 887 million codes: at the few hundred guesses a minute that one address has, years for one that is alive. */
export const CODE_LENGTH = 6;
export const showingCode = z.string().check(z.regex(new RegExp(`^[${CODE_ALPHABET}]{${CODE_LENGTH}}$`)));

/** As somebody types it: capitals, blanks and hyphens do no harm. */
export function normaliseCode(typed: string): string {
  return typed.toLowerCase().replaceAll(/[\s-]/g, '');
}

/** What a key lets its holder do; without one, one follows. Each may do what those after it may. */
export const showingRoles = ['presenter', 'remote', 'captioner', 'follower'] as const;
export type ShowingRole = (typeof showingRoles)[number];
export const keyRoles = ['remote', 'captioner'] as const;

export const MAX_QUESTION_LENGTH = 280;
/** A line of captions is what is said in one breath. */
export const MAX_CAPTION_LENGTH = 200;
/** What a late joiner can still read of what was said. */
export const KEPT_CAPTIONS = 4;
/** A screen of 80 columns and 24 rows; the last lines of a larger one. Even in three bytes a character it fits into a notification. */
export const MAX_SCREEN_LENGTH = 2_000;
export const MAX_POLL_OPTIONS = 10;
/** Far more slides than anybody shows. */
const MAX_INDEX = 2000;
const index = z.int().check(z.minimum(0), z.maximum(MAX_INDEX));
const slideId = z.string().check(z.minLength(1), z.maxLength(80));
const questionId = z.string().check(z.regex(/^[\w-]{8,24}$/));

/** The poll on a slide, while the deck is on that slide: how many answers there are to choose from. */
export const openPoll = z.strictObject({
  id: slug,
  options: z.int().check(z.minimum(2), z.maximum(MAX_POLL_OPTIONS)),
  isMulti: z.boolean(),
});

/** Where the deck is. `fragment` counts from 0; -1 is before the first. */
export const position = z.strictObject({
  slide: slideId,
  h: index,
  v: index,
  fragment: z.int().check(z.minimum(-1), z.maximum(MAX_INDEX)),
  isBlank: z.boolean(),
  poll: z.optional(openPoll),
});
export type Position = z.infer<typeof position>;

export const questionStates = ['waiting', 'shown', 'answered', 'hidden'] as const;
export const question = z.object({
  id: z.string(),
  text: z.string(),
  votes: z.int(),
  state: z.enum(questionStates),
});
export type Question = z.infer<typeof question>;

/** Counts by answer, in their order, and how many people have voted. */
export const pollResult = z.object({ id: slug, counts: z.array(z.int()), voters: z.int() });
export type PollResult = z.infer<typeof pollResult>;

export const showingSettings = z.strictObject({
  /** Followers may look at slides that have not been shown yet. */
  mayLookAhead: z.boolean(),
  takesQuestions: z.boolean(),
  /** A question is seen by all only when the presenter has let it. */
  isModerated: z.boolean(),
});
export type ShowingSettings = z.infer<typeof showingSettings>;

/** `POST /api/showings`; the reply brings the presenter's key as a cookie that no script can read. */
export const showingOrder = z.strictObject({ deck: slug });
/** `GET /api/showings/<code>`, and the reply to the order. */
export const showingReply = z.object({
  code: showingCode,
  deck: slug,
  role: z.enum(showingRoles),
  /** What followers type or scan: an address of this server with the code. */
  address: z.string(),
  /** Whether others than this machine reach that address. */
  isReachable: z.boolean(),
});
export type ShowingReply = z.infer<typeof showingReply>;

/** `POST …/links`: a new key; the page makes a link of it, with the key behind the `#`, which no server is sent. */
export const linkOrder = z.strictObject({ role: z.enum(keyRoles) });
export interface LinkReply {
  readonly key: string;
}
/** `POST …/key`: takes up what such a link brought. The reply brings the cookie. */
export const keyOrder = z.strictObject({ key: z.string().check(z.maxLength(64)) });

export const commands = ['next', 'previous'] as const;
export type Command = (typeof commands)[number];
export const commandOrder = z.strictObject({ command: z.enum(commands) });
/** No line breaks, and nothing that no database keeps: control characters and halves of characters. */
const PLAIN = /^[^\p{Cc}\p{Cs}]*$/u;
export const questionOrder = z.strictObject({
  text: z.string().check(z.trim(), z.minLength(1), z.maxLength(MAX_QUESTION_LENGTH), z.regex(PLAIN)),
});
export interface QuestionReply {
  readonly id: string;
}
export const questionChange = z.strictObject({ state: z.enum(questionStates) });
export const questionPath = z.object({ code: showingCode, id: questionId });
export const voteOrder = z.strictObject({
  poll: slug,
  answers: z.array(z.int().check(z.minimum(0), z.maximum(MAX_POLL_OPTIONS - 1))).check(z.maxLength(MAX_POLL_OPTIONS)),
});
/** What is being typed replaces the line; a final one is kept and a new one begins. */
export const captionOrder = z.strictObject({
  text: z.string().check(z.maxLength(MAX_CAPTION_LENGTH), z.regex(PLAIN)),
  isFinal: z.boolean(),
});

/** What the terminal of the slide shows; empty where there is none. */
export const screenOrder = z.strictObject({
  text: z.string().check(z.maxLength(MAX_SCREEN_LENGTH), z.regex(/^(?:[^\p{Cc}\p{Cs}]|\n)*$/u)),
});

/** `GET …/questions` and `GET /api/decks/<deck>/questions`: what is for everybody, the most votes first. */
export interface QuestionsReply {
  readonly questions: readonly Question[];
}

/** All of it: the first message, and again after every cut. */
const state = z.object({
  type: z.literal('state'),
  deck: slug,
  role: z.enum(showingRoles),
  /** Grows with each position; an older one that comes late is left aside. */
  sequence: z.int(),
  position: z.nullable(position),
  settings: showingSettings,
  questions: z.array(question),
  captions: z.array(z.string()),
  polls: z.array(pollResult),
  /** When it began, ISO 8601, UTC. */
  startedAt: z.string(),
});
export type ShowingState = z.infer<typeof state>;

/** What goes over the WebSocket `…/socket` and, as `data:` of server-sent events, over `…/events`; the same on both. */
export const showingMessage = z.discriminatedUnion('type', [
  state,
  z.object({ type: z.literal('position'), sequence: z.int(), position }),
  z.object({ type: z.literal('question'), question }),
  z.object({ type: z.literal('question-gone'), id: z.string() }),
  z.object({ type: z.literal('settings'), settings: showingSettings }),
  z.object({ type: z.literal('caption'), text: z.string(), isFinal: z.boolean() }),
  z.object({ type: z.literal('screen'), text: z.string() }),
  z.object({ type: z.literal('poll'), result: pollResult }),
  z.object({ type: z.literal('followers'), count: z.int() }),
  z.object({ type: z.literal('command'), command: z.enum(commands) }),
  z.object({ type: z.literal('ended') }),
  z.object({ type: z.literal('beat') }),
]);
export type ShowingMessage = z.infer<typeof showingMessage>;

/** The server says something at least so often. A page that hears nothing for twice as long connects again. */
export const BEAT_MS = 25_000;

export const SHOWING_SUBPROTOCOL = 'podium.showing.v1';
