import type { Terminal } from '../driver/driver.ts';

/** A large paste fits; a shell that does not read (a stopped one, a long command) holds the browser back from here on. */
const HIGH_WATER_BYTES = 256 * 1024;
const LOW_WATER_BYTES = 64 * 1024;

export interface InputQueue {
  push(bytes: Uint8Array): void;
}

/** Writes to a terminal in order, one piece after the other; `hold` and `release` are the way back to the sender. */
export function createInputQueue(
  terminal: Promise<Terminal>,
  { hold, release, onError }: { hold: () => void; release: () => void; onError: (error: unknown) => void },
): InputQueue {
  let queuedBytes = 0;
  let isHeld = false;
  let tail: Promise<void> = Promise.resolve();

  async function write(bytes: Uint8Array): Promise<void> {
    await (await terminal).write(bytes);
    queuedBytes -= bytes.length;
    if (isHeld && queuedBytes <= LOW_WATER_BYTES) {
      isHeld = false;
      release();
    }
  }

  return {
    push(bytes) {
      queuedBytes += bytes.length;
      if (!isHeld && queuedBytes >= HIGH_WATER_BYTES) {
        isHeld = true;
        hold();
      }
      tail = tail.then(() => write(bytes)).catch(onError);
    },
  };
}
