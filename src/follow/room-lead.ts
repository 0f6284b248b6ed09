/**
 * Tells the room where the deck is, and obeys a remote. Of several windows with the same deck one does so, so that
 * opening the deck a second time takes nobody back to its beginning.
 */
import type { RevealApi } from 'reveal.js';
import type { Position, ShowingReply } from '../../sandbox-server/protocol/showing.ts';
import { languageOfPath } from '../i18n/paths.ts';
import { fetchDeck, type FollowedDeck } from './followed-deck.ts';
import { readPoll, showPollOnSlide } from './slide-poll.ts';
import { showRoomSign } from './room-sign.ts';
import { askShowings } from './showing-api.ts';
import { rememberShowing } from './showing-memory.ts';
import { ShowingStream } from './showing-stream.ts';
import { watchTerminal } from './terminal-screen.ts';

const MOVES = ['slidechanged', 'fragmentshown', 'fragmenthidden', 'paused', 'resumed'] as const;

/** Resolves with what ends it. */
export async function startLead(deck: RevealApi, slug: string, code: string): Promise<() => void> {
  const answer = await askShowings<ShowingReply>('GET', `/${code}`);
  if (!answer.ok) {
    if (answer.refusal.code === 'showing_unknown') rememberShowing(slug, undefined);
    return () => undefined;
  }
  if (answer.value.role !== 'presenter') return () => undefined;
  const takeSignAway = await showRoomSign(deck.getSlidesElement(), answer.value.address);
  const followed = await fetchDeck(languageOfPath(location.pathname), slug);
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  if (followed) void whenAlone(`podium-lead ${code}`, () => lead(deck, { followed, code, ended }));
  return () => {
    takeSignAway();
    end();
  };
}

/** Where the browser has no locks (a page without TLS on another machine) each window leads. */
async function whenAlone(name: string, work: () => Promise<void>): Promise<void> {
  if ('locks' in navigator) await navigator.locks.request(name, work);
  else await work();
}

interface Lead {
  readonly followed: FollowedDeck;
  readonly code: string;
  /** Resolves when it is over. */
  readonly ended: Promise<void>;
}

async function lead(deck: RevealApi, { followed, code, ended }: Lead): Promise<void> {
  const tell = makeTeller(code, () => positionOf(deck, followed));
  for (const event of MOVES) deck.on(event, tell);
  const stream = new ShowingStream(code, {
    onMessage: (message) => {
      // The room is where this window is: also one that came when the server had been away, or after another window.
      if (message.type === 'state') tell();
      if (message.type === 'command') obey(deck, message.command);
      showPollOnSlide(deck.getSlidesElement(), message);
    },
    onState: () => undefined,
  });
  const stopWatching = watchTerminal(deck, code);
  await ended;
  for (const event of MOVES) deck.off(event, tell);
  stream.close();
  stopWatching();
}

function obey(deck: RevealApi, command: 'next' | 'previous'): void {
  if (deck.isPaused()) deck.togglePause(false);
  if (command === 'next') deck.next();
  else deck.prev();
}

/** One at a time and the newest last: a held key must not have positions overtake each other on their way. */
function makeTeller(code: string, read: () => Position | undefined): () => void {
  let isTelling = false;
  let isDue = false;
  let last = '';
  const tell = async (): Promise<void> => {
    isDue = true;
    if (isTelling) return;
    isTelling = true;
    while (isDue) {
      isDue = false;
      const position = read();
      const said = JSON.stringify(position);
      if (position === undefined || said === last) continue;
      const { ok } = await askShowings('POST', `/${code}/position`, position);
      last = ok ? said : '';
    }
    isTelling = false;
  };
  return () => void tell();
}

function positionOf(deck: RevealApi, followed: FollowedDeck): Position | undefined {
  const { h = 0, v = 0, f } = deck.getIndices();
  const slide = followed.slides.find((each) => each.h === h && each.v === v);
  if (slide === undefined) return undefined;
  const poll = readPoll(deck.getCurrentSlide());
  return { slide: slide.id, h, v, fragment: f ?? -1, isBlank: deck.isPaused(), ...(poll && { poll }) };
}
