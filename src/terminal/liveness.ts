/**
 * Finds out that a connection is dead although nobody closed it: a laptop that slept, a network that was changed, a
 * proxy that forgot. A page sees no WebSocket pings, so it asks by a message of its own.
 */

/** Quiet for this long, the connection is asked; below the idle limits of common proxies (60 s). */
const ASK_AFTER_MS = 20_000;
/** An answer over a bad mobile network takes a second or two; whoever waits longer has no connection to speak of. */
const ANSWER_LIMIT_MS = 2_500;
/** The clock is looked at this often … */
const TICK_MS = 2_000;
/** … and when it has gone this much further meanwhile, the machine was asleep, or the tab was frozen. */
const SLEPT_AFTER_MS = 10_000;

export interface LivenessOptions {
  readonly ask: () => void;
  /** Asked and not answered. */
  readonly onDead: () => void;
  /** The machine has slept. */
  readonly onWake: () => void;
  readonly now: () => number;
}

export class Liveness implements Disposable {
  readonly #options: LivenessOptions;
  readonly #ticker: ReturnType<typeof setInterval>;
  #lastTickMs: number;
  #lastHeardMs: number;
  #limit: ReturnType<typeof setTimeout> | undefined;
  #isWatching = false;

  constructor(options: LivenessOptions) {
    this.#options = options;
    this.#lastTickMs = this.#lastHeardMs = options.now();
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
  }

  /** There is a connection from now on, or none. */
  watch(isWatching: boolean): void {
    this.#isWatching = isWatching;
    this.heard();
  }

  /** Something came over it. */
  heard(): void {
    this.#lastHeardMs = this.#options.now();
    clearTimeout(this.#limit);
    this.#limit = undefined;
  }

  /** Asks now, unless a question is under way. */
  probe(): void {
    if (!this.#isWatching || this.#limit !== undefined) return;
    this.#limit = setTimeout(() => {
      this.#limit = undefined;
      if (this.#isWatching) this.#options.onDead();
    }, ANSWER_LIMIT_MS);
    this.#options.ask();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticker);
    clearTimeout(this.#limit);
  }

  #tick(): void {
    const now = this.#options.now();
    const hasSlept = now - this.#lastTickMs > SLEPT_AFTER_MS;
    this.#lastTickMs = now;
    if (hasSlept) this.#options.onWake();
    else if (now - this.#lastHeardMs > ASK_AFTER_MS) this.probe();
  }
}
