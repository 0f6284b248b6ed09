/**
 * Keeps the table of sandboxes true to the driver's records: they are read when a driver comes, by which a restarted
 * server finds what there is, and followed from then on, because other servers change them too.
 */
import type { Clock } from '../clock.ts';
import type { Driver, SandboxRecord, SandboxRecords } from '../driver/driver.ts';
import type { DriverSwitch } from '../driver/driver-switch.ts';
import type { Lab } from '../labs/lab.ts';
import type { Logger } from '../telemetry/log.ts';
import { decideStep } from './follow-record.ts';
import type { SandboxEntry } from './sandbox-entry.ts';

/** A cluster that does not answer is asked again; until then nobody is told that their sandbox is gone. */
const RETRY_MS = 2000;
/** A start of another server that has come to nothing by then, on a node that is busy too: that server is gone. */
const TAKE_OVER_MS = 60_000;

/** What records may bring about in the table. */
export interface TableUnderRecords {
  readonly entries: ReadonlyMap<string, SandboxEntry>;
  /** Adds a sandbox that starts; resolves when the person's progress is known. */
  add(ownerHash: string, labSlug: string): Promise<SandboxEntry>;
  /** Begins or goes on with a start. */
  start(entry: SandboxEntry, lab: Lab): void;
  run(entry: SandboxEntry, record: SandboxRecord): void;
  extend(entry: SandboxEntry, expiresAt: Date): void;
  stop(entry: SandboxEntry): void;
  /** It has ended without our doing. */
  lose(entry: SandboxEntry): void;
  announce(entry: SandboxEntry): void;
}

export interface RecordKeeperDeps {
  readonly drivers: DriverSwitch;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface RecordKeeper extends Disposable {
  /** The records of a driver have been read, so that what is not in the table is not there. */
  readonly areRead: boolean;
  /** Resolves when that is so. */
  readonly whenRead: Promise<void>;
}

export function keepToRecords(deps: RecordKeeperDeps, table: TableUnderRecords): RecordKeeper {
  return new Keeper(deps, table);
}

class Keeper implements RecordKeeper {
  areRead = false;
  readonly #read = Promise.withResolvers<void>();
  readonly #deps: RecordKeeperDeps;
  readonly #table: TableUnderRecords;
  readonly #closing = new AbortController();
  readonly #subscription: Disposable;
  #driver: Driver | undefined;
  #following: Disposable | undefined;
  #records: SandboxRecords = new Map();

  constructor(deps: RecordKeeperDeps, table: TableUnderRecords) {
    this.#deps = deps;
    this.#table = table;
    this.#subscription = deps.drivers.subscribe(() => this.#onDriverChange());
    this.#onDriverChange();
  }

  get whenRead(): Promise<void> {
    return this.#read.promise;
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#subscription[Symbol.dispose]();
    this.#following?.[Symbol.dispose]();
  }

  #onDriverChange(): void {
    const driver = this.#deps.drivers.current;
    if (!driver || driver === this.#driver) return;
    this.#driver = driver;
    this.#following?.[Symbol.dispose]();
    this.#readAll(driver).catch((error: unknown) => {
      this.#driver = undefined;
      if (this.#closing.signal.aborted) return;
      this.#deps.log.error({ err: error, retryMs: RETRY_MS }, 'sandboxes on record could not be read');
      this.#deps.clock.after(RETRY_MS, () => this.#onDriverChange());
    });
  }

  async #readAll(driver: Driver): Promise<void> {
    const table = this.#table;
    const { entries } = table;
    const records = await driver.list(this.#closing.signal);
    const recorded = new Set(records.map(({ id }) => id));
    // What ran in a cluster that was replaced is gone with it.
    for (const entry of [...entries.values()])
      if (entry.state === 'running' && !recorded.has(entry.id)) table.lose(entry);
    for (const record of records) if (!entries.has(record.id)) await this.#readmit(record);
    this.areRead = true;
    this.#read.resolve();
    this.#deps.log.info({ count: records.length }, 'sandboxes on record were read');
    if (this.#closing.signal.aborted || this.#driver !== driver) return;
    this.#following = driver.follow((present) => {
      this.#records = present;
      for (const id of new Set([...entries.keys(), ...present.keys()])) this.#follow(id);
    });
  }

  /** Takes in what was there before this server, and goes on with what that one had begun. */
  async #readmit(record: SandboxRecord): Promise<void> {
    const table = this.#table;
    const entry = await table.add(record.ownerHash, record.lab);
    if (entry.state !== 'starting') return;
    entry.hasRoom = true;
    entry.createdAt = record.createdAt;
    entry.expiresAt = record.expiresAt;
    const isOver = record.expiresAt.getTime() <= this.#deps.clock.now();
    if (record.state === 'stopping' || isOver) table.stop(entry);
    // A lab that lost its files is no reason to take a running shell away; its checks are what is missing.
    else if (record.state === 'running') table.run(entry, record);
    else this.#startOrStop(entry);
  }

  #startOrStop(entry: SandboxEntry): void {
    if (entry.lab) this.#table.start(entry, entry.lab);
    else this.#table.stop(entry);
  }

  #follow(id: string): void {
    const table = this.#table;
    const [entry, record] = [table.entries.get(id), this.#records.get(id)];
    const step = decideStep(entry, record);
    if (entry && (step === 'forget' || step === 'replace')) table.lose(entry);
    if (record && (step === 'admit' || step === 'replace')) void this.#admit(record);
    if (entry && step === 'stop') table.stop(entry);
    if (entry && record && step === 'run') table.run(entry, record);
    if (entry && record && step === 'extend') table.extend(entry, record.expiresAt);
  }

  /** Takes in what another server has begun. */
  async #admit(record: SandboxRecord): Promise<void> {
    const entry = await this.#table.add(record.ownerHash, record.lab);
    if (entry.state !== 'starting') return;
    entry.createdAt = record.createdAt;
    entry.expiresAt = record.expiresAt;
    entry.hasRoom = true;
    entry.isElsewhere = true;
    entry.expiry = this.#deps.clock.after(TAKE_OVER_MS, () => {
      entry.isElsewhere = false;
      this.#startOrStop(entry);
    });
    this.#table.announce(entry);
    // What it is by now.
    this.#follow(entry.id);
  }
}
