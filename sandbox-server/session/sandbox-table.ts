/**
 * All sandboxes of this server: one for a person and lab. The driver's records are the truth; this table is
 * rebuilt from them after every restart of the server or the cluster, and adds what only matters while it runs.
 */
import type { Clock } from '../clock.ts';
import type { SandboxRecord } from '../driver/driver.ts';
import type { DriverSwitch } from '../driver/driver-switch.ts';
import { sandboxId } from '../driver/sandbox-id.ts';
import { PodiumError, toPodiumError } from '../errors.ts';
import type { Events } from '../events/events.ts';
import type { Lab } from '../labs/lab.ts';
import type { Sandbox } from '../protocol/sandbox.ts';
import type { Store } from '../store/store.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createEnding, type Ending } from './ending.ts';
import { createSandboxNews, type SandboxListener } from './events.ts';
import { keepToRecords, type RecordKeeper } from './record-keeper.ts';
import { makeEntry, makeSandbox, type SandboxEntry } from './sandbox-entry.ts';
import { requireShare } from './share.ts';
import { keepToProgress, type SharedProgress } from './shared-progress.ts';
import { createStageTrack } from './start-stages.ts';
import { startWhenThereIsRoom } from './start-with-room.ts';
import { createWaitingRoom, type WaitingRoom } from './waiting-room.ts';

export interface SandboxTableDeps {
  readonly drivers: DriverSwitch;
  readonly labs: ReadonlyMap<string, Lab>;
  readonly store: Store;
  readonly events: Events;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly sandboxLimit: number;
}

export interface SandboxTable extends AsyncDisposable {
  /**
   * What is known now; after a restart that is nothing at first. Goes on with what the person waits for, whichever
   * server they waited at before.
   */
  known(ownerHash: string): Sandbox[];
  /** What there is. Throws `cluster_starting` where nothing is known and the driver's records are still to be read. */
  list(ownerHash: string): Sandbox[];
  /** Throws `sandbox_unknown`, also for a sandbox of somebody else; before the records are read `cluster_starting`. */
  get(ownerHash: string, id: string): Sandbox;
  /** The entry, for what is done in a running sandbox. Throws `sandbox_not_running` before and after. */
  requireRunning(ownerHash: string, id: string): SandboxEntry;
  /** Starts or attaches; returns at once, progress comes by events. */
  start(ownerHash: string, labSlug: string): Promise<Sandbox>;
  /** Ends a sandbox, or cancels its start; returns at once, `gone` comes by an event. */
  stop(ownerHash: string, id: string): Sandbox;
  /** Tells the owner's pages how the sandbox is now. */
  announce(entry: SandboxEntry): void;
  subscribe(ownerHash: string, listener: SandboxListener): Disposable;
  /** Called when a sandbox begins to end: whoever serves its terminals closes them. */
  onEnding(listener: (sandboxId: string) => void): void;
}

export function createSandboxTable(deps: SandboxTableDeps): SandboxTable {
  return new Table(deps);
}

class Table implements SandboxTable {
  readonly #deps: SandboxTableDeps;
  readonly #entries = new Map<string, SandboxEntry>();
  readonly #news = createSandboxNews();
  readonly #endingListeners: ((sandboxId: string) => void)[] = [];
  readonly #closing = new AbortController();
  readonly #ending: Ending;
  readonly #room: WaitingRoom;
  readonly #progress: SharedProgress;
  readonly #records: RecordKeeper;

  constructor(deps: SandboxTableDeps) {
    this.#deps = deps;
    deps.metrics.countSandboxes(() => [...this.#entries.values()].map(({ state }) => state));
    this.#ending = createEnding(deps, this.#closing.signal);
    const announce = (entry: SandboxEntry) => this.announce(entry);
    this.#room = createWaitingRoom(deps, {
      entries: this.#entries,
      whenComplete: () => this.#records.whenRead,
      hasPage: (ownerHash) => this.#news.hasListener(ownerHash),
      announce,
      adoptTickets: (ownerHash) => this.#adoptTickets(ownerHash),
    });
    this.#progress = keepToProgress(deps, { entries: this.#entries, announce });
    this.#records = keepToRecords(deps, {
      entries: this.#entries,
      add: (ownerHash, labSlug) => this.#addWithProgress(ownerHash, labSlug),
      run: (entry, record) => this.#run(entry, record),
      extend: (entry, expiresAt) => this.#extend(entry, expiresAt),
      start: (entry, lab) => {
        entry.started = this.#runStart(entry, lab);
      },
      stop: (entry) => this.#stop(entry),
      lose: (entry) => this.#lose(entry),
      announce,
    });
  }

  known(ownerHash: string): Sandbox[] {
    this.#adoptTickets(ownerHash);
    return this.#entriesOf(ownerHash).map(makeSandbox);
  }

  list(ownerHash: string): Sandbox[] {
    const own = this.known(ownerHash);
    if (own.length === 0 && this.#isToBeRestored) throw new PodiumError('cluster_starting');
    return own;
  }

  get(ownerHash: string, id: string): Sandbox {
    return makeSandbox(this.#require(ownerHash, id));
  }

  requireRunning(ownerHash: string, id: string): SandboxEntry {
    const entry = this.#require(ownerHash, id);
    if (entry.state !== 'running') throw new PodiumError('sandbox_not_running');
    return entry;
  }

  async start(ownerHash: string, labSlug: string): Promise<Sandbox> {
    const lab = this.#deps.labs.get(labSlug);
    if (!lab) throw new PodiumError('lab_unknown', { values: { lab: labSlug } });
    if (this.#deps.drivers.kind === 'none') throw new PodiumError('sandboxes_off');
    const existing = this.#entries.get(sandboxId(ownerHash, labSlug));
    if (existing?.state === 'stopping') throw new PodiumError('sandbox_stopping');
    if (existing && existing.state !== 'failed') return makeSandbox(existing);
    if (existing) this.#entries.delete(existing.id);
    requireShare([...this.#entries.values()], ownerHash);
    this.#room.requireRoomOrLine();
    const entry = await this.#addWithProgress(ownerHash, labSlug);
    if (entry.state === 'starting') entry.started = this.#runStart(entry, lab);
    return makeSandbox(entry);
  }

  stop(ownerHash: string, id: string): Sandbox {
    const entry = this.#require(ownerHash, id);
    this.#stop(entry);
    return makeSandbox(entry);
  }

  announce(entry: SandboxEntry): void {
    this.#news.publish(entry.ownerHash, makeSandbox(entry));
  }

  subscribe(ownerHash: string, listener: SandboxListener): Disposable {
    return this.#news.subscribe(ownerHash, listener);
  }

  onEnding(listener: (sandboxId: string) => void): void {
    this.#endingListeners.push(listener);
  }

  /** Leaves the sandboxes where they are: the next server finds them again. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new PodiumError('shutting_down'));
    this.#records[Symbol.dispose]();
    this.#room[Symbol.dispose]();
    this.#progress[Symbol.dispose]();
    for (const { expiry } of this.#entries.values()) expiry?.[Symbol.dispose]();
    return Promise.resolve();
  }

  #entriesOf(ownerHash: string): SandboxEntry[] {
    return [...this.#entries.values()].filter((entry) => entry.ownerHash === ownerHash);
  }

  #require(ownerHash: string, id: string): SandboxEntry {
    const entry = this.#entries.get(id);
    if (entry?.ownerHash === ownerHash) return entry;
    throw new PodiumError(this.#isToBeRestored ? 'cluster_starting' : 'sandbox_unknown');
  }

  /** A server that has just come back must call nothing gone that it has not looked for. */
  get #isToBeRestored(): boolean {
    const { kind, cluster } = this.#deps.drivers;
    return !this.#records.areRead && kind !== 'none' && cluster.state !== 'failed';
  }

  /** Goes on with what this person waits for, whichever server gave the ticket: it is here that they wait now. */
  #adoptTickets(ownerHash: string): void {
    for (const { id, lab: slug, since } of this.#room.ticketsOf(ownerHash)) {
      const lab = this.#deps.labs.get(slug);
      if (!lab || this.#entries.has(id)) continue;
      const adding = this.#addWithProgress(ownerHash, slug);
      const entry = this.#entries.get(id);
      if (!entry) continue;
      entry.waitsSince = since;
      entry.started = adding.then(() => this.#runStart(entry, lab));
    }
  }

  /** In the table at once; resolves when what the person has done of the lab is known too. */
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
    this.#entries.set(entry.id, entry);
    return entry;
  }

  async #runStart(entry: SandboxEntry, lab: Lab): Promise<void> {
    const { drivers, log, metrics } = this.#deps;
    const announce = () => this.announce(entry);
    const cancelled = AbortSignal.any([entry.abort.signal, this.#closing.signal]);
    entry.stages.begin('cluster');
    announce();
    try {
      const record = await startWhenThereIsRoom({ drivers, room: this.#room, announce }, { entry, lab }, cancelled);
      if (entry.state !== 'starting') return;
      metrics.starts.inc({ outcome: 'running' });
      this.#run(entry, record);
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
    this.#setExpiry(entry, record.expiresAt);
    this.announce(entry);
  }

  #setExpiry(entry: SandboxEntry, at: Date): void {
    entry.expiresAt = at;
    entry.expiry?.[Symbol.dispose]();
    entry.expiry = this.#deps.clock.after(at.getTime() - this.#deps.clock.now(), () => this.#stop(entry));
  }

  #fail(entry: SandboxEntry, error: unknown): void {
    const isTimeout = error instanceof DOMException && error.name === 'TimeoutError';
    entry.stages.finish('failed');
    entry.state = 'failed';
    entry.code = isTimeout ? 'start_timeout' : toPodiumError(error).code;
    this.#deps.metrics.starts.inc({ outcome: entry.code });
    this.announce(entry);
    this.#room.noteEnd(entry);
  }

  #stop(entry: SandboxEntry): void {
    if (entry.state === 'stopping') return;
    if (entry.state === 'starting') this.#deps.metrics.starts.inc({ outcome: 'cancelled' });
    entry.state = 'stopping';
    entry.code = undefined;
    entry.expiry?.[Symbol.dispose]();
    entry.abort.abort(new PodiumError('sandbox_ended'));
    for (const listener of this.#endingListeners) listener(entry.id);
    this.announce(entry);
    void this.#finishStop(entry);
  }

  async #finishStop(entry: SandboxEntry): Promise<void> {
    await entry.started;
    const isGone = await this.#ending.end(entry.id, (code) => {
      entry.code = code;
      this.announce(entry);
    });
    if (isGone) this.#forget(entry);
  }

  #extend(entry: SandboxEntry, expiresAt: Date): void {
    this.#setExpiry(entry, expiresAt);
    this.announce(entry);
  }

  /** It has ended without our doing. */
  #lose(entry: SandboxEntry): void {
    for (const listener of this.#endingListeners) listener(entry.id);
    entry.expiry?.[Symbol.dispose]();
    entry.abort.abort(new PodiumError('sandbox_ended'));
    this.#forget(entry);
  }

  #forget(entry: SandboxEntry): void {
    entry.state = 'gone';
    entry.code = undefined;
    if (this.#entries.get(entry.id) === entry) this.#entries.delete(entry.id);
    this.announce(entry);
    this.#room.noteEnd(entry);
  }
}
