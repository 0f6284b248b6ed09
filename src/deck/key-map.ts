/** Which key does what in a deck and in the presenter's view, apart from the keys that move: reveal.js knows those. */

/** What a key or a button of the deck asks for. */
export type DeckAction = 'blank' | 'point' | 'overview' | 'goTo' | 'full' | 'speaker' | 'type' | 'keys';

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey' | 'shiftKey'>;

/** By what the key writes, not by where it is: `?` and `/` are elsewhere on other keyboards. */
const letters: Readonly<Record<string, DeckAction>> = {
  b: 'blank',
  '.': 'blank',
  q: 'point',
  o: 'overview',
  g: 'goTo',
  '/': 'goTo',
  f: 'full',
  s: 'speaker',
  t: 'type',
  '?': 'keys',
};

/** Work with single-letter keys off too. Clickers send F5 for the start of a show. */
const named: Readonly<Record<string, DeckAction>> = { F1: 'keys', F5: 'full' };

/** The action of a key; null where it has none here. */
export function actionOf(press: KeyPress, hasLetters: boolean): DeckAction | null {
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  if (isLetter(press)) return hasLetters ? (letters[press.key.toLowerCase()] ?? null) : null;
  return press.shiftKey ? null : (named[press.key] ?? null);
}

/** Whether it is one of the keys that WCAG 2.1.4 lets a reader switch off: letter, digit, punctuation; not the space bar. */
export function isLetter({ key }: Pick<KeyboardEvent, 'key'>): boolean {
  return key.length === 1 && key !== ' ';
}

const forward = new Set(['ArrowRight', 'ArrowDown', 'PageDown', ' ', 'n', 'l', 'j']);
const back = new Set(['ArrowLeft', 'ArrowUp', 'PageUp', 'p', 'h', 'k']);

/** Where a key moves in the presenter's view, which has no stacks; null where it does not. */
export function moveOf(press: KeyPress, hasLetters: boolean): 'next' | 'previous' | null {
  if (press.ctrlKey || press.altKey || press.metaKey || (isLetter(press) && !hasLetters)) return null;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  if (key === ' ' && press.shiftKey) return 'previous';
  if (forward.has(key)) return 'next';
  return back.has(key) ? 'previous' : null;
}
