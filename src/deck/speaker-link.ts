/** What the presenter's view knows of the deck's window, and how it moves it; without one it moves its own preview. */
import type { RevealState } from 'reveal.js';
import type { DeckChannel, DeckOrder } from './deck-channel.ts';

export interface SpeakerPosition {
  readonly state: RevealState;
  /** False while no window shows the deck. */
  readonly hasDeck: boolean;
}

export interface SpeakerLink {
  order(order: DeckOrder): void;
  /** Opens a window with the deck, at the slide that is shown here. */
  openDeck(): void;
}

/** Calls `onPosition` at once, and whenever the deck has moved, comes or goes. */
export function createSpeakerLink(
  channel: DeckChannel,
  deckPath: string,
  onPosition: (position: SpeakerPosition) => void,
): SpeakerLink {
  let position: SpeakerPosition = {
    state: { indexh: 0, indexv: 0, indexf: -1, paused: false, overview: false },
    hasDeck: false,
  };
  const take = (changes: Partial<SpeakerPosition>): void => {
    position = { ...position, ...changes };
    onPosition(position);
  };
  channel.listen((message) => {
    if (message.type === 'at') take({ state: message.state, hasDeck: message.isDeck });
    // Another window may show it as well.
    if (message.type === 'left') {
      take({ hasDeck: false });
      channel.send({ type: 'where' });
    }
  });
  channel.send({ type: 'where' });
  onPosition(position);
  return {
    order: (order) => channel.send({ type: 'order', order, isForDeck: position.hasDeck }),
    openDeck: () => {
      const { indexh, indexv } = position.state;
      open(`${deckPath}#/${indexh}/${indexv}`, 'podium-deck');
    },
  };
}
