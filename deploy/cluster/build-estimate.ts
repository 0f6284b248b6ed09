import type { PartPin } from './pins.ts';

/** A machine ten times as slow as the one that the table was made on is believed; more is a hiccup of the first seconds. */
const slowestFactor = 10;

/**
 * Seconds until all parts are built, when those before `current` are done and `elapsedSeconds` have passed since the first.
 * The table's figures are scaled by how this machine has done so far. Pure.
 */
export function estimateRemainingSeconds(parts: readonly PartPin[], current: number, elapsedSeconds: number): number {
  const expected = (chosen: readonly PartPin[]) => chosen.reduce((sum, part) => sum + part.coldSeconds, 0);
  const done = expected(parts.slice(0, current));
  const total = expected(parts);
  // Too little is known during the first part: its own figure is all there is, until it takes longer.
  const factor = done === 0 ? Math.max(1, elapsedSeconds / (parts[current]?.coldSeconds ?? 1)) : elapsedSeconds / (done + (parts[current]?.coldSeconds ?? 0) / 2);
  const scaled = total * Math.min(factor, slowestFactor);
  return Math.max(0, Math.round(scaled - elapsedSeconds));
}
