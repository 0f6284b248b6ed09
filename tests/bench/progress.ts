/** How long the store takes until a check is done for good, beside a bare insert with the same promise, on the same disk. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSqliteStore } from '../../sandbox-server/store/sqlite-store.ts';
import type { Store } from '../../sandbox-server/store/store.ts';
import { type Figure, percentile } from './figures.ts';

/** By turns, so that a disk that is slow for a while is slow for both. */
const ROUNDS = 10;
const WRITES = 200;
/** A room whose checks are all done at the same moment. */
const ROOM = 100;
/** Issue. */
const P95_LIMIT_MS = 20;

export async function measureProgress(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'podium-progress-'));
  const bare = openBare(join(folder, 'bare.db'));
  const [ofStore, ofBare, ofRoom]: [number[], number[], number[]] = [[], [], []];
  {
    await using store = await createSqliteStore(join(folder, 'podium.db'));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let write = 0; write < WRITES; write += 1) {
        ofBare.push(await time(() => Promise.resolve(bare.write(`${round}-${write}`))));
        ofStore.push(await time(() => mark(store, `${round}-${write}`)));
      }
      const room = Array.from({ length: ROOM }, (_, person) => time(() => mark(store, `room-${round}-${person}`)));
      ofRoom.push(...(await Promise.all(room)));
    }
  }
  bare.close();
  await rm(folder, { recursive: true });
  return [
    { name: 'progress write-p50', value: percentile(ofStore, 0.5), unit: 'ms' },
    { name: 'progress write-p95', value: percentile(ofStore, 0.95), unit: 'ms', limit: P95_LIMIT_MS },
    { name: 'progress bare-p50', value: percentile(ofBare, 0.5), unit: 'ms' },
    { name: 'progress bare-p95', value: percentile(ofBare, 0.95), unit: 'ms' },
    { name: 'progress room-of-100-p95', value: percentile(ofRoom, 0.95), unit: 'ms' },
  ];
}

async function time(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

function mark(store: Store, check: string): Promise<void> {
  return store.markCheckDone({ ownerHash: 'a'.repeat(32), lab: 'first-steps', check, at: new Date() });
}

/** The same table, in this thread, without anything around it; done means on the disk, as in the store. */
function openBare(file: string): { write(check: string): void; close(): void } {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  database.exec('CREATE TABLE checks (owner text, lab text, name text, at text, PRIMARY KEY (owner, lab, name))');
  const insert = database.prepare('INSERT INTO checks VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
  return {
    write: (check) => void insert.run('a'.repeat(32), 'first-steps', check, new Date().toISOString()),
    close: () => database.close(),
  };
}
