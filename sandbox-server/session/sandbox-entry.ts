import { sandboxId } from '../driver/sandbox-id.ts';
import type { Lab } from '../labs/lab.ts';
import type { Sandbox } from '../protocol/sandbox.ts';
import type { ErrorCode } from '../errors.ts';
import type { StageTrack } from './start-stages.ts';
import type { LinePosition } from './waiting-line.ts';

const MINUTE_MS = 60_000;

/** What the table holds of one sandbox. States only move forward: starting → running → stopping → gone, or starting → failed. */
export interface SandboxEntry {
  readonly id: string;
  readonly ownerHash: string;
  /** Undefined for a record whose lab is no longer among the content. */
  readonly lab: Lab | undefined;
  readonly labSlug: string;
  readonly stages: StageTrack;
  /** Aborted when the sandbox is stopped: ends a start and a check that are under way. */
  readonly abort: AbortController;
  state: Sandbox['state'];
  /** It counts against the limit: it has been let in, or is on record. */
  hasRoom: boolean;
  /** Where it is in the line, while it waits for room. */
  line: LinePosition | undefined;
  /** Since when it waits, or has waited; kept should it have to wait again. */
  waitsSince: Date | undefined;
  namespace: string | undefined;
  createdAt: Date;
  expiresAt: Date;
  /** When somebody last did something in it, in milliseconds since 1970, as far as this server knows. */
  activeAt: number | undefined;
  /** How it is begun anew once it is gone, if it is. */
  startsOver: StartWishes | undefined;
  /** Its owner has everything of theirs deleted. */
  isForgotten: boolean;
  /** The files of the sandbox before, which move to this one. */
  movedHome: Uint8Array | undefined;
  /** Steps before this one are done for the learner, once it runs. */
  firstStep: number;
  /** The step that is being done for the learner, of those up to `last`; with a code, why that failed. */
  solving: { readonly step: number; readonly last: number; readonly code: ErrorCode | undefined } | undefined;
  /** A step was done for the learner, as far as this server knows. */
  isHelped: boolean;
  code: ErrorCode | undefined;
  checksDone: readonly string[];
  isChecking: boolean;
  /** Its start is another server's work, of which the record tells. */
  isElsewhere: boolean;
  /** When the sandbox is over; while it starts elsewhere, when this server takes that over. */
  expiry: Disposable | undefined;
  /** Resolves when the start has come to an end, however; never rejects. */
  started: Promise<void>;
}

/** What somebody wants of a sandbox that starts. */
export interface StartWishes {
  /** Without the files that are kept, which are deleted. */
  readonly isFresh: boolean;
  /** At the step of this number: those before it are done for them. With 0 none are. */
  readonly step: number;
}

export interface EntryOptions {
  readonly ownerHash: string;
  readonly labSlug: string;
  readonly lab: Lab | undefined;
  readonly stages: StageTrack;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A sandbox that begins to start now. */
export function makeEntry({ ownerHash, labSlug, lab, stages, now }: EntryOptions): SandboxEntry {
  return {
    id: sandboxId(ownerHash, labSlug),
    ownerHash,
    lab,
    labSlug,
    stages,
    abort: new AbortController(),
    state: 'starting',
    hasRoom: false,
    line: undefined,
    waitsSince: undefined,
    namespace: undefined,
    createdAt: new Date(now),
    expiresAt: new Date(now + (lab?.definition.ceilingMinutes ?? 0) * MINUTE_MS),
    activeAt: undefined,
    startsOver: undefined,
    isForgotten: false,
    movedHome: undefined,
    firstStep: 0,
    solving: undefined,
    isHelped: false,
    code: undefined,
    checksDone: [],
    isChecking: false,
    isElsewhere: false,
    expiry: undefined,
    started: Promise.resolve(),
  };
}

/** When it ends at the latest, whatever is done in it. That of a lab which is gone is not moved. */
export function ceilingOf({ lab, createdAt, expiresAt }: SandboxEntry): Date {
  return lab ? new Date(createdAt.getTime() + lab.definition.ceilingMinutes * MINUTE_MS) : expiresAt;
}

/** What the owner's pages are told. */
export function makeSandbox(entry: SandboxEntry): Sandbox {
  return {
    id: entry.id,
    lab: entry.labSlug,
    state: entry.state,
    stages: entry.stages.view(),
    ...(entry.line === undefined ? {} : { line: sayLine(entry.line) }),
    ...(entry.namespace === undefined ? {} : { namespace: entry.namespace }),
    createdAt: entry.createdAt.toISOString(),
    expiresAt: entry.expiresAt.toISOString(),
    ceilingAt: ceilingOf(entry).toISOString(),
    ...(entry.solving === undefined ? {} : { solving: saySolving(entry.solving) }),
    checksDone: [...entry.checksDone],
    ...(entry.code === undefined ? {} : { code: entry.code }),
  };
}

function saySolving({ step, last, code }: NonNullable<SandboxEntry['solving']>): NonNullable<Sandbox['solving']> {
  return { step, last, ...(code === undefined ? {} : { code }) };
}

function sayLine({ position, waiting, remainingMs }: LinePosition): NonNullable<Sandbox['line']> {
  return {
    position,
    waiting,
    ...(remainingMs === undefined ? {} : { remainingSeconds: Math.ceil(remainingMs / 1000) }),
  };
}
