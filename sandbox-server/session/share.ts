import { PodiumError } from '../errors.ts';
import type { SandboxEntry } from './sandbox-entry.ts';

/** Two labs side by side and one forgotten; more is somebody who collects them. */
const MAX_SANDBOXES_PER_PERSON = 3;

/** Throws unless this person may have one more. What has failed does not count. */
export function requireShare(entries: readonly SandboxEntry[], ownerHash: string): void {
  const own = entries.filter((entry) => entry.ownerHash === ownerHash && entry.state !== 'failed');
  if (own.length < MAX_SANDBOXES_PER_PERSON) return;
  throw new PodiumError('too_many_sandboxes', { values: { limit: String(MAX_SANDBOXES_PER_PERSON) } });
}
