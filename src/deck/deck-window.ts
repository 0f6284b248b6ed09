/** The deck's side of the presenter's view: tells where it is, and obeys what is pressed there. */
import type { RevealApi } from 'reveal.js';
import type { DeckChannel, DeckOrder } from './deck-channel.ts';
import { typeNextCommand } from './deck-terminals.ts';
import type { Laser } from './laser.ts';

const MOVES = ['slidechanged', 'fragmentshown', 'fragmenthidden', 'paused', 'resumed'] as const;

export function tellWhereTheDeckIs(deck: RevealApi, channel: DeckChannel): void {
  const tell = (): void => channel.send({ type: 'at', state: deck.getState(), isDeck: true });
  for (const event of MOVES) deck.on(event, tell);
  // A page that goes still hears for a moment, and would say that it is there.
  let isLeaving = false;
  channel.listen(({ type }) => {
    if (type === 'where' && !isLeaving) tell();
  });
  addEventListener('pagehide', () => {
    isLeaving = true;
    channel.send({ type: 'left' });
  });
  addEventListener('pageshow', ({ persisted }) => {
    isLeaving = false;
    if (persisted) tell();
  });
  tell();
}

export function obeyOrders(deck: RevealApi, channel: DeckChannel, laser: Laser): void {
  channel.listen((message) => {
    if (message.type !== 'order' || !message.isForDeck) return;
    if (message.order.type === 'point') laser.show(message.order.at);
    else if (message.order.type === 'type') typeNextCommand(deck.getCurrentSlide());
    else obeyOrder(deck, message.order);
  });
}

/** Does what moves or blanks; a move lights a blank screen again, as a key would not. */
export function obeyOrder(deck: RevealApi, order: DeckOrder): void {
  const isMove = order.type === 'next' || order.type === 'previous' || order.type === 'goTo';
  if (isMove && deck.isPaused()) deck.togglePause(false);
  if (order.type === 'next') deck.next();
  if (order.type === 'previous') deck.prev();
  if (order.type === 'goTo') deck.slide(order.h, order.v);
  if (order.type === 'blank') deck.togglePause();
}
