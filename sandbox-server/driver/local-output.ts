/** Output on its way to one attachment: in order, never far ahead of what is drawn, with a gap where something fell out of the ring. */
import type { TerminalEvent } from './driver.ts';
import type { History, ScreenAt } from './local-history.ts';

/** How far output goes ahead of the ack: what the fastest drawing browser needs to stay busy, and what ^C may have to wait for. */
export const WINDOW_BYTES = 256 * 1024;
/** As the protocol promises. */
const MAX_PIECE_BYTES = 32 * 1024;

export interface OutputFlow {
  /** Offset up to which output is drawn; never ahead of what was sent. */
  readonly ackedOffset: number;
  readonly hasEnded: boolean;
  ack(offset: number): void;
  /** Sends what there is and the window has room for. */
  pump(): void;
  /** The shell is gone: `last` is sent after all output. */
  finish(last: TerminalEvent): void;
  /** Nothing is sent any more. */
  stop(): void;
}

export interface OutputFlowOptions {
  readonly history: History;
  /** Where output begins; `screen` first unless the browser goes on there. */
  readonly offset: number;
  readonly screen: Uint8Array | undefined;
  readonly emit: (event: TerminalEvent) => void;
}

/** What draws the screen, in pieces with the same offset; one piece even for an empty screen. */
function emitScreen(emit: OutputFlowOptions['emit'], offset: number, bytes: Uint8Array): void {
  for (let from = 0; from === 0 || from < bytes.length; from += MAX_PIECE_BYTES)
    emit({ type: 'screen', offset, bytes: bytes.subarray(from, from + MAX_PIECE_BYTES) });
}

export function createOutputFlow({ history, offset, screen, emit }: OutputFlowOptions): OutputFlow {
  let cursor = offset;
  let acked = offset;
  let sizeSerial = history.sizeAt(offset).serial;
  let isWaitingForScreen = false;
  // Whoever is told may answer at once with an ack: what that lets through comes after what is being told.
  let isSending = false;
  let hasEnded = false;
  let last: TerminalEvent | undefined;
  if (screen) emitScreen(emit, offset, screen);

  function tellSize(serial: number, { columns, rows }: { columns: number; rows: number }): void {
    sizeSerial = serial;
    emit({ type: 'size', columns, rows });
  }

  function skipToScreen(current: ScreenAt): void {
    const from = cursor;
    cursor = current.offset;
    acked = Math.max(acked, cursor);
    emit({ type: 'gap', from, to: cursor });
    const { serial, size } = history.sizeAt(cursor);
    if (serial !== sizeSerial) tellSize(serial, size);
    emitScreen(emit, cursor, current.serialize());
  }

  function requestScreen(): void {
    isWaitingForScreen = true;
    history.withScreen((current) => {
      isWaitingForScreen = false;
      if (hasEnded) return;
      sendInOrder(() => skipToScreen(current));
      pump();
    });
  }

  function sendInOrder(send: () => void): void {
    const wasSending = isSending;
    isSending = true;
    send();
    isSending = wasSending;
  }

  function emitPiece(): boolean {
    const change = history.sizeAfter(sizeSerial);
    if (change && change.offset <= cursor) {
      tellSize(change.serial, change.size);
      return true;
    }
    const stop = Math.min(acked + WINDOW_BYTES, change?.offset ?? history.end, history.end);
    if (stop <= cursor) return false;
    const bytes = history.read(cursor, Math.min(stop - cursor, MAX_PIECE_BYTES));
    const from = cursor;
    cursor += bytes.length;
    emit({ type: 'output', offset: from, bytes });
    return true;
  }

  function sendAll(): void {
    let isMore = true;
    while (isMore && !hasEnded && !isWaitingForScreen) {
      if (cursor >= history.start) isMore = emitPiece();
      else if (acked + WINDOW_BYTES > cursor) requestScreen();
      else isMore = false;
    }
    if (!last || hasEnded || isWaitingForScreen || cursor !== history.end) return;
    hasEnded = true;
    emit(last);
  }

  function pump(): void {
    if (!isSending) sendInOrder(sendAll);
  }

  return {
    get ackedOffset() {
      return acked;
    },
    get hasEnded() {
      return hasEnded;
    },
    ack(drawn) {
      acked = Math.max(acked, Math.min(drawn, cursor));
      pump();
    },
    pump,
    finish(event) {
      last = event;
      pump();
    },
    stop() {
      hasEnded = true;
    },
  };
}
