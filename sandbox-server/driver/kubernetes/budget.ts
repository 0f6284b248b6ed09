import type { Clock } from '../../clock.ts';

export interface Budget {
  /** False when more was taken than there is. */
  take(amount: number): boolean;
}

/** What somebody may use up: `burst` at once, and `perSecond` in the long run (a token bucket). */
export function createBudget(clock: Clock, { perSecond, burst }: { perSecond: number; burst: number }): Budget {
  let left = burst;
  let countedAt = clock.now();
  return {
    take(amount) {
      const now = clock.now();
      left = Math.min(burst, left + ((now - countedAt) / 1000) * perSecond) - amount;
      countedAt = now;
      return left >= 0;
    },
  };
}
