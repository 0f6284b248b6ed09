/** What people leave in the home of a lab when their sandbox ends, and find there again when they come back. */
import type { Clock } from '../clock.ts';
import type { Driver } from '../driver/driver.ts';
import { PodiumError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import type { Logger } from '../telemetry/log.ts';
import type { SandboxEntry } from './sandbox-entry.ts';

const MIB = 1024 * 1024;
/** As the design promises: manifests, scripts and notes, not images and archives. */
const MAX_HOME_BYTES = 10 * MIB;
/** A learner waits for their sandbox to be gone; one that is not answered is ended all the same. */
const SAVE_LIMIT_MS = 10_000;
const RESTORE_LIMIT_MS = 20_000;

export interface KeptHomesDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  /** For all of them together; 0 for none. */
  readonly keptHomesMiB: number;
}

/** Of when it is, and how large as an archive. */
export interface KeptHomeFacts {
  readonly at: Date;
  readonly bytes: number;
}

export interface KeptHomes {
  /** Undefined where none is kept. */
  find(ownerHash: string, labSlug: string): Promise<KeptHomeFacts | undefined>;
  read(ownerHash: string, labSlug: string): Promise<Uint8Array | undefined>;
  /** Keeps what is in the home now. Never throws: what cannot be kept is told to the log, and what was kept before stays. */
  save(entry: SandboxEntry, driver: Driver): Promise<void>;
  /**
   * The files of a home that moves to the next sandbox of its learner at once; undefined where there are none. Throws
   * `home_too_large` or `home_failed`: then nothing may be ended yet.
   */
  take(entry: SandboxEntry, driver: Driver): Promise<Uint8Array | undefined>;
  /** Brings back what moves here, or else what is kept. Never throws; where it fails, the entry says so. */
  restore(entry: SandboxEntry, driver: Driver): Promise<void>;
  /** For someone who begins anew. Throws where the database does not answer. */
  forget(entry: SandboxEntry): Promise<void>;
}

export function createKeptHomes({ store, clock, log, keptHomesMiB }: KeptHomesDeps): KeptHomes {
  const isOn = keptHomesMiB > 0;
  return {
    find: (ownerHash, labSlug) => (isOn ? store.findHome(ownerHash, labSlug) : Promise.resolve(undefined)),
    read: (ownerHash, labSlug) => (isOn ? store.readHome(ownerHash, labSlug) : Promise.resolve(undefined)),
    forget: ({ ownerHash, labSlug }) => store.forgetHome(ownerHash, labSlug),
    async save({ id, ownerHash, labSlug }, driver) {
      if (!isOn) return;
      try {
        const archive = await driver.saveHome(id, MAX_HOME_BYTES, AbortSignal.timeout(SAVE_LIMIT_MS));
        if (archive === undefined) return await store.forgetHome(ownerHash, labSlug);
        await store.keepHome({ ownerHash, lab: labSlug, archive, at: new Date(clock.now()) }, keptHomesMiB * MIB);
      } catch (error) {
        const isLarge = error instanceof PodiumError && error.code === 'home_too_large';
        if (isLarge) log.info({ sandbox: id }, 'a home is too large to be kept');
        else log.warn({ err: error, sandbox: id }, 'a home could not be kept');
      }
    },
    take: ({ id }, driver) => driver.saveHome(id, MAX_HOME_BYTES, AbortSignal.timeout(SAVE_LIMIT_MS)),
    async restore(entry, driver) {
      try {
        const kept = () => (isOn ? store.readHome(entry.ownerHash, entry.labSlug) : undefined);
        const archive = entry.movedHome ?? (await kept());
        entry.movedHome = undefined;
        if (archive) await driver.restoreHome(entry.id, archive, AbortSignal.timeout(RESTORE_LIMIT_MS));
      } catch (error) {
        entry.code = 'home_failed';
        log.error({ err: error, sandbox: entry.id }, 'a home could not be brought back');
      }
    },
  };
}
