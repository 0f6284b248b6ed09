/**
 * What must outlive the server: the progress of learners, and what its servers have in common. A person is a keyed hash
 * here, never the id in the cookie, so that nobody can act as a learner with a copy of the database.
 */

export interface CheckDone {
  readonly ownerHash: string;
  readonly lab: string;
  readonly check: string;
  readonly at: Date;
}

export interface Store extends AsyncDisposable {
  /** Remembers it for good before it resolves. A check that is already done stays done, with its first time. */
  markCheckDone(done: CheckDone): Promise<void>;
  /** Names of the checks that this person has done in this lab, oldest first. */
  listChecksDone(ownerHash: string, lab: string): Promise<readonly string[]>;
  /** As if this person had done nothing in this lab. */
  forgetChecksDone(ownerHash: string, lab: string): Promise<void>;
  /** What is kept under the name: this value if it is the first. All who ask at once, on whichever server, get the same. */
  keepOnce(name: string, value: string): Promise<string>;
}
