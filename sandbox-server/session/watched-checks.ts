/**
 * Checks that turn done by themselves: those that a page says it has in sight are asked again whenever what they need
 * has changed. By itself a check only ever becomes done; what is missing is said to a click.
 *
 * A page's word holds for a minute, and is no activity: who only leaves a page open does not keep a sandbox alive by it.
 */
import type { DriverSwitch } from '../driver/driver-switch.ts';
import { sandboxId as idOf } from '../driver/sandbox-id.ts';
import { PodiumError } from '../errors.ts';
import { WATCH_LEASE_MS } from '../protocol/requests.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { FlightPace } from './flight-pace.ts';
import type { MarkDeps } from './mark-check-done.ts';
import { createSandboxWatch, listWatchable, type SandboxWatch } from './sandbox-watch.ts';
import type { SandboxEntry } from './sandbox-entry.ts';
import type { SandboxTable } from './sandbox-table.ts';

/** Somebody's windows side by side; of more the one that was heard of longest ago is forgotten. */
const MAX_PAGES = 8;

export interface WatchedChecksDeps extends MarkDeps {
  readonly drivers: DriverSwitch;
  readonly sandboxes: Pick<SandboxTable, 'requireRunning'>;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface PageSight {
  /** A name that tells the person's pages apart. */
  readonly page: string;
  readonly checks: readonly string[];
}

/** Disposing it ends all watches; no check of theirs runs then. */
export interface WatchedChecks extends AsyncDisposable {
  /**
   * Takes a page's word of what it has in sight, instead of its last one. Returns what is asked by itself for it: checks that
   * are not done and say what they need. Throws as `requireRunning` does, and `check_unknown`.
   */
  watch(ownerHash: string, sandboxId: string, sight: PageSight): readonly string[];
  /** Resolves when no check of that sandbox runs by itself; none does until the result is disposed. */
  pause(entry: SandboxEntry): Promise<Disposable>;
}

interface Lease {
  readonly checks: readonly string[];
  readonly lapse: Disposable;
}

interface Watched {
  readonly watch: SandboxWatch;
  /** By page, the one heard of last at the end. */
  readonly leases: Map<string, Lease>;
  /** To the end of the sandbox. */
  readonly stopListening: () => void;
}

export function createWatchedChecks(deps: WatchedChecksDeps): WatchedChecks {
  return new Watches(deps);
}

class Watches implements WatchedChecks {
  readonly #deps: WatchedChecksDeps;
  readonly #watched = new Map<string, Watched>();
  /** Kept beyond a watch, so that to look away for a moment begins nothing anew. */
  readonly #paces = new WeakMap<SandboxEntry, FlightPace>();
  /** Of sandboxes whose watch is ending. */
  readonly #endings = new Set<Promise<void>>();
  readonly #subscription: Disposable;
  #isClosed = false;

  constructor(deps: WatchedChecksDeps) {
    this.#deps = deps;
    // Also what a click or another server has found done needs not be asked any more.
    this.#subscription = deps.events.subscribe((event) => {
      if (event.type === 'check-done') this.#watched.get(idOf(event.ownerHash, event.lab))?.watch.update();
    });
  }

  watch(ownerHash: string, sandboxId: string, { page, checks }: PageSight): readonly string[] {
    const entry = this.#deps.sandboxes.requireRunning(ownerHash, sandboxId);
    if (this.#isClosed) throw new PodiumError('shutting_down');
    const unknown = checks.find((name) => !entry.lab?.checks.has(name));
    if (unknown !== undefined) throw new PodiumError('check_unknown', { values: { check: unknown } });
    const watchable = listWatchable(entry, checks);
    const names = watchable.map(({ name }) => name);
    const known = this.#watched.get(sandboxId);
    if (names.length === 0 && !known) return names;
    const watched = known ?? this.#begin(entry);
    this.#forgetPage(watched, page);
    if (names.length > 0) {
      const lapse = this.#deps.clock.after(WATCH_LEASE_MS, () => {
        this.#forgetPage(watched, page);
        this.#apply(sandboxId, watched);
      });
      watched.leases.set(page, { checks: names, lapse });
      const [oldest] = watched.leases.keys();
      if (watched.leases.size > MAX_PAGES && oldest !== undefined) this.#forgetPage(watched, oldest);
    }
    this.#apply(sandboxId, watched);
    return names;
  }

  async pause(entry: SandboxEntry): Promise<Disposable> {
    // Also where nothing is watched: a page may come to say so meanwhile.
    const watched = this.#watched.get(entry.id) ?? this.#begin(entry);
    const pause = await watched.watch.pause();
    return {
      [Symbol.dispose]: () => {
        pause[Symbol.dispose]();
        this.#apply(entry.id, watched);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#subscription[Symbol.dispose]();
    for (const [sandboxId, watched] of [...this.#watched]) this.#end(sandboxId, watched);
    await Promise.all(this.#endings);
  }

  #begin(entry: SandboxEntry): Watched {
    const { signal } = entry.abort;
    const pace = this.#paces.get(entry) ?? new FlightPace(this.#deps.clock);
    this.#paces.set(entry, pace);
    const onAbort = () => this.#end(entry.id, watched);
    const watched: Watched = {
      watch: createSandboxWatch(this.#deps, entry, pace),
      leases: new Map(),
      stopListening: () => signal.removeEventListener('abort', onAbort),
    };
    this.#watched.set(entry.id, watched);
    signal.addEventListener('abort', onAbort, { once: true });
    return watched;
  }

  #forgetPage({ leases }: Watched, page: string): void {
    leases.get(page)?.lapse[Symbol.dispose]();
    leases.delete(page);
  }

  #apply(sandboxId: string, watched: Watched): void {
    if (this.#watched.get(sandboxId) !== watched) return;
    if (watched.leases.size === 0 && !watched.watch.isPaused) return this.#end(sandboxId, watched);
    watched.watch.see(new Set([...watched.leases.values()].flatMap(({ checks }) => checks)));
  }

  #end(sandboxId: string, watched: Watched): void {
    this.#watched.delete(sandboxId);
    watched.stopListening();
    for (const page of [...watched.leases.keys()]) this.#forgetPage(watched, page);
    const ending = watched.watch[Symbol.asyncDispose]();
    this.#endings.add(ending);
    void ending.finally(() => this.#endings.delete(ending));
  }
}
