/** What a terminal shows, as text. */
import type { IBuffer, Terminal } from '@xterm/xterm';

/** The text on the screen, a line each, without what is blank at the end. */
export function screenText({ buffer, rows }: Pick<Terminal, 'buffer' | 'rows'>): string {
  const { active } = buffer;
  const lines = Array.from({ length: rows }, (_row, row) => lineAt(active, active.viewportY + row));
  return lines.join('\n').trimEnd();
}

/** All that is kept of the normal screen and its scrollback; a line that was broken at the terminal's width is one line. */
export function logText({ buffer }: Pick<Terminal, 'buffer'>): string {
  const { normal } = buffer;
  const lines: string[] = [];
  for (let row = 0; row < normal.length; row += 1) {
    const isWrapped = normal.getLine(row)?.isWrapped ?? false;
    const isContinued = normal.getLine(row + 1)?.isWrapped ?? false;
    const said = normal.getLine(row)?.translateToString(!isContinued) ?? '';
    if (isWrapped && lines.length > 0) lines.push(`${lines.pop() ?? ''}${said}`);
    else lines.push(said);
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function lineAt(buffer: IBuffer, row: number): string {
  return buffer.getLine(row)?.translateToString(true) ?? '';
}
