/** A screen that nobody looks at: what a terminal showed at the oldest byte that is still kept. */
import unicode11 from '@xterm/addon-unicode11';
import headless from '@xterm/headless';
import type { TerminalSize } from './driver.ts';
import { watchTitleAndColours } from './local-screen-colours.ts';
import { coreOf } from './local-screen-core.ts';
import { serializeTerminal } from './local-screen-drawing.ts';

export interface Screen {
  /** Resolves when the bytes are drawn. */
  draw(bytes: Uint8Array): Promise<void>;
  resize(size: TerminalSize): void;
  /** What draws this screen on one that was just reset. At most `MAX_SCREEN_BYTES`. */
  serialize(): Uint8Array;
}

/**
 * Lines above the screen. More than the largest screen has, because a window that grows pulls them back in, and enough to look
 * back to the command before the last.
 */
const SCROLLBACK_LINES = 1000;
/** With fewer lines when it is more: the protocol allows no larger screen. */
export const MAX_SCREEN_BYTES = 256 * 1024;
const SCROLLBACK_TRIES = [SCROLLBACK_LINES, 100, 0];
/** Of a character of UTF-8. */
const LONGEST_BEGINNING_BYTES = 3;

export function createScreen({ columns, rows }: TerminalSize): Screen {
  // Proposed API: the parser's handlers, the view of the buffers and the widths of characters.
  const terminal = new headless.Terminal({
    cols: columns,
    rows,
    scrollback: SCROLLBACK_LINES,
    allowProposedApi: true,
    // It would log what it cannot parse, which may be anything that a learner sees.
    logLevel: 'off',
  });
  // As the page has it: an emoji is two columns wide.
  terminal.loadAddon(new unicode11.Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  guardErasing(terminal);
  const watched = watchTitleAndColours(terminal);
  let begun: Uint8Array = new Uint8Array();

  return {
    draw(bytes) {
      const all = Buffer.concat([begun, bytes]);
      const end = all.length - countBegunBytes(all);
      begun = all.subarray(end);
      return new Promise((resolve) => terminal.write(all.subarray(0, end), resolve));
    },
    resize(size) {
      if (size.columns !== terminal.cols || size.rows !== terminal.rows) terminal.resize(size.columns, size.rows);
    },
    serialize() {
      const end = watched.serialize();
      for (const scrollback of SCROLLBACK_TRIES) {
        const bytes = Buffer.from(`${serializeTerminal(terminal, scrollback)}${end}`);
        if (bytes.length <= MAX_SCREEN_BYTES) return bytes;
      }
      // A huge screen full of colours: what is kept of the output will draw most of it anew.
      return Buffer.from(`${serializeTerminal(terminal, undefined)}${end}`);
    },
  };
}

/** How many bytes at the end begin a character. xterm.js loses some that come in two pieces: dashes and quotes, for example. */
function countBegunBytes(bytes: Uint8Array): number {
  const last = bytes.subarray(-LONGEST_BEGINNING_BYTES);
  const begun = last.subarray(last.findLastIndex((byte) => byte < 0x80 || byte >= 0xc0));
  const [first = 0] = begun;
  const characterBytes = first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return begun.length < characterBytes ? begun.length : 0;
}

/** xterm.js throws when it erases from the start to the last cell and has no row below it: that is the whole screen. */
function guardErasing(terminal: headless.Terminal): void {
  for (const where of [{ final: 'J' }, { prefix: '?', final: 'J' }])
    terminal.parser.registerCsiHandler(where, ([which]) => {
      const { active } = terminal.buffer;
      const isUpToLastCell = which === 1 && active.cursorX + 1 >= terminal.cols;
      if (!isUpToLastCell || active.getLine(active.cursorY + 1)) return false;
      return coreOf(terminal)._inputHandler.eraseInDisplay({ params: [2] }, 'prefix' in where);
    });
}
