/**
 * What a person has done in a lab, in step with the store and with the other servers: a check that was run by one of
 * them is done on all pages of that person.
 */
import { sandboxId } from '../driver/sandbox-id.ts';
import type { Events } from '../events/events.ts';
import type { Store } from '../store/store.ts';
import type { Logger } from '../telemetry/log.ts';
import type { SandboxEntry } from './sandbox-entry.ts';

export interface SharedProgressDeps {
  readonly store: Store;
  readonly events: Events;
  readonly log: Logger;
}

export interface TableUnderProgress {
  readonly entries: ReadonlyMap<string, SandboxEntry>;
  announce(entry: SandboxEntry): void;
}

export interface SharedProgress extends Disposable {
  /** Reads what the person has done. Never throws: progress is a comfort, a lab can be done without. */
  load(entry: SandboxEntry): Promise<void>;
  /** Forgets it, for someone who begins anew. Never throws. */
  clear(entry: SandboxEntry): Promise<void>;
}

export function keepToProgress({ store, events, log }: SharedProgressDeps, table: TableUnderProgress): SharedProgress {
  /** True if there was something new. */
  function add(entry: SandboxEntry, checks: readonly string[]): boolean {
    // In the store's order, and what is not there yet behind it.
    const merged = [...new Set([...checks, ...entry.checksDone])];
    const isNew = merged.length > entry.checksDone.length;
    entry.checksDone = merged;
    return isNew;
  }

  async function read(entry: SandboxEntry): Promise<boolean> {
    try {
      return add(entry, await store.listChecksDone(entry.ownerHash, entry.labSlug));
    } catch (error) {
      log.error({ err: error, sandbox: entry.id }, 'progress could not be read');
      return false;
    }
  }

  async function readAllAgain(): Promise<void> {
    for (const entry of [...table.entries.values()]) if (await read(entry)) table.announce(entry);
  }

  const subscription = events.subscribe((event) => {
    if (event.type === 'missed') return void readAllAgain();
    if (event.type !== 'check-done') return;
    const entry = table.entries.get(sandboxId(event.ownerHash, event.lab));
    if (entry && add(entry, [...entry.checksDone, event.check])) table.announce(entry);
  });
  return {
    async load(entry) {
      await read(entry);
    },
    async clear({ id, ownerHash, labSlug }) {
      try {
        await store.forgetChecksDone(ownerHash, labSlug);
      } catch (error) {
        log.error({ err: error, sandbox: id }, 'progress could not be cleared');
      }
    },
    [Symbol.dispose]: () => subscription[Symbol.dispose](),
  };
}
