/** What the windows of one deck say to each other: the deck itself, the presenter's view and the previews inside it. */
import type { RevealState } from 'reveal.js';

/** A place on the slide, as parts of its width and height. */
export interface PointAt {
  readonly x: number;
  readonly y: number;
}

export type DeckOrder =
  | { readonly type: 'next' }
  | { readonly type: 'previous' }
  /** To a slide, as reveal.js counts. */
  | { readonly type: 'goTo'; readonly h: number; readonly v: number }
  | { readonly type: 'blank' }
  /** Has the terminal of the slide type its next command. */
  | { readonly type: 'type' }
  /** Shows the pointer there; null takes it away. */
  | { readonly type: 'point'; readonly at: PointAt | null };

export type DeckMessage =
  /** Where the deck is now; from a preview that leads since no deck is open, `isDeck` is false. */
  | { readonly type: 'at'; readonly state: RevealState; readonly isDeck: boolean }
  /** A window has just opened and asks where the deck is. */
  | { readonly type: 'where' }
  /** The deck's window is gone. */
  | { readonly type: 'left' }
  /** For the deck; without one for the preview of this slide. */
  | { readonly type: 'order'; readonly order: DeckOrder; readonly isForDeck: boolean };

/** How a preview inside the presenter's view is asked for: `?preview=now` or `?preview=next`. */
export const PREVIEW_PARAMETER = 'preview';

export interface DeckChannel {
  send(message: DeckMessage): void;
  listen(onMessage: (message: DeckMessage) => void): void;
}

/** The channel of the deck at `path`; only windows of the same browser and site hear it. */
export function openDeckChannel(path: string): DeckChannel {
  const channel = new BroadcastChannel(`podium-deck ${path}`);
  return {
    send: (message) => channel.postMessage(message),
    listen: (onMessage) =>
      channel.addEventListener('message', ({ data }: MessageEvent<DeckMessage>) => onMessage(data)),
  };
}
