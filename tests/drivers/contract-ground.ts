/** What the parts of the drivers' contract share. */
import { randomBytes } from 'node:crypto';
import type { SandboxRecord } from '../../sandbox-server/driver/driver.ts';
import { PodiumError, type ErrorCode } from '../../sandbox-server/errors.ts';

/** Starts a sandbox, of a learner of its own unless one is named. */
export type Start = (owner?: string) => Promise<SandboxRecord>;

export const SIZE = { columns: 80, rows: 24 };
/** A start and an end of a pod on a busy machine, several times over. */
export const TEST_LIMIT_MS = 120_000;
export const never = new AbortController().signal;

/** A learner whom no other test knows. */
export function makeOwner(): string {
  return randomBytes(16).toString('hex');
}

export const hasCode = (code: ErrorCode) => (error: unknown) => error instanceof PodiumError && error.code === code;
