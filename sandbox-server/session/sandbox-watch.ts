/** The watch of one sandbox: what is in sight and not done runs by itself at its driver, and nothing else. */
import type { CheckRun, WatchedCheck } from '../driver/driver.ts';
import type { DriverSwitch } from '../driver/driver-switch.ts';
import { decodeCheckHead } from '../labs/check-head.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { CHECK_LIMIT_MS } from './checks.ts';
import type { FlightPace } from './flight-pace.ts';
import { markCheckDone, type MarkDeps } from './mark-check-done.ts';
import type { SandboxEntry } from './sandbox-entry.ts';

/** A watch that was lost is had again after so long, and after twice that each time that it is lost again. */
const RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;
/** Since its first run; one that is lost sooner may be lost each time, as by an agent that ends over what a check does. */
const HELD_MS = 30_000;
/** As scripts end that say "not done", and why. */
const NOT_DONE = 1;

export interface SandboxWatchDeps extends MarkDeps {
  readonly drivers: DriverSwitch;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Disposing it ends it, and resolves when nothing of it runs. */
export interface SandboxWatch extends AsyncDisposable {
  readonly isPaused: boolean;
  /** Watches these from now on, as far as they are not done. */
  see(names: ReadonlySet<string>): void;
  /** Looks again at what is done. */
  update(): void;
  /** Resolves when nothing of it runs; nothing does until the result is disposed. */
  pause(): Promise<Disposable>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Those checks of that name that are not done, and say by what change they might become so. */
export function listWatchable({ lab, checksDone }: SandboxEntry, names: Iterable<string>): WatchedCheck[] {
  return [...new Set(names)].flatMap((name) => {
    const source = lab?.checks.get(name);
    if (source === undefined || checksDone.includes(name)) return [];
    const { needs } = decodeCheckHead(source);
    return needs.length === 0 ? [] : [{ name, source, needs, timeLimitMs: CHECK_LIMIT_MS }];
  });
}

/** The pace is the sandbox's: it holds for the watches that it has one after another. */
export function createSandboxWatch(deps: SandboxWatchDeps, entry: SandboxEntry, pace: FlightPace): SandboxWatch {
  return new Watch(deps, entry, pace);
}

/** What runs at the driver. */
interface Flight {
  /** Those that have not passed. */
  readonly open: Set<string>;
  readonly abort: AbortController;
  /** Those that have, which are being remembered. */
  readonly passed: Set<string>;
  readonly marks: Promise<void>[];
  /** When the first run was heard of, in milliseconds since 1970. */
  heardAt?: number;
  /** Why what has passed could not be remembered. */
  failure?: unknown;
  ended: Promise<void>;
}

class Watch implements SandboxWatch {
  readonly #entry: SandboxEntry;
  readonly #deps: SandboxWatchDeps;
  readonly #pace: FlightPace;
  #names: ReadonlySet<string> = new Set();
  #flight: Flight | undefined;
  #pauses = 0;
  #failures = 0;
  /** While nothing may begin. */
  #pausing: Disposable | undefined;
  #isOver = false;

  constructor(deps: SandboxWatchDeps, entry: SandboxEntry, pace: FlightPace) {
    this.#deps = deps;
    this.#pace = pace;
    this.#entry = entry;
  }

  get isPaused(): boolean {
    return this.#pauses > 0;
  }

  see(names: ReadonlySet<string>): void {
    this.#names = names;
    this.update();
  }

  update(): void {
    const wanted = this.#isOver || this.#pauses > 0 ? [] : listWatchable(this.#entry, this.#names);
    if (this.#flight) {
      const { open, passed, abort } = this.#flight;
      const left = wanted.filter(({ name }) => !passed.has(name));
      if (left.length !== open.size || left.some(({ name }) => !open.has(name))) abort.abort();
    } else if (wanted.length > 0 && !this.#pausing) {
      const pauseMs = this.#pace.waitMs();
      if (pauseMs > 0) this.#pauseFor(pauseMs);
      else this.#fly(wanted);
    }
  }

  async pause(): Promise<Disposable> {
    this.#pauses += 1;
    this.update();
    await this.#flight?.ended;
    let isOn = true;
    return {
      [Symbol.dispose]: () => {
        if (!isOn) return;
        isOn = false;
        this.#pauses -= 1;
        this.update();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#pausing?.[Symbol.dispose]();
    this.update();
    await this.#flight?.ended;
  }

  #fly(checks: readonly WatchedCheck[]): void {
    const flight: Flight = {
      open: new Set(checks.map(({ name }) => name)),
      abort: new AbortController(),
      passed: new Set(),
      marks: [],
      ended: Promise.resolve(),
    };
    this.#pace.begin();
    this.#flight = flight;
    flight.ended = this.#run(flight, checks).finally(() => {
      this.#flight = undefined;
      this.update();
    });
  }

  /** Never rejects: what fails is tried again later. */
  async #run(flight: Flight, checks: readonly WatchedCheck[]): Promise<void> {
    const signal = AbortSignal.any([flight.abort.signal, this.#entry.abort.signal]);
    try {
      const driver = await this.#deps.drivers.whenReady(signal);
      await driver.watchChecks(this.#entry.id, checks, (name, run) => this.#onRun(flight, name, run), signal);
    } catch (error) {
      if (!signal.aborted) flight.failure ??= error;
    }
    if (this.#deps.clock.now() - (flight.heardAt ?? Infinity) >= HELD_MS) this.#failures = 0;
    await Promise.all(flight.marks);
    if (flight.failure !== undefined) this.#onLost(flight.failure);
  }

  #onRun(flight: Flight, name: string, { exitCode }: CheckRun): void {
    if (flight.abort.signal.aborted || this.#entry.abort.signal.aborted) return;
    flight.heardAt ??= this.#deps.clock.now();
    const outcome = exitCode === 0 ? 'done' : exitCode === NOT_DONE ? 'missing' : 'check_failed';
    this.#deps.metrics.checks.inc({ outcome, cause: 'watch' });
    if (exitCode !== 0 || !flight.open.delete(name)) return;
    flight.passed.add(name);
    const mark = markCheckDone(this.#deps, this.#entry, name).catch((error: unknown) => {
      flight.failure ??= error;
      flight.abort.abort();
    });
    flight.marks.push(mark);
  }

  #onLost(error: unknown): void {
    if (this.#isOver) return;
    this.#deps.log.warn({ err: error, sandbox: this.#entry.id }, 'checks are not watched for a while');
    const pauseMs = Math.min(RETRY_MS * 2 ** this.#failures, LONGEST_RETRY_MS);
    this.#failures += 1;
    this.#pauseFor(pauseMs);
  }

  #pauseFor(pauseMs: number): void {
    this.#pausing = this.#deps.clock.after(pauseMs, () => {
      this.#pausing = undefined;
      this.update();
    });
  }
}
