/** Keys that the page keeps from the shell, and the ones that a phone's keyboard lacks. */

/**
 * In and out of the terminal. Ctrl+Shift with a letter reaches no program in a terminal (only Ctrl with the letter has
 * a code), so nothing in the shell loses a key; browsers let a page have this one.
 */
export const LEAVE_CHORD = 'Ctrl+Shift+E';

type KeyPress = Pick<KeyboardEvent, 'type' | 'code' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'>;

export function isLeaveChord(key: KeyPress): boolean {
  return isChord(key, 'KeyE');
}

export function isCopyChord(key: KeyPress): boolean {
  return isChord(key, 'KeyC');
}

/** The browser itself pastes on this one, without asking for the clipboard; the shell must only not get it. */
export function isPasteChord(key: KeyPress): boolean {
  return isChord(key, 'KeyV');
}

function isChord(key: KeyPress, code: string): boolean {
  return key.type === 'keydown' && key.code === code && key.ctrlKey && key.shiftKey && !key.altKey && !key.metaKey;
}

/** What Ctrl with a character sends: the letters' and `@[\]^_`' codes less 64 (ECMA-48); other characters stay. */
export function withCtrl(typed: string): string {
  const code = typed.toUpperCase().charCodeAt(0);
  return typed.length === 1 && code >= 64 && code <= 95 ? String.fromCharCode(code - 64) : typed;
}

/** Keys of the row above a phone's keyboard, apart from Ctrl. */
export const rowKeys = ['Escape', 'Tab', 'ArrowLeft', 'ArrowUp', 'ArrowDown', 'ArrowRight'] as const;
export type RowKey = (typeof rowKeys)[number];

const arrowLetters: Readonly<Record<Exclude<RowKey, 'Escape' | 'Tab'>, string>> = {
  ArrowUp: 'A',
  ArrowDown: 'B',
  ArrowRight: 'C',
  ArrowLeft: 'D',
};

/** What a key sends; arrows differ while a program has asked for application cursor keys (DECCKM). */
export function rowKeyCode(key: RowKey, isApplicationMode: boolean): string {
  if (key === 'Escape') return '\x1b';
  if (key === 'Tab') return '\t';
  return `\x1b${isApplicationMode ? 'O' : '['}${arrowLetters[key]}`;
}
