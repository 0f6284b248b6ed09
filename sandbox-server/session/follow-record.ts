/**
 * What a change of a sandbox's record means to this server. Other servers start, extend and end sandboxes too, and an
 * administrator may delete one: the records are the truth, and what is under way here is not disturbed by them. Pure.
 */
import type { SandboxRecord } from '../driver/driver.ts';
import type { SandboxEntry } from './sandbox-entry.ts';

export type Step =
  | 'nothing'
  /** Take it in: another server has begun it, or given it to somebody. */
  | 'admit'
  /** Another server's start has come to its end. */
  | 'run'
  /** It has another time to live. */
  | 'extend'
  /** It ends: by another server, or by hand. */
  | 'stop'
  /** It is gone. */
  | 'forget'
  /** It is gone, and there is a new one of the same person and lab. */
  | 'replace';

export type KnownSandbox = Pick<SandboxEntry, 'state' | 'isElsewhere' | 'createdAt' | 'expiresAt'>;

/** `known` is what this server has of a sandbox, `record` what is on record of it; either may be missing. */
export function decideStep(known: KnownSandbox | undefined, record: SandboxRecord | undefined): Step {
  if (record === undefined) return known && isFollowed(known) ? 'forget' : 'nothing';
  // What another server ends is that one's work.
  if (known === undefined) return record.state === 'stopping' ? 'nothing' : 'admit';
  // Of a start that failed here the rest is being taken away.
  if (known.state === 'failed') return record.state === 'running' ? 'replace' : 'nothing';
  if (!isFollowed(known)) return 'nothing';
  if (record.state === 'stopping') return 'stop';
  if (known.state === 'starting') return record.state === 'running' ? 'run' : 'nothing';
  if (record.createdAt > known.createdAt) return 'replace';
  return record.expiresAt.getTime() === known.expiresAt.getTime() ? 'nothing' : 'extend';
}

/** A start or an end that is this server's own work goes by what it does, not by the records of it. */
function isFollowed({ state, isElsewhere }: KnownSandbox): boolean {
  return state === 'running' || (state === 'starting' && isElsewhere);
}
