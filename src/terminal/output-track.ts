/** Where in a terminal's output this page is: what is new, what is replay, what is to be acknowledged. Pure book-keeping. */

/** Drawn bytes are acknowledged in steps of this size: small against what a server sends ahead, large against a frame. */
const ACK_EVERY_BYTES = 16 * 1024;

/** A stretch of output; live output is what nobody has answered yet. */
export interface OutputPart {
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly isLive: boolean;
}

export class OutputTrack {
  /** Offset of the next byte that is wanted. */
  #received = 0;
  #live = 0;
  #acked = 0;

  get received(): number {
    return this.#received;
  }

  /** Output goes on at `offset`; before `liveOffset` it is a replay. */
  open(offset: number, liveOffset: number): void {
    this.#received = this.#acked = offset;
    this.#live = liveOffset;
  }

  /** Bytes were left out; output goes on at `offset`. */
  skipTo(offset: number): void {
    this.#received = offset;
  }

  /** The new bytes of a frame, without what was there before, cut where the replay ends. */
  take(offset: number, bytes: Uint8Array): readonly OutputPart[] {
    const end = offset + bytes.length;
    const start = Math.max(offset, this.#received);
    if (end <= start) return [];
    this.#received = end;
    const cut = Math.min(Math.max(this.#live, start), end);
    const part = (from: number, to: number, isLive: boolean): OutputPart => ({
      bytes: bytes.subarray(from - offset, to - offset),
      end: to,
      isLive,
    });
    return [part(start, cut, false), part(cut, end, true)].filter((each) => each.bytes.length > 0);
  }

  /** What to acknowledge now that output up to `offset` is drawn, or null while that can wait. */
  ackFor(offset: number): number | null {
    if (offset <= this.#acked) return null;
    const isAllDrawn = offset >= this.#received;
    if (!isAllDrawn && offset - this.#acked < ACK_EVERY_BYTES) return null;
    this.#acked = offset;
    return offset;
  }
}
