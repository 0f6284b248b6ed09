import type { Clock } from '../clock.ts';

/** Below what an eye or a finger notices, above the gaps within one burst of output. */
const BATCH_MS = 4;
/** A batch of this size is worth a frame of its own; a larger one only arrives later. */
const MAX_BATCH_BYTES = 32 * 1024;

export interface OutputBatch {
  push(bytes: Uint8Array): void;
  /** A key was pressed: what comes next is its echo and must not wait. */
  onKey(): void;
  flush(): void;
}

/**
 * Joins small pieces of output into fewer frames without making anybody wait: what comes after a pause goes out at once,
 * and only what follows it within BATCH_MS is collected.
 */
export function createOutputBatch(send: (bytes: Uint8Array) => void, clock: Clock): OutputBatch {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let timer: Disposable | undefined;

  function flush(): void {
    if (size === 0) return;
    const [first, ...others] = pieces;
    const bytes = first && others.length === 0 ? first : Buffer.concat(pieces);
    pieces = [];
    size = 0;
    send(bytes);
  }
  function collect(): void {
    timer = clock.after(BATCH_MS, () => {
      timer = undefined;
      if (size === 0) return;
      flush();
      collect();
    });
  }

  return {
    flush,
    push(bytes) {
      pieces.push(bytes);
      size += bytes.length;
      if (timer && size < MAX_BATCH_BYTES) return;
      flush();
      if (!timer) collect();
    },
    onKey() {
      timer?.[Symbol.dispose]();
      timer = undefined;
      flush();
    },
  };
}
