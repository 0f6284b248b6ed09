import type { Lab } from '../labs/lab.ts';
import type { Sandbox } from '../protocol/sandbox.ts';
import type { ErrorCode } from '../errors.ts';
import type { StageTrack } from './start-stages.ts';

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
  namespace: string | undefined;
  createdAt: Date;
  expiresAt: Date;
  code: ErrorCode | undefined;
  checksDone: readonly string[];
  isChecking: boolean;
  expiry: Disposable | undefined;
  /** Resolves when the start has come to an end, however; never rejects. */
  started: Promise<void>;
}

/** What the owner's pages are told. */
export function makeSandbox(entry: SandboxEntry): Sandbox {
  return {
    id: entry.id,
    lab: entry.labSlug,
    state: entry.state,
    stages: entry.stages.view(),
    ...(entry.namespace === undefined ? {} : { namespace: entry.namespace }),
    createdAt: entry.createdAt.toISOString(),
    expiresAt: entry.expiresAt.toISOString(),
    checksDone: [...entry.checksDone],
    ...(entry.code === undefined ? {} : { code: entry.code }),
  };
}
