/** What the terminal of the slide shows, as text for those who follow on a small screen. */
import type { RevealApi } from 'reveal.js';
import { MAX_SCREEN_LENGTH } from '../../sandbox-server/protocol/showing.ts';
import type { PodiumTerminal } from '../terminal/podium-terminal.ts';
import { askShowings } from './showing-api.ts';

/** As often as one can read. */
const LOOK_EVERY_MS = 1_000;

/** Looks at it, and tells what has changed, until the returned function is called. */
export function watchTerminal(deck: RevealApi, code: string): () => void {
  let told = '';
  const look = (): void => {
    const terminal = deck.getCurrentSlide()?.querySelector<PodiumTerminal>('podium-terminal');
    const text = terminal?.screenText?.().slice(-MAX_SCREEN_LENGTH) ?? '';
    if (text === told) return;
    told = text;
    void askShowings('POST', `/${code}/screen`, { text }).then(({ ok }) => ok || (told = ''));
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
