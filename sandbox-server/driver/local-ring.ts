/** The bytes that a terminal has printed last, each at the offset that it has in all that the terminal ever printed. */

/** Large enough that a flood makes few of them, small enough for a terminal that has only shown a prompt. */
const BLOCK_BYTES = 64 * 1024;

export interface ByteRing {
  /** Offset of the oldest byte that is kept. */
  readonly start: number;
  /** Offset that the next byte will have. */
  readonly end: number;
  append(bytes: Uint8Array): void;
  /** Bytes from this offset on: at most so many, and at least one unless the offset is the end. A view that stays as it is. */
  read(offset: number, limitBytes: number): Uint8Array;
  /** Forgets what is before this offset. */
  dropBefore(offset: number): void;
}

export function createByteRing(): ByteRing {
  // Blocks lie at multiples of their size, are only appended to, and let go whole: so a view of one never changes.
  const blocks: Uint8Array[] = [];
  let firstBlock = 0;
  let start = 0;
  let end = 0;

  return {
    get start() {
      return start;
    },
    get end() {
      return end;
    },
    append(bytes) {
      let taken = 0;
      while (taken < bytes.length) {
        const index = Math.floor(end / BLOCK_BYTES) - firstBlock;
        const block = (blocks[index] ??= new Uint8Array(BLOCK_BYTES));
        const piece = bytes.subarray(taken, taken + BLOCK_BYTES - (end % BLOCK_BYTES));
        block.set(piece, end % BLOCK_BYTES);
        taken += piece.length;
        end += piece.length;
      }
    },
    read(offset, limitBytes) {
      if (offset < start || offset > end) throw new RangeError(`Byte ${offset} is not among ${start} to ${end}.`);
      const block = blocks[Math.floor(offset / BLOCK_BYTES) - firstBlock];
      const from = offset % BLOCK_BYTES;
      return block?.subarray(from, from + Math.min(limitBytes, end - offset)) ?? new Uint8Array();
    },
    dropBefore(offset) {
      start = Math.min(Math.max(start, offset), end);
      const keptFrom = Math.floor(start / BLOCK_BYTES);
      blocks.splice(0, keptFrom - firstBlock);
      firstBlock = keptFrom;
    },
  };
}
