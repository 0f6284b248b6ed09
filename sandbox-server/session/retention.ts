/** Forgets people who have not been here for as long as the operator keeps them: once a day, by one of all servers. */
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import type { Logger } from '../telemetry/log.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Often enough that a server that is restarted each night has its turn too. */
const LOOK_EVERY_MS = 60 * 60_000;

export interface RetentionDeps {
  readonly store: Pick<Store, 'claimSweep' | 'forgetIdle'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** With 0 nobody is forgotten. */
  readonly keepDays: number;
}

/** Disposing it waits for a sweep that is under way. */
export function createRetention({ store, clock, log, keepDays }: RetentionDeps): AsyncDisposable {
  let next: Disposable | undefined;
  let sweeping: Promise<void> = Promise.resolve();

  async function sweep(): Promise<void> {
    try {
      const now = clock.now();
      if (!(await store.claimSweep(new Date(now).toISOString().slice(0, 'yyyy-mm-dd'.length)))) return;
      const people = await store.forgetIdle(new Date(now - keepDays * DAY_MS));
      if (people > 0) log.info({ people, keepDays }, 'people who have not been here for long were forgotten');
    } catch (error) {
      log.warn({ err: error }, 'who has not been here for long could not be forgotten; it is tried again');
    }
  }
  function look(): void {
    sweeping = sweep();
    next = clock.after(LOOK_EVERY_MS, look);
  }

  if (keepDays > 0) look();
  return {
    async [Symbol.asyncDispose]() {
      next?.[Symbol.dispose]();
      await sweeping;
    },
  };
}
