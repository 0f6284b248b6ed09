/** What a terminal shows, drawn by xterm.js without a window, in a form that tests compare. */
import unicode11 from '@xterm/addon-unicode11';
import headless from '@xterm/headless';
import type { TerminalSize } from '../../sandbox-server/driver/driver.ts';

export interface Shown {
  readonly lines: readonly string[];
  /** Of each line the cells that are not plain, as `column: colours and flags`. */
  readonly styles: readonly string[];
  readonly cursor: string;
  readonly buffer: string;
  readonly modes: Readonly<Record<string, unknown>>;
}

const MAX_PIECE_BYTES = 64 * 1024;

function isWithinCharacter(byte = 0): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

export class DrawnScreen {
  readonly terminal: headless.Terminal;

  constructor({ columns, rows }: TerminalSize) {
    this.terminal = new headless.Terminal({
      cols: columns,
      rows,
      scrollback: 1000,
      allowProposedApi: true,
      logLevel: 'off',
    });
    // As the page has it.
    this.terminal.loadAddon(new unicode11.Unicode11Addon());
    this.terminal.unicode.activeVersion = '11';
  }

  /** xterm.js cuts what is longer than 128 KiB, and loses some characters where it does. */
  write(bytes: Uint8Array): void {
    for (let from = 0, end = 0; from < bytes.length; from = end) {
      end = Math.min(from + MAX_PIECE_BYTES, bytes.length);
      while (isWithinCharacter(bytes[end]) && end > from + 1) end -= 1;
      this.terminal.write(bytes.subarray(from, end));
    }
  }

  /** In order with what is written: nothing written later is drawn before. */
  resize({ columns, rows }: TerminalSize): void {
    this.terminal.write('', () => this.terminal.resize(columns, rows));
  }

  reset(): void {
    this.terminal.write('\u001bc\u001b[?1006l\u001b[?1016l');
  }

  /** Once all that was written is drawn. */
  async show(): Promise<Shown> {
    await new Promise<void>((resolve) => this.terminal.write('', resolve));
    const { active } = this.terminal.buffer;
    const rows = Array.from({ length: this.terminal.rows }, (_, row) => active.getLine(active.baseY + row));
    return {
      lines: rows.map((line) => line?.translateToString(true) ?? ''),
      styles: rows.map((line) => describeStyles(line)),
      cursor: `${active.cursorX},${active.cursorY}`,
      buffer: active.type,
      modes: { ...this.terminal.modes },
    };
  }
}

function describeStyles(line: headless.IBufferLine | undefined): string {
  const styles: string[] = [];
  for (let column = 0; line && column < line.length; column += 1) {
    const cell = line.getCell(column);
    if (!cell || (cell.isAttributeDefault() && cell.getChars() === '')) continue;
    const flags = [cell.isBold(), cell.isUnderline(), cell.isInverse(), cell.isDim(), cell.isItalic()].map(Boolean);
    const colours = [cell.getFgColorMode(), cell.getFgColor(), cell.getBgColorMode(), cell.getBgColor()];
    if (!cell.isAttributeDefault()) styles.push(`${column}: ${colours.join(',')} ${flags.map(Number).join('')}`);
  }
  return styles.join('; ');
}
