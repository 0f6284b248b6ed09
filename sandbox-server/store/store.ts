/**
 * What must outlive the server: the progress of learners, and what its servers have in common. A person is a keyed hash
 * here, never the id in the cookie, so that nobody can act as a learner with a copy of the database.
 */
import type { PersonalStore } from './personal-store.ts';

import type { ShowingStore } from './showing-store.ts';

export interface CheckDone {
  readonly ownerHash: string;
  readonly lab: string;
  readonly check: string;
  readonly at: Date;
}

/** The files that somebody left in the home of a lab. */
export interface KeptHome {
  readonly ownerHash: string;
  readonly lab: string;
  readonly archive: Uint8Array;
  readonly at: Date;
}

/** Somebody has done all checks of a lab, in one sandbox and by themselves. */
export interface FinishedRun {
  readonly ownerHash: string;
  readonly lab: string;
  readonly seconds: number;
}

/** How long people took for a lab: the one in the middle, of so many. */
export interface MeasuredLab {
  readonly lab: string;
  readonly medianSeconds: number;
  readonly runs: number;
}

export interface Store extends PersonalStore, AsyncDisposable {
  /** Remembers it for good before it resolves. A check that is already done stays done, with its first time. */
  markCheckDone(done: CheckDone): Promise<void>;
  /** Names of the checks that this person has done in this lab, oldest first. */
  listChecksDone(ownerHash: string, lab: string): Promise<readonly string[]>;
  /** As if this person had done nothing in this lab. */
  forgetChecksDone(ownerHash: string, lab: string): Promise<void>;
  /** When the person's first check of this lab was done; undefined while none is. */
  findFirstDone(ownerHash: string, lab: string): Promise<Date | undefined>;
  /** The first run of a person counts, for good: who does a lab again is faster. */
  addFinishedRun(run: FinishedRun): Promise<void>;
  /** Of each lab that somebody has finished. */
  measureLabs(): Promise<readonly MeasuredLab[]>;
  /** Keeps it in place of an earlier one. While all that are kept are more than so many bytes together, the oldest goes. */
  keepHome(home: KeptHome, totalBytes: number): Promise<void>;
  /** Of when it is and how large; undefined where none is kept. */
  findHome(ownerHash: string, lab: string): Promise<{ readonly at: Date; readonly bytes: number } | undefined>;
  readHome(ownerHash: string, lab: string): Promise<Uint8Array | undefined>;
  forgetHome(ownerHash: string, lab: string): Promise<void>;
  /** What is kept under the name: this value if it is the first. All who ask at once, on whichever server, get the same. */
  keepOnce(name: string, value: string): Promise<string>;
  readonly showings: ShowingStore;
}
