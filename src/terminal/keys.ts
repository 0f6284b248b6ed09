/** Keys that the page keeps from the shell, and the ones that a phone's keyboard lacks. */

type KeyPress = Pick<KeyboardEvent, 'type' | 'code' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'>;

export type Chord = 'leave' | 'copy' | 'paste' | 'find' | 'larger' | 'smaller';

/**
 * Ctrl+Shift with these keys reaches no program in a terminal (only Ctrl with a letter has a code, and Ctrl+Shift+minus
 * is the shell's undo), so nothing in the shell loses a key; browsers let a page have them.
 */
const chordCodes: Readonly<Record<string, Chord>> = {
  KeyE: 'leave',
  KeyC: 'copy',
  KeyV: 'paste',
  KeyF: 'find',
  Period: 'larger',
  Comma: 'smaller',
};

/** The chords as they are shown. */
export const chordNames: Readonly<Record<Chord, string>> = {
  leave: 'Ctrl+Shift+E',
  copy: 'Ctrl+Shift+C',
  paste: 'Ctrl+Shift+V',
  find: 'Ctrl+Shift+F',
  larger: 'Ctrl+Shift+.',
  smaller: 'Ctrl+Shift+,',
};

/** The chord that is pressed, or null for a key that belongs to the shell. */
export function chordOf(key: KeyPress): Chord | null {
  if (key.type !== 'keydown' || !key.ctrlKey || !key.shiftKey || key.altKey || key.metaKey) return null;
  return chordCodes[key.code] ?? null;
}

/** What Ctrl with a character sends: the letters' and `@[\]^_`' codes less 64 (ECMA-48); other characters stay. */
export function withCtrl(typed: string): string {
  const code = typed.toUpperCase().charCodeAt(0);
  return typed.length === 1 && code >= 64 && code <= 95 ? String.fromCharCode(code - 64) : typed;
}

/** Whether a text is what xterm reports by itself: where the mouse is (SGR, X10), that the focus came or went. Nobody typed it. */
export function isReport(text: string): boolean {
  return text.startsWith('\x1b[<') || text.startsWith('\x1b[M') || text === '\x1b[I' || text === '\x1b[O';
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
