/** Whose turn it is, and how long the others may have to wait. Pure. */

/** What has ended in this time says how fast room comes free. */
export const RATE_WINDOW_MS = 15 * 60_000;
/** Fewer than this are chance. */
const LEAST_ENDS = 3;

export interface WaitFacts {
  /** How many sandboxes must end first, this person's turn included. */
  readonly endsNeeded: number;
  /** When sandboxes have ended, within the window. */
  readonly ended: readonly number[];
  /** When those that run will end at the latest. */
  readonly ceilings: readonly number[];
  readonly now: number;
}

/**
 * Milliseconds to wait, as well as one can know: by how fast room has come free lately, and never longer than until so
 * many must have ended. Undefined where neither says anything.
 */
export function estimateWait({ endsNeeded, ended, ceilings, now }: WaitFacts): number | undefined {
  const recent = ended.filter((at) => now - at <= RATE_WINDOW_MS);
  const byRate = recent.length < LEAST_ENDS ? undefined : (endsNeeded * RATE_WINDOW_MS) / recent.length;
  const last = ceilings.toSorted((a, b) => a - b)[endsNeeded - 1];
  const byCeiling = last === undefined ? undefined : Math.max(0, last - now);
  const known = [byRate, byCeiling].filter((each) => each !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** What a person who waits is told. */
export interface LinePosition {
  /** 1 is next. */
  readonly position: number;
  readonly waiting: number;
  readonly remainingMs: number | undefined;
}
