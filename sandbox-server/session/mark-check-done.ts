import type { Clock } from '../clock.ts';
import type { Events } from '../events/events.ts';
import type { Store } from '../store/store.ts';
import type { SandboxEntry } from './sandbox-entry.ts';

export interface MarkDeps {
  readonly store: Store;
  readonly events: Events;
  readonly clock: Clock;
}

/** Remembers that the check has passed, and tells all pages of its person. Throws where the store cannot be written. */
export async function markCheckDone(
  { store, events, clock }: MarkDeps,
  entry: SandboxEntry,
  check: string,
): Promise<void> {
  const done = { ownerHash: entry.ownerHash, lab: entry.labSlug, check };
  await store.markCheckDone({ ...done, at: new Date(clock.now()) });
  if (!entry.checksDone.includes(check)) events.publish({ type: 'check-done', ...done });
}
