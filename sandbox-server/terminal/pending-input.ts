import { MAX_PENDING_INPUT_BYTES } from '../protocol/frames.ts';

/** Input of one browser that its terminal has not taken yet. */
export interface PendingInput {
  /** False when the browser has sent more than it may. */
  add(sequence: number, bytes: number): boolean;
  /** All up to this sequence is taken. */
  onAccepted(sequence: number): void;
}

export function createPendingInput(): PendingInput {
  const waiting: { readonly sequence: number; readonly bytes: number }[] = [];
  let totalBytes = 0;
  return {
    add(sequence, bytes) {
      waiting.push({ sequence, bytes });
      totalBytes += bytes;
      return totalBytes <= MAX_PENDING_INPUT_BYTES;
    },
    onAccepted(sequence) {
      const firstLeft = waiting.findIndex((each) => each.sequence > sequence);
      const taken = waiting.splice(0, firstLeft < 0 ? waiting.length : firstLeft);
      for (const { bytes } of taken) totalBytes -= bytes;
    },
  };
}
