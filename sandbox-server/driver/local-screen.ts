/** A screen that nobody looks at: what a terminal showed at the oldest byte that is still kept. */
import serializeAddon from '@xterm/addon-serialize';
import headless from '@xterm/headless';
import type { TerminalSize } from './driver.ts';
import { serializeCells } from './local-screen-cells.ts';
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
  const watched = watchScreenModes(terminal);

  /** Pen and modes alone: of a line that is not there the serializer has no cells to add. */
  function serializePenAndModes(): { pen: string; modes: string } {
    const range = { start: terminal.buffer.active.length, end: terminal.buffer.active.length };
    const pen = serializer.serialize({ range, excludeAltBuffer: true, excludeModes: true });
    return { pen, modes: serializer.serialize({ range, excludeAltBuffer: true }).slice(pen.length) };
  }

  function serializeBuffers(scrollback: number): string {
    const { normal, alternate, active } = terminal.buffer;
    const { rows } = terminal;
    const cells = serializeCells(normal, { rows, scrollback });
    if (active.type === 'normal') return cells;
    // Where the cursor goes back to when the other screen is left.
    const cursor = `\u001b[${normal.cursorY + 1};${normal.cursorX + 1}H`;
    return `${cells}${cursor}\u001b[m\u001b[?1049h\u001b[H${serializeCells(alternate, { rows, scrollback: 0 })}`;
  }

  return {
    draw(bytes) {
      return new Promise((resolve) => {
        terminal.write(bytes, () => {
          const shift = Math.max(bytes.lastIndexOf(SHIFT_OUT), bytes.lastIndexOf(SHIFT_IN));
          if (shift >= 0) watched.onShift(bytes[shift] === SHIFT_OUT);
          resolve();
        });
      });
    },
    resize(size) {
      if (size.columns === terminal.cols && size.rows === terminal.rows) return;
      terminal.resize(size.columns, size.rows);
      watched.onResize();
    },
    serialize() {
      const { pen, modes } = serializePenAndModes();
      // Modes and margins move the cursor, and the pen must not colour what is drawn to put it where it was.
      const tail = `\u001b[m${modes}${watched.serializeCursor()}${pen}${watched.serialize()}`;
      for (const scrollback of SCROLLBACK_TRIES) {
        const bytes = Buffer.from(`${serializeBuffers(scrollback)}${tail}`);
        if (bytes.length <= MAX_SCREEN_BYTES) return bytes;
      }
      // A huge screen full of colours: what is kept of the output will draw most of it anew.
      return Buffer.from(tail);
    },
  };
}
