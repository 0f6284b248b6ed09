/**
 * How fast floods may go, all of them together: what the machine carries, less what those who type need of it. Each byte
 * of a flood, as each key, costs every program between shell and browser time, and a key does not wait.
 */
import { availableParallelism } from 'node:os';
import type { Clock } from '../../clock.ts';

/** As much of a flood as keeps a core busy, all programs on its way together (two cores, November 2026). */
const BYTES_PER_SECOND_PER_CORE = 2 * 1024 * 1024;
/** A key and its echo keep these programs as busy as so much of a flood: each of them wakes up twice. */
const KEY_BYTES = 8 * 1024;
/** A file that is shown, a listing: what is over so soon is no flood. */
const BURST_MS = 500;
/** Far below the 5 s after which a writer counts as gone. */
const MAX_WAIT_MS = 1000;

export interface FloodPace {
  /** Takes a place for so many bytes more, and says in how many milliseconds they may go on: 0, at once, to 1000. */
  takePlace(bytes: number): number;
  /** Somebody has typed, which has its place before all floods. */
  noteKey(): void;
}

export function createFloodPace(
  clock: Clock,
  bytesPerSecond: number = BYTES_PER_SECOND_PER_CORE * availableParallelism(),
): FloodPace {
  /** When all that has a place is through. */
  let throughAt = 0;
  const takePlace = (bytes: number) => {
    const now = clock.now();
    const wait = Math.max(0, throughAt - now);
    const next = Math.max(throughAt, now - BURST_MS) + (bytes / bytesPerSecond) * 1000;
    throughAt = Math.min(next, now + MAX_WAIT_MS);
    return wait;
  };
  return { takePlace, noteKey: () => void takePlace(KEY_BYTES) };
}
