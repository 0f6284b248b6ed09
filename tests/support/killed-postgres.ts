/** A PostgreSQL that is killed at random moments while one writes to it: a backend of its, or all of it at once. */
import { setTimeout as delay } from 'node:timers/promises';
import { PodiumError } from '../../sandbox-server/errors.ts';
import { systemClock } from '../../sandbox-server/clock.ts';
import { createPostgresStore, openPostgres } from '../../sandbox-server/store/postgres-store.ts';
import type { Store } from '../../sandbox-server/store/store.ts';
import { createLog } from '../../sandbox-server/telemetry/log.ts';
import { findLost, writeProgress } from './acknowledged-writes.ts';
import type { KillOutcome } from './killed-sqlite.ts';
import { createPostgres } from './postgres.ts';

const LONGEST_MS = 200;
/** One that recovers refuses for a moment. */
const RETRY_MS = 50;

/** By turns one backend and the whole server. The store that writes stays the same, as that of a server does. */
export async function killPostgres(kills: number, random: () => number): Promise<KillOutcome> {
  await using postgres = await createPostgres({ isDurable: true });
  const url = await postgres.createDatabase();
  const options = { url, clock: systemClock, log: createLog('silent') };
  await using database = await openPostgres(options, new AbortController().signal);
  const store = createPostgresStore(database);
  const outcome = { kills, acknowledged: 0, lost: 0 };
  for (let kill = 0; kill < kills; kill += 1) {
    const told: number[] = [];
    const writing = writeProgress(store, kill * 1_000_000, (write) => told.push(write)).catch(requireAway);
    while (told.length === 0) await delay(1);
    await delay(random() * LONGEST_MS);
    await (kill % 2 === 0 ? postgres.killAll() : postgres.killBackend());
    await writing;
    if (kill % 2 === 0) await postgres.start();
    await untilBack(store);
    outcome.lost += (await findLost(store, told)).length;
    outcome.acknowledged += told.length;
  }
  return outcome;
}

/** What a page would have been told; anything else is a defect. */
function requireAway(error: unknown): void {
  if (!(error instanceof PodiumError) || error.code !== 'database_unreachable') throw error;
}

async function untilBack(store: Store): Promise<void> {
  for (;;) {
    try {
      await store.keepOnce('back', 'yes');
      return;
    } catch (error) {
      requireAway(error);
      await delay(RETRY_MS);
    }
  }
}
