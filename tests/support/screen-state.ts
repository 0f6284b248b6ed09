/**
 * All that an xterm.js terminal shows and remembers, as plain values: what two terminals must agree on to go on alike.
 * Reads inside of xterm.js where its interface has no door (pinned version; a change fails loudly here).
 */
import type { Terminal } from '@xterm/headless';

interface Attributes {
  readonly fg: number;
  readonly bg: number;
  readonly extended: { readonly underlineStyle: number; readonly underlineColor: number };
}

interface Line {
  readonly isWrapped: boolean;
  readonly length: number;
  loadCell(index: number, cell: object): Attributes & { getChars(): string; getWidth(): number };
}

interface Buffer {
  readonly x: number;
  readonly y: number;
  readonly ybase: number;
  readonly scrollTop: number;
  readonly scrollBottom: number;
  readonly savedX: number;
  readonly savedY: number;
  readonly savedCurAttrData: Attributes;
  readonly savedCharset: object | undefined;
  readonly tabs: Record<number, boolean>;
  readonly lines: { get(index: number): Line | undefined };
}

interface Core {
  readonly buffers: { readonly normal: Buffer; readonly alt: Buffer; readonly active: Buffer };
  readonly coreService: { readonly modes: object; readonly decPrivateModes: object; readonly isCursorHidden: boolean };
  readonly coreMouseService: { readonly activeProtocol: string; readonly activeEncoding: string };
  readonly _charsetService: { readonly charset: object | undefined; readonly glevel: number };
  readonly _inputHandler: { readonly _curAttrData: Attributes };
}

/** Bits that hold a colour, and those of them that say which kind it is (common/buffer/Constants.ts of xterm.js). */
const COLOUR = 0x3ffffff;
const KIND = 0x3000000;
const PALETTE = 0xff;
const DIRECT = KIND;
const HAS_EXTENDED = 0x10000000;

function coreOf(terminal: Terminal): Core {
  return (terminal as unknown as { _core: Core })._core;
}

/** Two screens are alike when these are deeply equal. */
export function readScreen(terminal: Terminal) {
  const { buffers, coreService, coreMouseService, _charsetService, _inputHandler } = coreOf(terminal);
  const { active } = buffers;
  const isAlternate = active === buffers.alt;
  return {
    isAlternate,
    normal: readBuffer(buffers.normal, terminal, isAlternate),
    alternate: isAlternate ? readBuffer(buffers.alt, terminal, false) : undefined,
    attributes: readAttributes(_inputHandler._curAttrData),
    modes: { ...coreService.modes, ...coreService.decPrivateModes },
    isCursorHidden: coreService.isCursorHidden,
    mouse: [coreMouseService.activeProtocol, coreMouseService.activeEncoding],
    charset: [_charsetService.charset ?? null, _charsetService.glevel],
    convertsNewline: terminal.options.convertEol,
  };
}

/** Where the normal screen's cursor is does not matter while the other one is shown: it takes that one's place. */
function readBuffer(buffer: Buffer, terminal: Terminal, isHidden: boolean) {
  const { cols, rows } = terminal;
  // The public one is a copy; that of the buffer itself is what it erases with.
  const cell = terminal.buffer.active.getNullCell();
  const lines = Array.from({ length: rows }, (_, y) => {
    const line = lineOf(buffer, y);
    const cells = Array.from({ length: cols }, (_cell, x) => {
      const { fg, bg, extended, ...rest } = copyCell(line, x, cell);
      return `${rest.width}${JSON.stringify(rest.chars)}${readAttributes({ fg, bg, extended })}`;
    });
    // What a first line goes on from is no longer on the screen.
    return { isWrapped: y > 0 && line.isWrapped, cells };
  });
  return {
    lines,
    cursor: isHidden ? undefined : [buffer.x, buffer.y],
    margins: [buffer.scrollTop, buffer.scrollBottom],
    // A cursor behind the last column is restored before it.
    saved: [Math.min(buffer.savedX, cols - 1), Math.max(0, buffer.savedY - buffer.ybase)],
    savedAttributes: readAttributes({
      ...buffer.savedCurAttrData,
      fg: buffer.savedCurAttrData.fg,
      bg: buffer.savedCurAttrData.bg & ~HAS_EXTENDED,
      extended: noExtended,
    }),
    savedCharset: buffer.savedCharset ?? null,
    tabs: Object.keys(buffer.tabs).filter((x) => Number(x) < cols && buffer.tabs[Number(x)]),
  };
}

function lineOf({ lines, ybase }: Buffer, y: number): Line {
  const line = lines.get(ybase + y);
  if (!line) throw new Error(`xterm.js has no line ${y}`);
  return line;
}

const noExtended = { underlineStyle: 0, underlineColor: 0 };

function copyCell(line: Line, x: number, into: object) {
  const cell = line.loadCell(x, into);
  return { chars: cell.getChars(), width: cell.getWidth(), fg: cell.fg, bg: cell.bg, extended: cell.extended };
}

function readAttributes({ fg, bg, extended }: Attributes): string {
  const flags = `${((fg & ~COLOUR) >>> 0).toString(16)}/${((bg & ~COLOUR) >>> 0).toString(16)}`;
  const more = bg & HAS_EXTENDED ? `/${extended.underlineStyle}:${readColour(extended.underlineColor)}` : '';
  return `${flags}/${readColour(fg)}/${readColour(bg)}${more}`;
}

/** A palette's colour leaves bits of an older one behind that mean nothing. */
function readColour(value: number): string {
  const kind = value & KIND;
  if (kind === 0) return '-';
  return (kind | (value & (kind === DIRECT ? 0xffffff : PALETTE))).toString(16);
}

/**
 * States that nothing brings a fresh terminal to, and that only random output reaches: a first line that goes on from
 * one that is gone, a cursor two places behind the last column or behind one that is empty, half a wide character.
 */
export function isBeyondDrawing(terminal: Terminal): boolean {
  const { buffers } = coreOf(terminal);
  const { active } = buffers;
  const line = lineOf(active, active.y);
  const cell = terminal.buffer.active.getNullCell();
  const last = line.loadCell(terminal.cols - 1, cell);
  const isBehindEmpty = active.x >= terminal.cols && last.getChars() === '' && last.getWidth() === 1;
  const isContinued = [buffers.normal, buffers.alt].some(({ lines, ybase }) => lines.get(ybase)?.isWrapped);
  return active.x > terminal.cols || isBehindEmpty || isContinued || hasHalves(terminal);
}

function hasHalves(terminal: Terminal): boolean {
  const { normal, alt } = coreOf(terminal).buffers;
  const cell = terminal.buffer.active.getNullCell();
  return [normal, alt].some(({ lines, ybase }) =>
    Array.from({ length: terminal.rows }, (_, y) => lines.get(ybase + y)).some((line) => {
      if (!line) return false;
      const widths = Array.from({ length: terminal.cols }, (_cell, x) => {
        const { width, chars } = copyCell(line, x, cell);
        return width === 0 && chars !== '' ? 1 : width;
      });
      return widths.some((width, x) => (width === 2) !== (widths[x + 1] === 0) && (width === 2 || widths[x + 1] === 0));
    }),
  );
}
