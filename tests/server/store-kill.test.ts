/** What the store has acknowledged is there, whatever is killed. `npm run bench -- store-kill` does it ten times as often. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { killPostgres } from '../support/killed-postgres.ts';
import { type KillOutcome, killSqliteWriters } from '../support/killed-sqlite.ts';
import { skippedWithoutPostgres } from '../support/postgres.ts';

const SUITE_LIMIT_MS = 300_000;
const KILLS = 20;

function requireNoneLost({ acknowledged, lost }: KillOutcome): void {
  assert.ok(acknowledged > KILLS, `${acknowledged} writes show nothing`);
  assert.equal(lost, 0);
}

describe('a store that is killed while it is written to', { timeout: SUITE_LIMIT_MS }, () => {
  it(`has every write that it acknowledged, after ${KILLS} times kill -9 of the server with SQLite`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'podium-kill-'));
    requireNoneLost(await killSqliteWriters(join(folder, 'podium.db'), KILLS, Math.random));
    await rm(folder, { recursive: true });
  });

  it(
    `has every write that it acknowledged, after ${KILLS} times kill -9 of PostgreSQL or a process of its`,
    { skip: skippedWithoutPostgres },
    async () => requireNoneLost(await killPostgres(KILLS, Math.random)),
  );
});
