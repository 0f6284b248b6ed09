import type { Duplex } from 'node:stream';

/**
 * What is written from now to the end of this turn leaves in one piece: an echo and the acceptance of its key then cost
 * one system call, and wake the browser once.
 */
export function joinWrites(stream: Duplex): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}
