import type { PartPin } from './pins.ts';

export type BuildTimes = {
  /** Index of the part that is being compiled. */
  current: number;
  /** How long the parts before it took together. */
  finishedSeconds: number;
  /** How long the current one has taken. */
  currentSeconds: number;
};

/** Seconds until all parts are built: the table's figures, scaled by how this machine did on the finished parts. Pure. */
export function estimateRemainingSeconds(parts: readonly PartPin[], times: BuildTimes): number {
  const expected = (chosen: readonly PartPin[]) => chosen.reduce((sum, part) => sum + part.coldSeconds, 0);
  const finished = expected(parts.slice(0, times.current));
  const factor = finished === 0 ? 1 : times.finishedSeconds / finished;
  const current = (parts[times.current]?.coldSeconds ?? 0) * factor;
  const rest = expected(parts.slice(times.current + 1)) * factor;
  return Math.round(Math.max(0, current - times.currentSeconds) + rest);
}
