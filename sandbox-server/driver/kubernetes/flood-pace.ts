/**
 * How fast floods may go, all of them together: each byte of one costs every program between shell and browser time,
 * which on a busy machine would be taken from those who type. A lone flood has it all.
 */
import { availableParallelism } from 'node:os';
import type { Clock } from '../../clock.ts';

/** A core carries about three times as much from shell to browser; a page without a graphics card draws about as much. */
const BYTES_PER_SECOND_PER_CORE = 2 * 1024 * 1024;
/** A file that is shown, a listing: what is over so soon is no flood. */
const BURST_MS = 500;
/** Far below the 5 s after which a writer counts as gone. */
const MAX_WAIT_MS = 1000;

export interface FloodPace {
  /** Takes a place for so many bytes more, and says in how many milliseconds they may go on: 0, at once, to 1000. */
  takePlace(bytes: number): number;
}

export function createFloodPace(
  clock: Clock,
  bytesPerSecond: number = BYTES_PER_SECOND_PER_CORE * availableParallelism(),
): FloodPace {
  /** When all that has a place is through. */
  let throughAt = 0;
  return {
    takePlace(bytes) {
      const now = clock.now();
      const wait = Math.max(0, throughAt - now);
      throughAt = Math.max(throughAt, now - BURST_MS) + (bytes / bytesPerSecond) * 1000;
      return Math.min(wait, MAX_WAIT_MS);
    },
  };
}
