/** A preview inside the presenter's view: shows what the deck shows, or what its next key will. */
import type { RevealApi } from 'reveal.js';
import type { DeckChannel } from './deck-channel.ts';
import { obeyOrder } from './deck-window.ts';

export function followAsPreview(deck: RevealApi, channel: DeckChannel, isNext: boolean): void {
  // Until a deck answers, and for a presenter who reads the notes without one.
  if (isNext) deck.next();
  channel.listen((message) => {
    if (message.type === 'at' && (message.isDeck || isNext)) {
      // A blank screen is not blank for who presents.
      deck.setState({ ...message.state, paused: false, overview: false });
      if (isNext) deck.next();
    }
    if (message.type === 'order' && !message.isForDeck && !isNext) lead(deck, channel, message.order);
  });
  channel.send({ type: 'where' });
}

/** No deck is open: the preview of this slide moves by itself, and the others follow it. */
function lead(deck: RevealApi, channel: DeckChannel, order: Parameters<typeof obeyOrder>[1]): void {
  obeyOrder(deck, order);
  channel.send({ type: 'at', state: deck.getState(), isDeck: false });
}
