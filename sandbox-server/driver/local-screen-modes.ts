/**
 * What a terminal was told that the serializer of xterm.js leaves out: it gives back the pen and the modes of keys, paste, mouse
 * and wrap.
 */
import type { Terminal } from '@xterm/headless';
import { serializeLastCell } from './local-screen-cells.ts';

export interface ScreenModes {
  /** Margins and cursor, for a terminal that is in the serializer's modes already and has no other colours than plain. */
  serializeCursor(): string;
  /** All else. */
  serialize(): string;
  /** A new size takes the margins away. */
  onResize(): void;
  /** Shift out and in have no handler of their own; called for each of them that is drawn. */
  onShift(isOut: boolean): void;
}

interface Margins {
  readonly top: number;
  readonly bottom: number;
}

const CURSOR_SHOWN = 25;
/** How the mouse is reported: with decimal numbers, with those of pixels. */
const MOUSE_ENCODINGS = [1006, 1016];
/** What fits a window's title; more is not kept. */
const MAX_TITLE_CHARACTERS = 256;
/** Colours that a program may set: foreground, background, cursor. Their resets are 100 higher. */
const NAMED_COLOURS = [10, 11, 12];
const INDEXED_COLOURS = 4;
const RESET = 100;

export function watchScreenModes(terminal: Terminal): ScreenModes {
  const charsets = new Map<string, string>();
  const colours = new Map<string, string>();
  const margins = new Map<string, Margins>();
  let isCursorShown = true;
  let isShifted = false;
  let mouseEncoding: number | undefined;
  let cursorStyle = '';
  let title = '';

  function resetSoftly(): void {
    charsets.clear();
    margins.delete(terminal.buffer.active.type);
    isCursorShown = true;
    isShifted = false;
  }
  function reset(): void {
    resetSoftly();
    colours.clear();
    margins.clear();
    mouseEncoding = undefined;
    cursorStyle = '';
  }
  function setMode(mode: unknown, isSet: boolean): void {
    if (mode === CURSOR_SHOWN) isCursorShown = isSet;
    if (MOUSE_ENCODINGS.includes(Number(mode))) mouseEncoding = isSet ? Number(mode) : undefined;
  }
  function setMargins([top, bottom]: readonly unknown[]): void {
    margins.set(terminal.buffer.active.type, { top: Number(top) || 1, bottom: Number(bottom) || terminal.rows });
  }

  onCsi(terminal, { prefix: '?', final: 'h' }, (modes) => modes.forEach((mode) => setMode(mode, true)));
  onCsi(terminal, { prefix: '?', final: 'l' }, (modes) => modes.forEach((mode) => setMode(mode, false)));
  onCsi(terminal, { intermediates: ' ', final: 'q' }, ([style]) => (cursorStyle = `\u001b[${Number(style) || 0} q`));
  onCsi(terminal, { final: 'r' }, setMargins);
  onCsi(terminal, { intermediates: '!', final: 'p' }, resetSoftly);
  onEscape(terminal, { final: 'c' }, reset);
  // Only the line drawing of G0 and G1 is still in use; everything else counts as ASCII.
  for (const place of ['(', ')'])
    for (const charset of ['0', 'A', 'B'])
      onEscape(terminal, { intermediates: place, final: charset }, () => charsets.set(place, charset));
  terminal.onTitleChange((changed) => (title = changed.slice(0, MAX_TITLE_CHARACTERS)));
  watchColours(terminal, colours);

  function serializeCursor(): string {
    const { cursorX, cursorY, baseY, type } = terminal.buffer.active;
    const region = margins.get(type);
    const row = cursorY + 1 - (terminal.modes.originMode ? (region?.top ?? 1) - 1 : 0);
    const line = terminal.buffer.active.getLine(baseY + cursorY);
    const isBehindLastColumn = cursorX >= terminal.cols && line;
    return [
      region ? `\u001b[${region.top};${region.bottom}r` : '',
      `\u001b[${row};${cursorX + 1}H`,
      isBehindLastColumn ? serializeLastCell(line) : '',
    ].join('');
  }

  return {
    serializeCursor,
    onResize: () => margins.clear(),
    onShift: (isOut) => (isShifted = isOut),
    serialize: () =>
      [
        ...[...charsets].map(([place, charset]) => `\u001b${place}${charset}`),
        isShifted ? '\u000e' : '',
        mouseEncoding === undefined ? '' : `\u001b[?${mouseEncoding}h`,
        isCursorShown ? '' : `\u001b[?${CURSOR_SHOWN}l`,
        cursorStyle,
        ...[...colours].map(([place, colour]) => `\u001b]${place};${colour}\u001b\\`),
        title && `\u001b]2;${title}\u001b\\`,
      ].join(''),
  };
}

type CsiWhere = Parameters<Terminal['parser']['registerCsiHandler']>[0];
type EscapeWhere = Parameters<Terminal['parser']['registerEscHandler']>[0];

/** Listens only: the terminal's own handler comes next. */
function onCsi(terminal: Terminal, where: CsiWhere, listen: (parameters: readonly unknown[]) => unknown): void {
  terminal.parser.registerCsiHandler(where, (parameters) => {
    listen(parameters);
    return false;
  });
}

function onEscape(terminal: Terminal, where: EscapeWhere, listen: () => unknown): void {
  terminal.parser.registerEscHandler(where, () => {
    listen();
    return false;
  });
}

/** By place, as OSC names it: `4;1`, `11`. A question (`?`) changes nothing. */
function watchColours(terminal: Terminal, colours: Map<string, string>): void {
  const onOsc = (number: number, listen: (fields: readonly string[]) => void) =>
    terminal.parser.registerOscHandler(number, (text) => {
      listen(text.split(';'));
      return false;
    });
  const set = (place: string, colour = '?') => {
    if (/^[\w#:/]{1,32}$/.test(colour)) colours.set(place, colour);
  };
  onOsc(INDEXED_COLOURS, (fields) => {
    for (let each = 0; each + 1 < fields.length; each += 2)
      if (/^\d{1,3}$/.test(fields[each] ?? '')) set(`${INDEXED_COLOURS};${fields[each]}`, fields[each + 1]);
  });
  onOsc(INDEXED_COLOURS + RESET, (fields) => {
    for (const place of colours.keys()) {
      const [kind, index = ''] = place.split(';');
      if (kind === String(INDEXED_COLOURS) && (fields[0] === '' || fields.includes(index))) colours.delete(place);
    }
  });
  for (const named of NAMED_COLOURS) {
    // `OSC 10;a;b` sets this one and the next.
    onOsc(named, (fields) => fields.forEach((colour, each) => named + each <= 12 && set(String(named + each), colour)));
    onOsc(named + RESET, () => colours.delete(String(named)));
  }
}
