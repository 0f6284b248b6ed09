/**
 * The server's own copy of the labs: what it types when a page says "run this block", what it writes into a home, which
 * answers are right, the sources of checks and solves, and what a driver must know. None of it comes from a browser.
 */
import type { LabDefinition } from '../protocol/lab.ts';
import type { Language } from '../protocol/language.ts';
import type { QuestionKind } from '../protocol/question.ts';

export interface Lab {
  readonly slug: string;
  readonly definition: LabDefinition;
  /** In their order, as the English text has them. */
  readonly steps: readonly Step[];
  /** Commands by block id. */
  readonly runBlocks: ReadonlyMap<string, string>;
  /** Files that a click writes, by block id. */
  readonly savedFiles: ReadonlyMap<string, HomeFile>;
  /** By name. */
  readonly questions: ReadonlyMap<string, LabQuestion>;
  /** Sources of the checks by name. */
  readonly checks: ReadonlyMap<string, string>;
  /** What is in the home from the start. */
  readonly files: readonly HomeFile[];
}

export interface Step {
  readonly number: number;
  /** Of its files: `first-pod` for `04-first-pod.md`. */
  readonly name: string;
  /** What is run and saved, in order. */
  readonly blocks: readonly StepBlock[];
  /** Names, in order. */
  readonly checks: readonly string[];
  /** Source of the script that does the step for the learner. */
  readonly solve: string | undefined;
}

export type StepBlock = RunBlock | SaveBlock;

export interface RunBlock {
  readonly kind: 'run';
  readonly id: string;
  /** From 1. */
  readonly terminal: number;
  readonly command: string;
  /** What one should see then, if the text says so. */
  readonly output: ExpectedOutput | undefined;
  /** In the step's file. */
  readonly line: number;
  /** Help, that not everybody opens. */
  readonly isInHint: boolean;
}

export interface ExpectedOutput {
  readonly text: string;
  readonly isAgain: boolean;
  /** In the step's file. */
  readonly line: number;
}

export interface SaveBlock {
  readonly kind: 'save';
  readonly id: string;
  readonly file: HomeFile;
  readonly line: number;
  readonly isInHint: boolean;
}

export interface HomeFile {
  /** Beneath the home. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly isExecutable: boolean;
}

export interface LabQuestion {
  readonly kind: QuestionKind;
  readonly answerCount: number;
  /** Indexes of the right answers, from 0, rising. */
  readonly right: readonly number[];
  /** Why it is so: paragraphs, with code between backticks. English is always there. */
  readonly explanations: Readonly<Partial<Record<Language, readonly string[]>>>;
}

/** Something that an author must change: where, what, and what to write instead. */
export interface LabProblem {
  /** Relative to the content folder. */
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

export interface LoadedLabs {
  readonly labs: ReadonlyMap<string, Lab>;
  /** A lab with a problem is not among `labs`. */
  readonly problems: readonly LabProblem[];
}
