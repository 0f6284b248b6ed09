/**
 * What draws the cells of a screen on an empty one. The serializer of xterm.js is not used for this: it leaves out rows that
 * have nothing but a background, and loses its place behind characters that have no width.
 */
import type { IBuffer, IBufferCell, IBufferLine } from '@xterm/headless';
import type { Look } from './local-screen-core.ts';
import { isErased, type Pen } from './local-screen-pen.ts';

/** Written only to be cut into halves. */
const WIDE = '\u3000';

export interface Rows {
  /** The first of the buffer's lines that is drawn, from the home position on; all after it are. */
  readonly first: number;
  /** Size of the screen. */
  readonly rows: number;
  readonly columns: number;
  /** Said on a row when it is drawn; may move the cursor within it. */
  readonly atRow: (row: number) => string;
}

export function serializeRows(buffer: IBuffer, pen: Pen, { first, rows, columns, atRow }: Rows): string {
  // What goes on from a line that is gone cannot be said, and a screen of one row has no room to say it in.
  const isContinued = (row: number) => rows > 1 && row > first && buffer.getLine(row)?.isWrapped === true;
  const parts: string[] = [];
  for (let row = first; row < buffer.length; row += 1) {
    const line = buffer.getLine(row);
    if (!line) continue;
    // A line feed ends what goes on from the row before, and at the bottom fills the new row with the pen's background.
    if (row > first) parts.push(isContinued(row) ? '\r\u001b[B' : `${pen.drop()}\r\n`);
    if (isContinued(row + 1)) parts.push(pen.drop(), wrapEmptyRow(columns));
    parts.push(serializeLine(placeCells(line, columns), pen), atRow(row));
  }
  return parts.join('');
}

/** Makes the next row go on from this one. Only a full row does that, which the row that is drawn need not be. */
function wrapEmptyRow(columns: number): string {
  return `${goTo(columns - 1)}  \r\u001b[X\u001b[A${goTo(columns - 1)}\u001b[X\r`;
}

/** Ends as well what the next character would combine with. */
export function goTo(column: number): string {
  return `\u001b[${column + 1}G`;
}

interface PlacedCell {
  readonly column: number;
  readonly columns: number;
  readonly look: Look;
  /** Empty: erased, or what remains of a wide character. */
  readonly text: string;
  /** What the character would combine with must not come right before it. */
  readonly isAlone: boolean;
}

/**
 * A wide character takes two columns; one without a width that nothing came before has its own. Lines of the alternate screen
 * stay longer than the columns that a narrower window has.
 */
function placeCells(line: IBufferLine, columns: number): PlacedCell[] {
  const cells: PlacedCell[] = [];
  for (let column = 0; column < Math.min(columns, line.length); column += cells.at(-1)!.columns) {
    // What xterm.js gives is more than its interface says.
    const look = line.getCell(column) as IBufferCell & Look;
    const width = look.getWidth();
    // The other half may be gone: outside of the window.
    const isWhole = width < 2 || (column + 1 < columns && line.getCell(column + 1)?.getWidth() === 0);
    const text = isWhole ? look.getChars() : '';
    cells.push({ column, columns: isWhole ? Math.max(width, 1) : 1, look, text, isAlone: width === 0 });
  }
  return cells;
}

function serializeLine(cells: readonly PlacedCell[], pen: Pen): string {
  const halves = cells.filter(isHalf).reverse();
  let drawn = halves.map((half) => serializeHalf(half, pen)).join('');
  let cursor = halves.length === 0 ? 0 : undefined;
  const put = ({ column, look, isAlone }: PlacedCell, text: string, columns: number) => {
    if (isAlone || cursor !== column) drawn += goTo(column);
    drawn += `${pen.take(look)}${text}`;
    cursor = column + columns;
  };
  for (let index = 0; index < cells.length;) {
    const cell = cells[index]!;
    const emptyCells = countEmptyCells(cells, index);
    // Halves leave something beside them.
    if (emptyCells > 0 && (cell.look.bg !== 0 || halves.length > 0)) put(cell, `\u001b[${emptyCells}X`, 0);
    if (cell.text !== '') put(cell, cell.text, cell.columns);
    index += emptyCells || 1;
  }
  return drawn;
}

/** How many cells from this one on are erased and have one background. */
function countEmptyCells(cells: readonly PlacedCell[], from: number): number {
  const background = cells[from]?.look.bg;
  const isAlike = ({ text, look }: PlacedCell) => text === '' && isErased(look) && look.bg === background;
  let end = from;
  for (let cell = cells[end]; cell && isAlike(cell); cell = cells[end]) end += 1;
  return end - from;
}

/** What remains of a wide character when the other half is written over: nothing, but it keeps the look. */
function isHalf({ text, look }: PlacedCell): boolean {
  return text === '' && !isErased(look);
}

/** To be drawn from the right and before all else: what is written over the other half is only there for this. */
function serializeHalf({ column, look }: PlacedCell, pen: Pen): string {
  const other = column === 0 ? 1 : column - 1;
  return `${goTo(Math.min(column, other))}${pen.take(look)}${WIDE}${goTo(other)} `;
}

/** The cell in the last column once more: the cursor waits behind it, ready to wrap. */
export function serializeLastCell(line: IBufferLine, pen: Pen, columns: number): string {
  const cells = placeCells(line, columns);
  const last = cells.at(-1)!;
  if (last.text !== '') return `${goTo(last.column)}${pen.take(last.look)}${last.text}`;
  // It was erased while the cursor was there. Only a whole row is erased without moving it.
  const erasing = countEmptyCells(cells, 0) === cells.length ? '\u001b[1K' : '';
  return `${goTo(last.column)}${pen.take(last.look)} ${erasing}`;
}
