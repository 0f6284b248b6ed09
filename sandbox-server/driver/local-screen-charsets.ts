/** Character sets: four places for them, of which one is in use. */
import type { Charset, Core } from './local-screen-core.ts';

const PLACES = ['(', ')', '*', '+'];
const SHIFTS = ['', '\u000e', '\u001bn', '\u001bo'];

/** In use they have no names: by what each draws for these four. */
const TELLING = ['#', '@', '[', '\\'];
const NAMES: Readonly<Record<string, string>> = {
  // Line drawing: all four are themselves.
  '#@[\\': '0',
  '£@[\\': 'A',
  '£¾ij½': '4',
  '#@ÄÖ': 'C',
  '£à°ç': 'R',
  '#àâç': 'Q',
  '#§ÄÖ': 'K',
  '£§°ç': 'Y',
  '#ÄÆØ': 'E',
  '£§¡Ñ': 'Z',
  '#ÉÄÖ': 'H',
  ùàéç: '=',
};
const ASCII = 'B';

function nameOf(charset: Charset | undefined): string {
  const drawn = TELLING.map((character) => charset?.[character] ?? character).join('');
  return charset ? (NAMES[drawn] ?? ASCII) : ASCII;
}

/** Puts a set in a place; for a terminal with ASCII everywhere. */
export function designate(place: number, charset: Charset | undefined): string {
  return `\u001b${PLACES[place]}${nameOf(charset)}`;
}

/** What is in the places, and the one that is in use. */
export function serializeCharsets({ _charsetService: { _charsets, glevel } }: Core): string {
  const designated = _charsets.map((charset, place) => (charset ? designate(place, charset) : ''));
  return `${designated.join('')}${SHIFTS[glevel]}`;
}

/** A restored cursor brings its set with it, whatever is in the places. */
export function isCharsetRestored({ _charsetService: { _charsets, glevel, charset }, buffers }: Core): boolean {
  return charset !== _charsets[glevel] && charset === buffers.active.savedCharset;
}
