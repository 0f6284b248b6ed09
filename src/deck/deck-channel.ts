/** What the windows of one deck say to each other: the deck itself, the speaker's window and the previews inside it. */
import type { RevealState } from 'reveal.js';

export type DeckMessage =
  /** Where the deck is now, and how many keys forward the end is counted from. */
  | { type: 'at'; state: RevealState; index: number }
  /** A window has just opened and asks where the deck is. */
  | { type: 'where' }
  | { type: 'next' }
  | { type: 'previous' };

/** How a preview inside the speaker's window is asked for: `?preview=now` or `?preview=next`. */
export const PREVIEW_PARAMETER = 'preview';

/** The channel of the deck at `path`; only windows of the same browser and site hear it. */
export function openDeckChannel(path: string): BroadcastChannel {
  return new BroadcastChannel(`podium-deck ${path}`);
}
