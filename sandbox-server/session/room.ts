import { PodiumError } from '../errors.ts';
import type { SandboxEntry } from './sandbox-entry.ts';

/** Two labs side by side and one forgotten; more is somebody who collects them. */
const MAX_SANDBOXES_PER_PERSON = 3;

/** Throws unless this person may have one more, and the server too. What has failed takes no room. */
export function requireRoom(entries: readonly SandboxEntry[], ownerHash: string, limit: number): void {
  const alive = entries.filter(({ state }) => state !== 'failed');
  if (alive.filter((entry) => entry.ownerHash === ownerHash).length >= MAX_SANDBOXES_PER_PERSON) {
    throw new PodiumError('too_many_sandboxes', { values: { limit: String(MAX_SANDBOXES_PER_PERSON) } });
  }
  if (alive.length >= limit) throw new PodiumError('server_full');
}
