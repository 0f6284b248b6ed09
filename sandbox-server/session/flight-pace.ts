import type { Clock } from '../clock.ts';

/**
 * Each time that checks of a sandbox begin to be watched, which is at another step in sight and after each click on Check,
 * they are asked at once and their processor time is counted anew. Who turns a step every ten seconds through a whole lab,
 * and clicks now and then, never waits; who turns to and fro without end has fewer runs than 60 clicks a minute would give.
 */
export const BEGINNINGS_AT_ONCE = 12;
export const BEGINNING_EVERY_MS = 20_000;

/** How soon the checks of one sandbox may begin to be watched again: so many times at once, and one more each so often. */
export class FlightPace {
  readonly #clock: Clock;
  /** When all that has begun is forgotten, in milliseconds since 1970 (the generic cell rate algorithm). */
  #forgottenAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long until one may begin; 0 for now. */
  waitMs(): number {
    const allowed = (BEGINNINGS_AT_ONCE - 1) * BEGINNING_EVERY_MS;
    return Math.max(0, this.#forgottenAt - allowed - this.#clock.now());
  }

  /** One begins now. */
  begin(): void {
    this.#forgottenAt = Math.max(this.#forgottenAt, this.#clock.now()) + BEGINNING_EVERY_MS;
  }
}
