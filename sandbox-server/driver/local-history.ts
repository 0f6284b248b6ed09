/**
 * The last MiB of a terminal's output, and the screen before it. What falls out of the ring is drawn on the screen, a slice at
 * a time, so that keys and other people's requests come in between.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { TerminalSize } from './driver.ts';
import { createByteRing } from './local-ring.ts';
import { createScreen } from './local-screen.ts';
import { createSequenceScanner, type Cut, type SequenceScanner } from './local-sequence-scanner.ts';

/** As the protocol promises: at least so much can be resumed. */
const KEPT_BYTES = 1024 * 1024;
/** Drawing this takes about a millisecond. */
const SLICE_BYTES = 16 * 1024;

export interface SizeChange {
  /** From this offset on output is made for this size. */
  readonly offset: number;
  readonly size: TerminalSize;
  /** Counts all changes: several may stand at one offset. */
  readonly serial: number;
}

export interface ScreenAt {
  readonly offset: number;
  serialize(): Uint8Array;
}

export interface History extends Pick<SequenceScanner, 'isAlternateScreen' | 'prompt'> {
  readonly start: number;
  readonly end: number;
  /** How much more is held than must be; whoever feeds the history waits when it grows. */
  readonly excessBytes: number;
  append(bytes: Uint8Array): void;
  resize(size: TerminalSize): void;
  read(offset: number, limitBytes: number): Uint8Array;
  /** The size for which the byte at this offset was made. */
  sizeAt(offset: number): SizeChange;
  /** The next change after this one. */
  sizeAfter(serial: number): SizeChange | undefined;
  /** Calls back at once, or after the slice that is being drawn; nothing falls out of the ring before the callback returns. */
  withScreen(use: (screen: ScreenAt) => void): void;
}

/** `onDrawn` is called each time something has left the ring. `keptBytes` is less only in tests, which would take long otherwise. */
export function createHistory(initialSize: TerminalSize, onDrawn: () => void, keptBytes = KEPT_BYTES): History {
  const ring = createByteRing();
  const cuts: Cut[] = [];
  const scanner = createSequenceScanner((cut) => cuts.push(cut));
  const sizes = createSizes(initialSize);
  const waiting: ((screen: ScreenAt) => void)[] = [];
  let lead = '';
  let isDrawing = false;
  // Most terminals never print as much as the ring holds.
  let screen: ReturnType<typeof createScreen> | undefined;

  function takeNextCut(): Cut | undefined {
    const limit = ring.end - keptBytes;
    let next: Cut | undefined;
    while (cuts[0] && cuts[0].offset <= limit && (!next || cuts[0].offset <= ring.start + SLICE_BYTES))
      next = cuts.shift();
    return next;
  }

  async function drawUpTo(offset: number): Promise<void> {
    screen ??= createScreen(sizes.at(0).size);
    let drawn = ring.start;
    while (drawn < offset) {
      const change = sizes.at(drawn);
      screen.resize(change.size);
      const stop = Math.min(sizes.after(change.serial)?.offset ?? offset, offset);
      const piece = ring.read(drawn, stop - drawn);
      await screen.draw(piece);
      drawn += piece.length;
    }
  }

  async function drawWhatFallsOut(): Promise<void> {
    isDrawing = true;
    for (let cut = takeNextCut(); cut; cut = takeNextCut()) {
      await drawUpTo(cut.offset);
      ring.dropBefore(cut.offset);
      sizes.dropBefore(cut.offset);
      lead = cut.lead;
      for (const use of waiting.splice(0)) use({ offset: ring.start, serialize });
      onDrawn();
      await turn();
    }
    isDrawing = false;
    for (const use of waiting.splice(0)) use({ offset: ring.start, serialize });
  }

  function serialize(): Uint8Array {
    screen?.resize(sizes.at(ring.start).size);
    const drawn = screen?.serialize() ?? new Uint8Array();
    return lead ? Buffer.concat([drawn, Buffer.from(lead)]) : drawn;
  }

  return {
    get start() {
      return ring.start;
    },
    get end() {
      return ring.end;
    },
    get isAlternateScreen() {
      return scanner.isAlternateScreen;
    },
    get prompt() {
      return scanner.prompt;
    },
    get excessBytes() {
      return Math.max(ring.end - ring.start - keptBytes, 0);
    },
    append(bytes) {
      ring.append(bytes);
      scanner.scan(bytes);
      if (!isDrawing && cuts[0] && cuts[0].offset <= ring.end - keptBytes) void drawWhatFallsOut();
    },
    resize: (size) => sizes.add(ring.end, size),
    read: (offset, limitBytes) => ring.read(offset, limitBytes),
    sizeAt: (offset) => sizes.at(offset),
    sizeAfter: (serial) => sizes.after(serial),
    withScreen(use) {
      if (isDrawing) waiting.push(use);
      else use({ offset: ring.start, serialize });
    },
  };
}

function createSizes(initial: TerminalSize) {
  let changes: SizeChange[] = [{ offset: 0, size: initial, serial: 0 }];
  const at = (offset: number) => changes.findLast((change) => change.offset <= offset) ?? changes[0]!;
  return {
    at,
    after: (serial: number) => changes.find((change) => change.serial > serial),
    add(offset: number, size: TerminalSize) {
      const last = changes.at(-1)!;
      if (last.size.columns === size.columns && last.size.rows === size.rows) return;
      // Nothing was printed for a size that was replaced at once.
      if (last.offset === offset) changes.pop();
      changes.push({ offset, size, serial: last.serial + 1 });
    },
    dropBefore(offset: number) {
      const { serial } = at(offset);
      changes = changes.filter((change) => change.serial >= serial);
    },
  };
}
