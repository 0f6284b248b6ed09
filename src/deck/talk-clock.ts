/** The time since the start of a talk: can be paused and set back, and goes on over a reload of the presenter's view. */

export interface TalkClock {
  /** What had passed when it was last paused. */
  readonly passedMs: number;
  /** When it was last set going; null while it is paused. */
  readonly sinceMs: number | null;
}

export function startedAt(nowMs: number): TalkClock {
  return { passedMs: 0, sinceMs: nowMs };
}

export function elapsedMs({ passedMs, sinceMs }: TalkClock, nowMs: number): number {
  return passedMs + (sinceMs === null ? 0 : Math.max(0, nowMs - sinceMs));
}

/** Pauses a clock that goes, and sets one going that is paused. */
export function toggled(clock: TalkClock, nowMs: number): TalkClock {
  return { passedMs: elapsedMs(clock, nowMs), sinceMs: clock.sinceMs === null ? nowMs : null };
}

/** At zero; one that is paused stays so. */
export function setBack({ sinceMs }: TalkClock, nowMs: number): TalkClock {
  return { passedMs: 0, sinceMs: sinceMs === null ? null : nowMs };
}

/** What was stored; null for what we did not write. */
export function decodeClock(stored: string | null): TalkClock | null {
  try {
    const { passedMs, sinceMs } = JSON.parse(stored ?? '') as Partial<Record<keyof TalkClock, unknown>>;
    if (typeof passedMs !== 'number' || (sinceMs !== null && typeof sinceMs !== 'number')) return null;
    return { passedMs, sinceMs };
  } catch {
    return null;
  }
}
