import type { Clock } from '../clock.ts';
import type { Events } from '../events/events.ts';
import type { Store } from '../store/store.ts';
import type { Logger } from '../telemetry/log.ts';
import type { SandboxEntry } from './sandbox-entry.ts';

export interface MarkDeps {
  readonly store: Store;
  readonly events: Events;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Remembers that the check has passed, and tells all pages of its person. Throws where the store cannot be written. */
export async function markCheckDone(deps: MarkDeps, entry: SandboxEntry, check: string): Promise<void> {
  const { store, events, clock, log } = deps;
  const done = { ownerHash: entry.ownerHash, lab: entry.labSlug, check };
  await store.markCheckDone({ ...done, at: new Date(clock.now()) });
  if (entry.checksDone.includes(check)) return;
  events.publish({ type: 'check-done', ...done });
  try {
    if (isFinished(entry, check)) await addFinishedRun(deps, entry);
  } catch (error) {
    // A figure for others; the check is done all the same.
    log.warn({ err: error, sandbox: entry.id }, 'how long a lab took could not be kept');
  }
}

function isFinished({ lab, checksDone }: SandboxEntry, last: string): boolean {
  const done = new Set([...checksDone, last]);
  return lab !== undefined && [...lab.checks.keys()].every((name) => done.has(name));
}

/** Only what says how long the lab takes: done from the beginning to the end, at a stretch, without help. */
async function addFinishedRun({ store, clock }: MarkDeps, entry: SandboxEntry): Promise<void> {
  const { ownerHash, labSlug, createdAt, isHelped } = entry;
  const first = await store.findFirstDone(ownerHash, labSlug);
  if (isHelped || !first || first < createdAt) return;
  const seconds = Math.round((clock.now() - createdAt.getTime()) / 1000);
  await store.addFinishedRun({ ownerHash, lab: labSlug, seconds });
}
