/** Output between a producer that can be held back and one reader. */

export interface ByteQueueOptions {
  /** From this many unread bytes on the producer is held back, */
  readonly highWaterBytes: number;
  /** and at this many it goes on; the gap between keeps it from stuttering. */
  readonly lowWaterBytes: number;
  readonly pause: () => void;
  readonly resume: () => void;
}

export interface ByteQueue extends AsyncIterable<Uint8Array> {
  push(bytes: Uint8Array): void;
  /** What is queued is still read; then the iteration ends. */
  end(): void;
}

/** An unbounded queue that pauses its producer. For one reader; leaving the iteration drops what is unread. */
export function createByteQueue({ highWaterBytes, lowWaterBytes, pause, resume }: ByteQueueOptions): ByteQueue {
  const chunks: Uint8Array[] = [];
  let queuedBytes = 0;
  let isPaused = false;
  let hasEnded = false;
  let wake: (() => void) | undefined;

  function take(): Uint8Array | undefined {
    const chunk = chunks.shift();
    queuedBytes -= chunk?.length ?? 0;
    if (isPaused && queuedBytes <= lowWaterBytes) {
      isPaused = false;
      resume();
    }
    return chunk;
  }

  return {
    push(bytes) {
      if (hasEnded || bytes.length === 0) return;
      chunks.push(bytes);
      queuedBytes += bytes.length;
      if (!isPaused && queuedBytes >= highWaterBytes) {
        isPaused = true;
        pause();
      }
      wake?.();
    },
    end() {
      hasEnded = true;
      wake?.();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const chunk = take();
        if (chunk) yield chunk;
        else if (hasEnded) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
