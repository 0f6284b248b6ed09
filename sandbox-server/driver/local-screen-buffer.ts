/** What draws one of the two screens of a terminal, with the cursor that was saved there, its tab stops and its margins. */
import type { IBuffer, Terminal } from '@xterm/headless';
import { goTo, serializeRows } from './local-screen-cells.ts';
import { designate } from './local-screen-charsets.ts';
import type { CoreBuffer } from './local-screen-core.ts';
import type { Pen } from './local-screen-pen.ts';

const TAB_COLUMNS = 8;

export interface DrawnBuffer {
  readonly terminal: Terminal;
  readonly pen: Pen;
  readonly buffer: IBuffer;
  readonly core: CoreBuffer;
  /** Lines above the screen; undefined: no cells at all. */
  readonly scrollback: number | undefined;
}

/** From the home position on, in the modes of a terminal that was just reset; leaves the cursor anywhere. */
export function serializeBuffer({ terminal, pen, buffer, core, scrollback }: DrawnBuffer): string {
  const { rows, cols } = terminal;
  const first = Math.max(buffer.length - rows - (scrollback ?? 0), 0);
  // Rows of saved cursors are counted from the oldest line, and stay where they are when lines scroll out.
  const savedRow = Math.min(Math.max(core.savedY, first), buffer.length - 1);
  const atRow = (row: number) => (row === savedRow ? saveCursor(core, pen, cols) : '');
  return [
    scrollback === undefined ? '' : serializeRows(buffer, pen, { first, rows, columns: cols, atRow }),
    serializeTabs(core, cols),
    serializeMargins(core, rows),
  ].join('');
}

function serializeTabs({ tabs }: CoreBuffer, columns: number): string {
  const all = Array.from({ length: columns }, (_, column) => column);
  if (all.every((column) => (tabs[column] === true) === (column % TAB_COLUMNS === 0))) return '';
  const stops = all.filter((column) => tabs[column]);
  return `\u001b[3g${stops.map((column) => `${goTo(column)}\u001bH`).join('')}`;
}

function serializeMargins({ scrollTop, scrollBottom }: CoreBuffer, rows: number): string {
  return scrollTop === 0 && scrollBottom === rows - 1 ? '' : `\u001b[${scrollTop + 1};${scrollBottom + 1}r`;
}

/** For a cursor in the right row. */
function saveCursor({ savedX, savedCurAttrData, savedCharset }: CoreBuffer, pen: Pen, columns: number): string {
  const save = savedCharset ? `${designate(0, savedCharset)}\u001b7${designate(0, undefined)}` : '\u001b7';
  return `${goTo(Math.min(savedX, columns - 1))}${pen.take(savedCurAttrData)}${save}`;
}

/** The alternate screen is empty while it is not shown, but keeps the cursor that was saved there. */
export function serializeHidden(core: CoreBuffer, pen: Pen, { cols, rows }: Terminal): string {
  const { savedX, savedY, savedCurAttrData, savedCharset } = core;
  const isPlain = savedCurAttrData.fg === 0 && savedCurAttrData.bg === 0 && !savedCharset;
  if (savedX === 0 && savedY === 0 && isPlain) return '';
  const row = `\u001b[${Math.min(savedY, rows - 1) + 1}H`;
  return `\u001b[?47h${row}${saveCursor(core, pen, cols)}${pen.drop()}\u001b[?47l\u001b[H`;
}
