/** All sandboxes of this server, as people ask for theirs: one for a person and lab. */
import { sandboxId } from '../driver/sandbox-id.ts';
import { PodiumError } from '../errors.ts';
import type { Lab } from '../labs/lab.ts';
import type { Sandbox } from '../protocol/sandbox.ts';
import { createSandboxNews, type SandboxListener } from './events.ts';
import type { KeptHomeFacts } from './kept-homes.ts';
import { createLifecycle, type Lifecycle, type LifecycleDeps } from './lifecycle.ts';
import { makeSandbox, type SandboxEntry, type StartWishes } from './sandbox-entry.ts';
import { requireShare } from './share.ts';

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
  /**
   * Starts or attaches; returns at once, progress comes by events. One that starts has the files that are kept of the one
   * before, unless it is to be fresh. Throws `lab_unknown`, or `step_unknown` for one that the lab does not have.
   */
  start(ownerHash: string, labSlug: string, wishes: StartWishes): Promise<Sandbox>;
  /** What there is to come back to; undefined where no files are kept. */
  findKeptHome(ownerHash: string, labSlug: string): Promise<KeptHomeFacts | undefined>;
  /** The files of a lab's home as an archive: as they are now in one that runs, or as they were kept. Undefined without any. */
  readHome(ownerHash: string, labSlug: string): Promise<Uint8Array | undefined>;
  /** Ends all that a person has, and keeps nothing of it; resolves to how many there were. */
  discard(ownerHash: string): Promise<number>;
  /** Ends a sandbox, or cancels its start; returns at once, `gone` comes by an event. */
  stop(ownerHash: string, id: string): Sandbox;
  /**
   * Ends a running sandbox, forgets what was done of its lab and starts another; returns at once. It returns when its files are safe, where they move. Throws
   * `step_unknown`, `home_too_large` and `home_failed` too.
   */
  startOver(ownerHash: string, id: string, wishes: StartWishes): Promise<Sandbox>;
  /** Gives a running sandbox as much more time as it may have. Throws as `requireRunning` does, or why the cluster refused. */
  extend(ownerHash: string, id: string): Promise<Sandbox>;
  /** Somebody works in it. */
  noteActivity(entry: SandboxEntry): void;
  subscribe(ownerHash: string, listener: SandboxListener): Disposable;
  /** Called when one that was started here runs. */
  onStarted(listener: (entry: SandboxEntry) => void): void;
  /** Tells the person's pages how it is. */
  announce(entry: SandboxEntry): void;
  /** Called when a sandbox begins to end: whoever serves its terminals closes them. */
  onEnding(listener: (sandboxId: string) => void): void;
}

export function createSandboxTable(deps: LifecycleDeps): SandboxTable {
  return new Table(deps);
}

class Table implements SandboxTable {
  readonly #deps: LifecycleDeps;
  readonly #news = createSandboxNews();
  readonly #endingListeners: ((sandboxId: string) => void)[] = [];
  readonly #startedListeners: ((entry: SandboxEntry) => void)[] = [];
  readonly #lifecycle: Lifecycle;

  constructor(deps: LifecycleDeps) {
    this.#deps = deps;
    deps.metrics.countSandboxes(() => [...this.#entries.values()].map(({ state }) => state));
    this.#lifecycle = createLifecycle(deps, {
      hasPage: (ownerHash) => this.#news.hasListener(ownerHash),
      announce: (entry) => this.announce(entry),
      onStarted: (entry) => {
        for (const listener of this.#startedListeners) listener(entry);
      },
      onEnding: (id) => {
        for (const listener of this.#endingListeners) listener(id);
      },
    });
  }

  known(ownerHash: string): Sandbox[] {
    this.#lifecycle.adoptTickets(ownerHash);
    const own = [...this.#entries.values()].filter((entry) => entry.ownerHash === ownerHash);
    return own.map(makeSandbox);
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

  async start(ownerHash: string, labSlug: string, wishes: StartWishes): Promise<Sandbox> {
    const lab = this.#deps.labs.get(labSlug);
    if (!lab) throw new PodiumError('lab_unknown', { values: { lab: labSlug } });
    requireStep(lab, wishes.step);
    if (this.#deps.drivers.kind === 'none') throw new PodiumError('sandboxes_off');
    const existing = this.#entries.get(sandboxId(ownerHash, labSlug));
    if (existing?.state === 'stopping') throw new PodiumError('sandbox_stopping');
    if (existing && existing.state !== 'failed') return makeSandbox(existing);
    requireShare([...this.#entries.values()], ownerHash);
    this.#lifecycle.room.requireRoomOrLine();
    return makeSandbox(await this.#lifecycle.begin(ownerHash, lab, wishes));
  }

  findKeptHome(ownerHash: string, labSlug: string): Promise<KeptHomeFacts | undefined> {
    return this.#lifecycle.homes.find(ownerHash, labSlug);
  }

  async readHome(ownerHash: string, labSlug: string): Promise<Uint8Array | undefined> {
    const { homes } = this.#lifecycle;
    const entry = this.#entries.get(sandboxId(ownerHash, labSlug));
    const driver = this.#deps.drivers.current;
    if (entry?.state !== 'running' || !driver) return homes.read(ownerHash, labSlug);
    return homes.take(entry, driver);
  }

  discard(ownerHash: string): Promise<number> {
    return this.#lifecycle.discard(ownerHash);
  }

  stop(ownerHash: string, id: string): Sandbox {
    const entry = this.#require(ownerHash, id);
    this.#lifecycle.stop(entry);
    return makeSandbox(entry);
  }

  async startOver(ownerHash: string, id: string, wishes: StartWishes): Promise<Sandbox> {
    const entry = this.requireRunning(ownerHash, id);
    if (entry.lab) requireStep(entry.lab, wishes.step);
    await this.#lifecycle.startOver(entry, wishes);
    return makeSandbox(entry);
  }

  async extend(ownerHash: string, id: string): Promise<Sandbox> {
    const entry = this.requireRunning(ownerHash, id);
    await this.#lifecycle.lifetimes.extend(entry);
    return makeSandbox(entry);
  }

  noteActivity(entry: SandboxEntry): void {
    this.#lifecycle.lifetimes.noteActivity(entry);
  }

  subscribe(ownerHash: string, listener: SandboxListener): Disposable {
    return this.#news.subscribe(ownerHash, listener);
  }

  announce(entry: SandboxEntry): void {
    this.#news.publish(entry.ownerHash, makeSandbox(entry));
  }

  onStarted(listener: (entry: SandboxEntry) => void): void {
    this.#startedListeners.push(listener);
  }

  onEnding(listener: (sandboxId: string) => void): void {
    this.#endingListeners.push(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lifecycle[Symbol.asyncDispose]();
  }

  get #entries(): ReadonlyMap<string, SandboxEntry> {
    return this.#lifecycle.entries;
  }

  #require(ownerHash: string, id: string): SandboxEntry {
    const entry = this.#entries.get(id);
    if (entry?.ownerHash === ownerHash) return entry;
    throw new PodiumError(this.#isToBeRestored ? 'cluster_starting' : 'sandbox_unknown');
  }

  /** A server that has just come back must call nothing gone that it has not looked for. */
  get #isToBeRestored(): boolean {
    const { kind, cluster } = this.#deps.drivers;
    return !this.#lifecycle.areRecordsRead && kind !== 'none' && cluster.state !== 'failed';
  }
}

function requireStep({ steps }: Lab, step: number): void {
  if (step > 0 && !steps.some(({ number }) => number === step)) throw new PodiumError('step_unknown');
}
