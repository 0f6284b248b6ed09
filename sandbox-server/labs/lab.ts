/**
 * The server's own copy of the labs: what it types when a page says "run this block", the sources of the checks,
 * and what a driver must know. None of it comes from a browser.
 */
import type { LabDefinition } from '../protocol/lab.ts';

export interface Lab {
  readonly slug: string;
  readonly definition: LabDefinition;
  /** Commands by block id. */
  readonly runBlocks: ReadonlyMap<string, string>;
  /** Sources of the checks by name. */
  readonly checks: ReadonlyMap<string, string>;
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
