/** How often one person and one address may ask. A whole room often has one address, so that limit is wide. */
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest, preHandlerAsyncHookHandler } from 'fastify';
import { PodiumError } from '../errors.ts';
import { COOKIE, type People } from './people.ts';

const WINDOW_MS = 60_000;
/** A page asks a few times when it opens and then listens; two a second for a minute is no human. */
const MAX_PER_PERSON = 120;
/** A room of 300 that all open a lab in the same minute, each with ten requests. */
const MAX_PER_ADDRESS = 3000;
/** Starts and checks cost the cluster something: one a second. */
const MAX_COSTLY_PER_PERSON = 60;
/** Anybody can come as a new person by leaving the cookie out, so a room's starts have a limit of their own. */
const MAX_COSTLY_PER_ADDRESS = 1500;
/**
 * A page says what it has in sight at each turn of a step, at most every few seconds, and every 20 s: nine a minute for who
 * turns one every ten seconds, in each of eight windows. More would still cost no more runs than a sandbox may have.
 */
const MAX_SIGHTS_PER_PERSON = 120;
/** A room of 300 that all do so, in two windows each. */
const MAX_SIGHTS_PER_ADDRESS = 6000;
/** Six terminals on a train: each connects again every second or so, and must never be told to wait a minute. */
const MAX_RECONNECTS_PER_PERSON = 400;
/** A room of 300 with several terminals each, when the server comes back. */
const MAX_RECONNECTS_PER_ADDRESS = 6000;
/** A link is opened once. Its code is beyond guessing; this is for whoever tries, and keeps them from the rest. */
const MAX_GUESSES_PER_PERSON = 10;
/** A room that changes its laptops in one minute. */
const MAX_GUESSES_PER_ADDRESS = 300;

/** The state and the questions of a showing, and its events at each cut; like terminals, on a train. */
const MAX_FOLLOWS_PER_PERSON = 400;
const MAX_FOLLOWS_PER_ADDRESS = 6000;
/** A deck that is run through by a held key, or captions that are typed: ten a second. */
const MAX_PRESENTING_PER_PERSON = 600;
const MAX_PRESENTING_PER_ADDRESS = 3000;
/** A question is thought about before it is asked. */
const MAX_ASKED_PER_PERSON = 6;
/** A room of 300 that all ask in the same minute. */
const MAX_ASKED_PER_ADDRESS = 300;
/** Somebody who goes through a list of questions, or changes their mind in a poll. */
const MAX_VOTES_PER_PERSON = 60;
/** A room of 300 that all vote, a few times each. */
const MAX_VOTES_PER_ADDRESS = 1500;

export interface RateLimits {
  readonly usual: preHandlerAsyncHookHandler;
  readonly costly: preHandlerAsyncHookHandler;
  /** Of what a page does by itself while it is looked at, which must not use up what a click needs. */
  readonly watching: preHandlerAsyncHookHandler;
  readonly reconnecting: preHandlerAsyncHookHandler;
  readonly guessable: preHandlerAsyncHookHandler;
  readonly following: preHandlerAsyncHookHandler;
  readonly presenting: preHandlerAsyncHookHandler;
  readonly asking: preHandlerAsyncHookHandler;
  readonly voting: preHandlerAsyncHookHandler;
}

/** Registers the limiter and gives the hooks for the routes. */
export async function registerRateLimits(app: FastifyInstance, people: People): Promise<RateLimits> {
  await app.register(rateLimit, { global: false, timeWindow: WINDOW_MS });
  const makeHook = (maxPerAddress: number, maxPerPerson: number): preHandlerAsyncHookHandler => {
    const ofAddress = app.createRateLimit({ max: maxPerAddress, keyGenerator: ({ ip }) => ip });
    const personOf = (request: FastifyRequest) => people.find(request.cookies[COOKIE]);
    const ofPerson = app.createRateLimit({ max: maxPerPerson, keyGenerator: (request) => personOf(request) ?? '' });
    return async (request) => {
      refuseAbove(await ofAddress(request));
      // Who comes without a cookie gets a new one; until then only the address is known.
      if (personOf(request) !== undefined) refuseAbove(await ofPerson(request));
    };
  };
  return {
    usual: makeHook(MAX_PER_ADDRESS, MAX_PER_PERSON),
    costly: makeHook(MAX_COSTLY_PER_ADDRESS, MAX_COSTLY_PER_PERSON),
    watching: makeHook(MAX_SIGHTS_PER_ADDRESS, MAX_SIGHTS_PER_PERSON),
    reconnecting: makeHook(MAX_RECONNECTS_PER_ADDRESS, MAX_RECONNECTS_PER_PERSON),
    guessable: makeHook(MAX_GUESSES_PER_ADDRESS, MAX_GUESSES_PER_PERSON),
    following: makeHook(MAX_FOLLOWS_PER_ADDRESS, MAX_FOLLOWS_PER_PERSON),
    presenting: makeHook(MAX_PRESENTING_PER_ADDRESS, MAX_PRESENTING_PER_PERSON),
    asking: makeHook(MAX_ASKED_PER_ADDRESS, MAX_ASKED_PER_PERSON),
    voting: makeHook(MAX_VOTES_PER_ADDRESS, MAX_VOTES_PER_PERSON),
  };
}

type Count = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>;

function refuseAbove(count: Count): void {
  if (count.isAllowed || !count.isExceeded) return;
  throw new PodiumError('rate_limited', { values: { seconds: String(count.ttlInSeconds) } });
}
