/** What is kept of one person beyond what is done, and all of it at once: to be seen, and to be forgotten. */

/** The step that somebody had open last in a lab. */
export interface Place {
  readonly ownerHash: string;
  readonly lab: string;
  readonly step: number;
  readonly at: Date;
}

/** What somebody has answered to a question last; none for who wanted to be told. */
export interface GivenAnswer {
  readonly ownerHash: string;
  readonly lab: string;
  readonly question: string;
  /** Indexes of the answers, from 0. */
  readonly answers: readonly number[];
  readonly at: Date;
}

/** All that is kept of a person; of homes what they are, not what is in them. */
export interface PersonalData {
  readonly checksDone: readonly { readonly lab: string; readonly check: string; readonly at: Date }[];
  readonly places: readonly Omit<Place, 'ownerHash'>[];
  readonly answers: readonly Omit<GivenAnswer, 'ownerHash'>[];
  readonly finishedRuns: readonly { readonly lab: string; readonly seconds: number }[];
  readonly homes: readonly { readonly lab: string; readonly at: Date; readonly bytes: number }[];
}

/** How many there were of each. */
export type ForgottenData = { readonly [K in keyof PersonalData]: number };

export interface PersonalStore {
  keepPlace(place: Place): Promise<void>;
  findPlace(ownerHash: string, lab: string): Promise<{ readonly step: number; readonly at: Date } | undefined>;
  /** In place of an earlier one. */
  keepAnswer(answer: GivenAnswer): Promise<void>;
  listAnswers(ownerHash: string, lab: string): Promise<readonly Pick<GivenAnswer, 'question' | 'answers'>[]>;
  readPerson(ownerHash: string): Promise<PersonalData>;
  /** All or nothing. */
  forgetPerson(ownerHash: string): Promise<ForgottenData>;
  /** Of all who have left no trace since: how many people that were. */
  forgetIdle(since: Date): Promise<number>;
  /** True for one of all servers that ask for this day. */
  claimSweep(day: string): Promise<boolean>;
}
