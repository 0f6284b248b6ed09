/**
 * What draws the cells of a screen on an empty one. The serializer of xterm.js is not used for this: it leaves out rows
 * that have nothing but a background, which is what programs that fill the screen have.
 */
import type { IBuffer, IBufferCell, IBufferLine } from '@xterm/headless';

const PLAIN = '\u001b[m';

/** The last lines of a buffer, as many above the screen as given, from the home position on. */
export function serializeCells(buffer: IBuffer, { rows, scrollback }: { rows: number; scrollback: number }): string {
  const first = Math.max(buffer.length - rows - scrollback, 0);
  const parts: string[] = [];
  for (let row = first; row < buffer.length; row += 1) {
    const line = buffer.getLine(row);
    if (!line) continue;
    const isContinued = row > first && line.isWrapped;
    const isWrapped = buffer.getLine(row + 1)?.isWrapped ?? false;
    // A line feed at the bottom fills the new row with the background of the pen.
    if (row > first) parts.push(isContinued ? wrap(line) : `${PLAIN}\r\n`);
    parts.push(serializeLine(line, isContinued || isWrapped));
  }
  return parts.join('');
}

/** Goes from the end of a full row to the next one, as a character does that has no room any more. */
function wrap(line: IBufferLine): string {
  return line.getCell(0)?.getChars() ? '' : `${PLAIN} \r`;
}

/** Each run of empty cells is erased, for a row that wraps begins with the colour of the pen; a blank end need not be. */
function serializeLine(line: IBufferLine, isWhole: boolean): string {
  let drawn = '';
  let style = '';
  let emptyCells = 0;
  const endRun = () => {
    if (emptyCells > 0) drawn += `\u001b[${emptyCells}X\u001b[${emptyCells}C`;
    emptyCells = 0;
  };
  for (let column = 0; column < line.length; column += 1) {
    const cell = line.getCell(column);
    // The second half of a wide character is drawn with the first.
    if (!cell || cell.getWidth() === 0) continue;
    const cellStyle = serializeStyle(cell);
    if (cellStyle !== style || cell.getChars() !== '') endRun();
    if (cellStyle !== style) drawn += cellStyle;
    style = cellStyle;
    if (cell.getChars() === '') emptyCells += 1;
    else drawn += cell.getChars();
  }
  if (isWhole || style !== PLAIN) endRun();
  return drawn;
}

/** The cell in the last column once more: the cursor waits behind it, ready to wrap. */
export function serializeLastCell(line: IBufferLine): string {
  const last = line.getCell(line.length - 1);
  const cell = last?.getWidth() === 0 ? line.getCell(line.length - 2) : last;
  if (!cell) return '';
  return `\u001b[${line.length + 1 - cell.getWidth()}G${serializeStyle(cell)}${cell.getChars() || ' '}`;
}

/** All that a cell looks like, whatever the pen was before. */
function serializeStyle(cell: IBufferCell): string {
  if (cell.isAttributeDefault()) return PLAIN;
  const flags = [
    cell.isBold(),
    cell.isDim(),
    cell.isItalic(),
    cell.isUnderline(),
    cell.isBlink(),
    false,
    cell.isInverse(),
    cell.isInvisible(),
    cell.isStrikethrough(),
  ].flatMap((isSet, index) => (isSet ? [index + 1] : []));
  if (cell.isOverline()) flags.push(53);
  const foreground = serializeColour(cell.getFgColor(), {
    base: 38,
    isRgb: cell.isFgRGB(),
    isDefault: cell.isFgDefault(),
  });
  const background = serializeColour(cell.getBgColor(), {
    base: 48,
    isRgb: cell.isBgRGB(),
    isDefault: cell.isBgDefault(),
  });
  return `\u001b[${[0, ...flags, ...foreground, ...background].join(';')}m`;
}

interface ColourKind {
  /** SGR's number for "another foreground" or "another background". */
  readonly base: number;
  readonly isRgb: boolean;
  readonly isDefault: boolean;
}

function serializeColour(colour: number, { base, isRgb, isDefault }: ColourKind): number[] {
  if (isDefault) return [];
  if (isRgb) return [base, 2, (colour >>> 16) & 0xff, (colour >>> 8) & 0xff, colour & 0xff];
  // The first sixteen by their own numbers: 30 to 37 and 90 to 97, which drawn bold may be shown brighter.
  if (colour < 8) return [base - 8 + colour];
  if (colour < 16) return [base + 52 + colour - 8];
  return [base, 5, colour];
}
