/** How far the server may run ahead of what a browser has drawn. Pure book-keeping; the socket is elsewhere. */

/** A slow page draws this much in about 50 ms: ^C during `yes` is felt at once, and a fast one is never idle. */
export const HIGH_WATER_BYTES = 256 * 1024;
/** Far enough below that a burst goes on before the page has run dry. */
export const LOW_WATER_BYTES = 64 * 1024;

export interface FlowWindow {
  /** Offset behind the last byte that was sent. */
  readonly sentBytes: number;
  /** Notes that `count` bytes are on their way. */
  onSent(count: number): void;
  /** Takes an ack; false when it is none that an honest page sends. */
  onAck(offset: number): boolean;
  /** Resolves when more may be sent. */
  whenOpen(): Promise<void>;
  /** Lets whoever waits go on, for the end. */
  close(): void;
}

export function createFlowWindow(): FlowWindow {
  let sentBytes = 0;
  let ackedBytes = 0;
  let isFull = false;
  let isClosed = false;
  let wake: (() => void) | undefined;
  return {
    get sentBytes() {
      return sentBytes;
    },
    onSent(count) {
      sentBytes += count;
      isFull ||= sentBytes - ackedBytes >= HIGH_WATER_BYTES;
    },
    onAck(offset) {
      if (offset < ackedBytes || offset > sentBytes) return false;
      ackedBytes = offset;
      if (isFull && sentBytes - ackedBytes <= LOW_WATER_BYTES) {
        isFull = false;
        wake?.();
      }
      return true;
    },
    async whenOpen() {
      if (isFull && !isClosed) await new Promise<void>((resolve) => (wake = resolve));
    },
    close() {
      isClosed = true;
      wake?.();
    },
  };
}
