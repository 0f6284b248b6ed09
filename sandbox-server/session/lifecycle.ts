/**
 * What becomes of each sandbox: starting → running → stopping → gone, or failed. The driver's records are the truth; the
 * entries are rebuilt from them after every restart of the server or the cluster, and add what only matters meanwhile.
 */
import type { Clock } from '../clock.ts';
import type { Driver, SandboxRecord } from '../driver/driver.ts';
import type { DriverSwitch } from '../driver/driver-switch.ts';
import { PodiumError, toPodiumError } from '../errors.ts';
import type { Events } from '../events/events.ts';
import type { Lab } from '../labs/lab.ts';
import type { Reservations } from '../schedule/reservations.ts';
import type { Store } from '../store/store.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createEnding, type Ending } from './ending.ts';
import { createKeptHomes, type KeptHomes } from './kept-homes.ts';
import { createLifetimes, type Lifetimes } from './lifetimes.ts';
import { keepToRecords, type RecordKeeper } from './record-keeper.ts';
import { makeEntry, type SandboxEntry, type StartWishes } from './sandbox-entry.ts';
import { keepToProgress, type SharedProgress } from './shared-progress.ts';
import { createStageTrack } from './start-stages.ts';
import { startWhenThereIsRoom } from './start-with-room.ts';
import { createWaitingRoom, type WaitingRoom } from './waiting-room.ts';

export interface LifecycleDeps {
  readonly drivers: DriverSwitch;
  readonly labs: ReadonlyMap<string, Lab>;
  readonly store: Store;
  readonly events: Events;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly sandboxLimit: number;
  readonly reservations: Reservations;
  readonly idleMinutes: number;
  readonly keptHomesMiB: number;
}

/** Who is to hear of it. */
export interface Audience {
  /** Somebody looks at a page of this person here. */
  hasPage(ownerHash: string): boolean;
  announce(entry: SandboxEntry): void;
  /** Called when a sandbox begins to end. */
  onEnding(sandboxId: string): void;
  /** Called when one that was started here runs; not for one that was found. */
  onStarted(entry: SandboxEntry): void;
}

/** Disposing it leaves the sandboxes where they are, for the next server to find; those that were stopped are ended. */
export interface Lifecycle extends AsyncDisposable {
  readonly entries: ReadonlyMap<string, SandboxEntry>;
  readonly room: WaitingRoom;
  readonly lifetimes: Lifetimes;
  readonly homes: KeptHomes;
  /** The records of a driver have been read, so that what is not among the entries is not there. */
  readonly areRecordsRead: boolean;
  /**
   * Begins a start of what is not among the entries, or has failed; resolves when the person's progress is known. A fresh
   * one forgets the home that is kept.
   */
  begin(ownerHash: string, lab: Lab, wishes: StartWishes, movedHome?: Uint8Array): Promise<SandboxEntry>;
  /** Goes on with what this person waits for, whichever server gave the ticket: it is here that they wait now. */
  adoptTickets(ownerHash: string): void;
  /** Ends it, or cancels its start. */
  stop(entry: SandboxEntry): void;
  /** Ends all of a person without keeping anything of them; resolves to how many, when nothing more is kept. */
  discard(ownerHash: string): Promise<number>;
  /**
   * Ends it, and begins it anew with nothing done but what is wished. Throws `home_too_large` or `home_failed`, with nothing
   * ended, where its files cannot move.
   */
  startOver(entry: SandboxEntry, wishes: StartWishes): Promise<void>;
}

export function createLifecycle(deps: LifecycleDeps, audience: Audience): Lifecycle {
  return new Keeper(deps, audience);
}

class Keeper implements Lifecycle {
  readonly entries = new Map<string, SandboxEntry>();
  readonly room: WaitingRoom;
  readonly lifetimes: Lifetimes;
  readonly homes: KeptHomes;
  readonly #deps: LifecycleDeps;
  readonly #audience: Audience;
  readonly #closing = new AbortController();
  readonly #ending: Ending;
  readonly #progress: SharedProgress;
  readonly #records: RecordKeeper;
  /** Homes that are being kept: the ends of their sandboxes are ordered after that. */
  readonly #saving = new Set<Promise<void>>();

  constructor(deps: LifecycleDeps, audience: Audience) {
    this.#deps = deps;
    this.#audience = audience;
    this.#ending = createEnding(deps, this.#closing.signal);
    this.homes = createKeptHomes(deps);
    const announce = (entry: SandboxEntry) => audience.announce(entry);
    const stop = (entry: SandboxEntry) => this.stop(entry);
    this.room = createWaitingRoom(deps, {
      entries: this.entries,
      whenComplete: () => this.#records.whenRead,
      hasPage: (ownerHash) => audience.hasPage(ownerHash),
      announce,
      adoptTickets: (ownerHash) => this.adoptTickets(ownerHash),
    });
    this.lifetimes = createLifetimes(deps, { announce, stop });
    this.#progress = keepToProgress(deps, { entries: this.entries, announce });
    this.#records = keepToRecords(deps, {
      entries: this.entries,
      add: (ownerHash, labSlug) => this.#addWithProgress(ownerHash, labSlug),
      run: (entry, record) => this.#run(entry, record),
      extend: (entry, expiresAt) => this.#extend(entry, expiresAt),
      start: (entry, lab) => {
        entry.started = this.#runStart(entry, lab);
      },
      stop,
      lose: (entry) => this.#lose(entry),
      announce,
    });
  }

  get areRecordsRead(): boolean {
    return this.#records.areRead;
  }

  async begin(
    ownerHash: string,
    lab: Lab,
    { isFresh, step }: StartWishes,
    movedHome?: Uint8Array,
  ): Promise<SandboxEntry> {
    const entry = await this.#addWithProgress(ownerHash, lab.slug);
    entry.firstStep = step;
    entry.movedHome = movedHome;
    if (isFresh) await this.homes.forget(entry);
    if (entry.state === 'starting') entry.started = this.#runStart(entry, lab);
    return entry;
  }

  adoptTickets(ownerHash: string): void {
    for (const { id, lab: slug, since } of this.room.ticketsOf(ownerHash)) {
      const lab = this.#deps.labs.get(slug);
      if (!lab || this.entries.has(id)) continue;
      const adding = this.#addWithProgress(ownerHash, slug);
      const entry = this.entries.get(id);
      if (!entry) continue;
      entry.waitsSince = since;
      entry.started = adding.then(() => this.#runStart(entry, lab));
    }
  }

  stop(entry: SandboxEntry): void {
    if (entry.state === 'stopping') return;
    if (entry.state === 'starting') this.#deps.metrics.starts.inc({ outcome: 'cancelled' });
    // Without what was kept, it is no newer version of it.
    const isWanted = entry.startsOver?.isFresh !== true && !entry.isForgotten;
    const isToBeKept = entry.state === 'running' && isWanted && entry.code !== 'home_failed';
    entry.state = 'stopping';
    entry.code = undefined;
    entry.expiry?.[Symbol.dispose]();
    entry.abort.abort(new PodiumError('sandbox_ended'));
    this.#audience.onEnding(entry.id);
    this.#audience.announce(entry);
    void this.#finishStop(entry, isToBeKept);
  }

  async discard(ownerHash: string): Promise<number> {
    const own = [...this.entries.values()].filter((entry) => entry.ownerHash === ownerHash);
    for (const entry of own) {
      entry.isForgotten = true;
      entry.startsOver = undefined;
      this.stop(entry);
    }
    // One that was ending already may be about to keep its home.
    await Promise.all(this.#saving);
    return own.length;
  }

  async startOver(entry: SandboxEntry, wishes: StartWishes): Promise<void> {
    if (!wishes.isFresh) {
      const driver = await this.#deps.drivers.whenReady(entry.abort.signal);
      const home = await this.homes.take(entry, driver);
      // Somebody has stopped it meanwhile, or started it over.
      if (entry.state !== 'running') throw new PodiumError('sandbox_not_running');
      entry.movedHome = home;
    }
    entry.startsOver = wishes;
    this.stop(entry);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#saving);
    this.#closing.abort(new PodiumError('shutting_down'));
    this.#records[Symbol.dispose]();
    this.room[Symbol.dispose]();
    this.#progress[Symbol.dispose]();
    this.lifetimes[Symbol.dispose]();
    for (const { expiry } of this.entries.values()) expiry?.[Symbol.dispose]();
  }

  /** Among the entries at once; resolves when what the person has done of the lab is known too. */
  async #addWithProgress(ownerHash: string, labSlug: string): Promise<SandboxEntry> {
    const entry = this.#add(ownerHash, labSlug);
    await this.#progress.load(entry);
    return entry;
  }

  #add(ownerHash: string, labSlug: string): SandboxEntry {
    const { clock, labs, metrics } = this.#deps;
    const stages = createStageTrack(
      () => clock.now(),
      (stage, elapsedMs) => metrics.startStages.observe({ stage }, elapsedMs / 1000),
    );
    const entry = makeEntry({ ownerHash, labSlug, lab: labs.get(labSlug), stages, now: clock.now() });
    this.entries.set(entry.id, entry);
    return entry;
  }

  async #runStart(entry: SandboxEntry, lab: Lab): Promise<void> {
    const { drivers, log, metrics } = this.#deps;
    const announce = () => this.#audience.announce(entry);
    const cancelled = AbortSignal.any([entry.abort.signal, this.#closing.signal]);
    entry.stages.begin('cluster');
    announce();
    try {
      const deps = { drivers, room: this.room, lifetimes: this.lifetimes, homes: this.homes, log, announce };
      const { record, isFound } = await startWhenThereIsRoom(deps, { entry, lab }, cancelled);
      // Its record may have told of it already.
      if (entry.state === 'starting') {
        metrics.starts.inc({ outcome: 'running' });
        this.#run(entry, record);
      }
      if (entry.state === 'running' && !isFound) this.#audience.onStarted(entry);
    } catch (error) {
      if (entry.state !== 'starting' || this.#closing.signal.aborted) return;
      this.#fail(entry, error);
      log.warn({ err: error, sandbox: entry.id, code: entry.code }, 'start failed');
    }
  }

  #run(entry: SandboxEntry, record: SandboxRecord): void {
    entry.hasRoom = true;
    entry.stages.finish('done');
    entry.state = 'running';
    entry.namespace = record.namespace;
    entry.createdAt = record.createdAt;
    this.#extend(entry, record.expiresAt);
  }

  #extend(entry: SandboxEntry, expiresAt: Date): void {
    this.lifetimes.follow(entry, expiresAt);
    this.#audience.announce(entry);
  }

  #fail(entry: SandboxEntry, error: unknown): void {
    const isTimeout = error instanceof DOMException && error.name === 'TimeoutError';
    entry.stages.finish('failed');
    entry.state = 'failed';
    entry.code = isTimeout ? 'start_timeout' : toPodiumError(error).code;
    this.#deps.metrics.starts.inc({ outcome: entry.code });
    this.#audience.announce(entry);
    this.room.noteEnd(entry);
  }

  async #finishStop(entry: SandboxEntry, isToBeKept: boolean): Promise<void> {
    await entry.started;
    const driver = this.#deps.drivers.current;
    if (isToBeKept && driver) await this.#save(entry, driver);
    const isGone = await this.#ending.end(entry.id, (code) => {
      entry.code = code;
      this.#audience.announce(entry);
    });
    if (!isGone) return;
    if (entry.startsOver && entry.lab) await this.#beginAnew(entry, entry.lab, entry.startsOver);
    else this.#forget(entry);
  }

  async #save(entry: SandboxEntry, driver: Driver): Promise<void> {
    const saving = this.homes.save(entry, driver);
    this.#saving.add(saving);
    await saving.finally(() => this.#saving.delete(saving));
  }

  /** Its pages see it start; that it was gone for a moment is nothing to tell. */
  async #beginAnew(entry: SandboxEntry, lab: Lab, wishes: StartWishes): Promise<void> {
    await this.#progress.clear(entry);
    this.#drop(entry);
    await this.begin(entry.ownerHash, lab, wishes, entry.movedHome);
  }

  /** It has ended without our doing. */
  #lose(entry: SandboxEntry): void {
    this.#audience.onEnding(entry.id);
    entry.expiry?.[Symbol.dispose]();
    entry.abort.abort(new PodiumError('sandbox_ended'));
    this.#forget(entry);
  }

  #forget(entry: SandboxEntry): void {
    entry.state = 'gone';
    entry.code = undefined;
    this.#drop(entry);
    this.#audience.announce(entry);
  }

  #drop(entry: SandboxEntry): void {
    if (this.entries.get(entry.id) === entry) this.entries.delete(entry.id);
    this.room.noteEnd(entry);
  }
}
