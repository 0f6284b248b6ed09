/**
 * How long sandboxes live: while somebody works in one, up to its lab's ceiling. What is on record is moved before its
 * owner would be warned, so that a page that warns is right, and other servers and the janitor go by the record alone.
 */
import type { Clock } from '../clock.ts';
import type { DriverSwitch } from '../driver/driver-switch.ts';
import type { Logger } from '../telemetry/log.ts';
import { ceilingOf, type SandboxEntry } from './sandbox-entry.ts';

const MINUTE_MS = 60_000;
/** Pages warn five minutes before the end; who has done something lately is not warned. */
const AHEAD_MS = 6 * MINUTE_MS;
/** Each move is a write to the cluster: not for less than this. */
const LEAST_GAIN_MS = MINUTE_MS;
/** A cluster that does not answer is asked again. */
const RETRY_MS = 15_000;

export interface LifetimesDeps {
  readonly drivers: DriverSwitch;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long one lives in which nobody does anything. */
  readonly idleMinutes: number;
}

export interface TableUnderLifetimes {
  announce(entry: SandboxEntry): void;
  stop(entry: SandboxEntry): void;
}

export interface Lifetimes extends Disposable {
  /** What a new sandbox of this lab is given at first. */
  firstMinutes(ceilingMinutes: number): number;
  /** This is on record as its end, from now on. */
  follow(entry: SandboxEntry, expiresAt: Date): void;
  /** Somebody works in it: a key, a click, a check. Costs next to nothing. */
  noteActivity(entry: SandboxEntry): void;
  /** Moves its end at once, as far as it may go; where the cluster does not hear it, the reason is thrown. */
  extend(entry: SandboxEntry): Promise<void>;
}

export function createLifetimes(deps: LifetimesDeps, table: TableUnderLifetimes): Lifetimes {
  return new Keeper(deps, table);
}

class Keeper implements Lifetimes {
  readonly #deps: LifetimesDeps;
  readonly #table: TableUnderLifetimes;
  readonly #closing = new AbortController();
  readonly #moving = new Set<string>();

  constructor(deps: LifetimesDeps, table: TableUnderLifetimes) {
    this.#deps = deps;
    this.#table = table;
  }

  firstMinutes(ceilingMinutes: number): number {
    return Math.min(this.#deps.idleMinutes, ceilingMinutes);
  }

  follow(entry: SandboxEntry, expiresAt: Date): void {
    entry.expiresAt = expiresAt;
    // Of what was done before a restart nothing is known but that it was allowed for.
    entry.activeAt ??= expiresAt.getTime() - this.#idleMs;
    this.#wake(entry, this.#leftMs(entry) - AHEAD_MS);
  }

  noteActivity(entry: SandboxEntry): void {
    entry.activeAt = this.#deps.clock.now();
    if (entry.state === 'running' && this.#leftMs(entry) <= AHEAD_MS) void this.#extendQuietly(entry);
  }

  async extend(entry: SandboxEntry): Promise<void> {
    entry.activeAt = this.#deps.clock.now();
    await this.#extend(entry);
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
  }

  get #idleMs(): number {
    return this.#deps.idleMinutes * MINUTE_MS;
  }

  #leftMs({ expiresAt }: SandboxEntry): number {
    return expiresAt.getTime() - this.#deps.clock.now();
  }

  #wake(entry: SandboxEntry, afterMs: number): void {
    entry.expiry?.[Symbol.dispose]();
    entry.expiry = this.#deps.clock.after(Math.max(0, afterMs), () => this.#onTime(entry));
  }

  #onTime(entry: SandboxEntry): void {
    const leftMs = this.#leftMs(entry);
    if (leftMs <= 0) return this.#table.stop(entry);
    this.#wake(entry, Math.min(leftMs, RETRY_MS));
    void this.#extendQuietly(entry);
  }

  async #extendQuietly(entry: SandboxEntry): Promise<void> {
    try {
      await this.#extend(entry);
    } catch (error) {
      if (!this.#closing.signal.aborted)
        this.#deps.log.warn({ err: error, sandbox: entry.id }, 'a sandbox could not be given more time');
    }
  }

  async #extend(entry: SandboxEntry): Promise<void> {
    const until = new Date(Math.min((entry.activeAt ?? 0) + this.#idleMs, ceilingOf(entry).getTime()));
    const isWorthIt = until.getTime() - entry.expiresAt.getTime() >= LEAST_GAIN_MS;
    if (!isWorthIt || this.#moving.has(entry.id)) return;
    this.#moving.add(entry.id);
    try {
      const signal = AbortSignal.any([entry.abort.signal, this.#closing.signal]);
      const driver = await this.#deps.drivers.whenReady(signal);
      await driver.extend(entry.id, until, signal);
      if (entry.state !== 'running') return;
      this.follow(entry, until);
      this.#table.announce(entry);
    } finally {
      this.#moving.delete(entry.id);
    }
  }
}
