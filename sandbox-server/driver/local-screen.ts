/** A screen that nobody looks at: what a terminal showed at the oldest byte that is still kept. */
import serializeAddon from '@xterm/addon-serialize';
import headless from '@xterm/headless';
import type { TerminalSize } from './driver.ts';
import { watchScreenModes } from './local-screen-modes.ts';

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
const SHIFT_OUT = 0x0e;
const SHIFT_IN = 0x0f;

export function createScreen({ columns, rows }: TerminalSize): Screen {
  // Proposed API: the parser's handlers and the serializer's view of the buffers.
  const terminal = new headless.Terminal({ cols: columns, rows, scrollback: SCROLLBACK_LINES, allowProposedApi: true });
  const serializer = new serializeAddon.SerializeAddon();
  terminal.loadAddon(serializer);
  const modes = watchScreenModes(terminal);

  function serializeCells(scrollback: number): string {
    // The pen of the normal screen would colour what is drawn on the other one.
    return serializer.serialize({ scrollback }).replace('\u001b[?1049h', '\u001b[m\u001b[?1049h');
  }

  return {
    draw(bytes) {
      return new Promise((resolve) => {
        terminal.write(bytes, () => {
          const shift = Math.max(bytes.lastIndexOf(SHIFT_OUT), bytes.lastIndexOf(SHIFT_IN));
          if (shift >= 0) modes.onShift(bytes[shift] === SHIFT_OUT);
          resolve();
        });
      });
    },
    resize(size) {
      if (size.columns === terminal.cols && size.rows === terminal.rows) return;
      terminal.resize(size.columns, size.rows);
      modes.onResize();
    },
    serialize() {
      const tail = modes.serialize();
      for (const scrollback of SCROLLBACK_TRIES) {
        const bytes = Buffer.from(`${serializeCells(scrollback)}${tail}`);
        if (bytes.length <= MAX_SCREEN_BYTES) return bytes;
      }
      // A huge screen full of colours: what is kept of the output will draw most of it anew.
      return Buffer.from(tail);
    },
  };
}
