/** Who asks about a showing, by a cookie that no script can read; and guesses of codes, which are counted. */
import type { IncomingMessage } from 'node:http';
import { fastifyCookie } from '@fastify/cookie';
import type { FastifyReply } from 'fastify';
import type { Clock } from '../clock.ts';
import { PodiumError } from '../errors.ts';
import type { Showings } from '../follow/showings.ts';
import { includesRole } from '../follow/showing-state.ts';
import { normaliseCode, showingCode, type ShowingRole } from '../protocol/showing.ts';
import type { KeptShowing } from '../store/showing-store.ts';

const COOKIE = 'podium-showing';
/** As long as a showing lives at most, and a day in which it is changed. */
const COOKIE_SECONDS = 2 * 24 * 60 * 60;
/** What a whole room behind one address mistypes in a minute; a guesser needs years for 887 million codes at that. */
const MAX_MISSES = 300;
const WINDOW_MS = 60_000;

export interface ShowingVisit {
  readonly showing: KeptShowing;
  readonly code: string;
  readonly role: ShowingRole;
}

export interface ShowingAccess {
  /** The showing of a code that somebody gave, and what they may do there. Throws where there is none or it is not enough. */
  enter(typedCode: string, raw: IncomingMessage, needed?: ShowingRole): Promise<ShowingVisit>;
  /** Makes the browser that gets the reply one that has the key. */
  giveKey(reply: FastifyReply, code: string, key: string): void;
}

export interface ShowingAccessDeps {
  readonly showings: Pick<Showings, 'requireLive' | 'roleOf'>;
  readonly clock: Clock;
  readonly isSecure: boolean;
}

export function createShowingAccess({ showings, clock, isSecure }: ShowingAccessDeps): ShowingAccess {
  const misses = createMisses(clock);
  return {
    async enter(typedCode, { headers, socket }, needed = 'follower') {
      const address = socket.remoteAddress ?? '';
      misses.refuseAbove(address);
      const code = showingCode.safeParse(normaliseCode(typedCode)).data;
      const showing = code === undefined ? undefined : await findLive(showings, code);
      if (code === undefined || showing === undefined) {
        misses.count(address);
        throw new PodiumError('showing_unknown');
      }
      const key = fastifyCookie.parse(headers.cookie ?? '')[COOKIE];
      const role = await showings.roleOf(code, key);
      if (!includesRole(role, needed)) throw new PodiumError('showing_key_refused');
      return { showing, code, role };
    },
    giveKey(reply, code, key) {
      void reply.setCookie(COOKIE, key, {
        // Sent with what is asked of this showing, and with nothing else.
        path: `/api/showings/${code}`,
        httpOnly: true,
        sameSite: 'strict',
        secure: isSecure,
        maxAge: COOKIE_SECONDS,
      });
    },
  };
}

async function findLive(showings: ShowingAccessDeps['showings'], code: string): Promise<KeptShowing | undefined> {
  try {
    return await showings.requireLive(code);
  } catch (error) {
    if (error instanceof PodiumError && error.code === 'showing_unknown') return undefined;
    throw error;
  }
}

/** Codes that there are not, by address, within a minute. */
function createMisses(clock: Clock) {
  const counts = new Map<string, number>();
  let endsAt = 0;
  return {
    refuseAbove(address: string) {
      if (clock.now() >= endsAt) {
        counts.clear();
        endsAt = clock.now() + WINDOW_MS;
      }
      if ((counts.get(address) ?? 0) < MAX_MISSES) return;
      const seconds = String(Math.ceil((endsAt - clock.now()) / 1000));
      throw new PodiumError('rate_limited', { values: { seconds } });
    },
    count: (address: string) => void counts.set(address, (counts.get(address) ?? 0) + 1),
  };
}
