/** Time as a parameter, so that tests do not wait for it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `action` once after `delayMs`; disposing the result cancels it. Does not keep the process alive. */
  after(delayMs: number, action: () => void): Disposable;
}

/** The longest delay that a Node timer takes; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, Math.min(Math.max(delayMs, 0), MAX_TIMER_MS)).unref();
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
