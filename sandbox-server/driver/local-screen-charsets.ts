/** Character sets: four places for them, of which one is in use. */
import type { Charset, Core, CoreBuffer } from './local-screen-core.ts';

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

/** What is in the places, and which of them is in use. */
export function serializeCharsets(core: Core): string {
  const { _charsets, glevel, charset } = core._charsetService;
  const inUse = findRestoredOn(core) ? _charsets[glevel] : charset;
  const sets = PLACES.map((_, place) => (place === glevel ? inUse : _charsets[place]));
  return `${sets.map((set, place) => (set ? designate(place, set) : '')).join('')}${SHIFTS[glevel]}`;
}

/**
 * A restored cursor brings its set with it, whatever is in the places: the screen where it was saved, this one or the alternate
 * one that was left. A set that came along to the alternate screen cannot be brought back so, and counts as being in its place.
 */
export function findRestoredOn({ _charsetService, buffers }: Core): CoreBuffer | undefined {
  const { _charsets, glevel, charset } = _charsetService;
  if (charset === _charsets[glevel]) return undefined;
  return [buffers.active, buffers.alt].find(({ savedCharset }) => savedCharset === charset);
}
