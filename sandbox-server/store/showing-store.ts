/** The port of what is kept of showings, so that they outlive the server and every server knows them. */
import type { PollResult, Position, Question, ShowingRole, ShowingSettings } from '../protocol/showing.ts';

export interface KeptShowing {
  readonly code: string;
  readonly deck: string;
  readonly position: Position | undefined;
  readonly sequence: number;
  readonly settings: ShowingSettings;
  readonly captions: readonly string[];
  readonly startedAt: Date;
  readonly changedAt: Date;
  readonly endedAt: Date | undefined;
}

export interface NewQuestion extends Omit<Question, 'votes'> {
  readonly author: string;
  readonly at: Date;
}

export interface ShowingStore {
  /** False where the code is taken. */
  create(showing: Pick<KeptShowing, 'code' | 'deck' | 'settings' | 'startedAt'>): Promise<boolean>;
  find(code: string): Promise<KeptShowing | undefined>;
  /** Those that have not ended and have changed since then. */
  countLive(since: Date): Promise<number>;
  /** Codes of those that have not ended and have not changed since then. */
  listStale(since: Date): Promise<readonly string[]>;
  addKey(code: string, role: ShowingRole, keyHash: string): Promise<void>;
  countKeys(code: string): Promise<number>;
  findRole(code: string, keyHash: string): Promise<ShowingRole | undefined>;
  /** The new sequence number; undefined where there is no such showing that has not ended. */
  move(code: string, position: Position, at: Date): Promise<number | undefined>;
  changeSettings(code: string, settings: ShowingSettings, at: Date): Promise<void>;
  keepCaptions(code: string, lines: readonly string[]): Promise<void>;
  addQuestion(code: string, question: NewQuestion): Promise<void>;
  /** In the order in which they were asked. */
  listQuestions(code: string): Promise<readonly Question[]>;
  countQuestionsOf(code: string, author: string): Promise<number>;
  /** The question as it is then; undefined where there is none. */
  changeQuestion(code: string, id: string, state: Question['state']): Promise<Question | undefined>;
  /** Counts once for each voter; undefined where there is no such question. */
  voteForQuestion(code: string, id: string, voter: string): Promise<Question | undefined>;
  /** In place of an earlier vote of the same voter. */
  voteInPoll(code: string, poll: string, voter: string, answers: readonly number[]): Promise<void>;
  readPolls(code: string): Promise<readonly PollResult[]>;
  /** Nobody has a key any more, and who asked or voted is forgotten; what was shown to all is kept. */
  end(code: string, at: Date): Promise<void>;
  /** Of all showings of a deck, the newest first. */
  listAnswered(deck: string, limit: number): Promise<readonly Question[]>;
}
