/** What is said to the author of a deck. Pure. */
import type { DeckWarning } from './deck.ts';

/** `decks/welcome.md:12: …` */
export function describeWarning({ file, line, message }: DeckWarning): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${message}`;
}
