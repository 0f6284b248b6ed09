/** kill -9 while progress is written, 200 times each with SQLite and with PostgreSQL: what was acknowledged is there. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killPostgres } from '../support/killed-postgres.ts';
import { type KillOutcome, killSqliteWriters } from '../support/killed-sqlite.ts';
import { skippedWithoutPostgres } from '../support/postgres.ts';
import type { Figure } from './figures.ts';

/** Issue. */
const KILLS = 200;

export async function measureStoreKill(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'podium-kill-'));
  const sqlite = await killSqliteWriters(join(folder, 'podium.db'), KILLS, Math.random);
  await rm(folder, { recursive: true });
  if (skippedWithoutPostgres !== false) throw new Error(skippedWithoutPostgres);
  return [...describe('sqlite', sqlite), ...describe('postgres', await killPostgres(KILLS, Math.random))];
}

function describe(database: string, { kills, acknowledged, lost }: KillOutcome): readonly Figure[] {
  return [
    { name: `store-kill ${database}-kills`, value: kills, unit: 'kills' },
    { name: `store-kill ${database}-acknowledged`, value: acknowledged, unit: 'writes' },
    { name: `store-kill ${database}-lost`, value: lost, unit: 'writes', limit: 0 },
  ];
}
