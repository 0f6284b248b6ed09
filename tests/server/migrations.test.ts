/** Databases of every earlier version, as the code of then wrote them, are brought up to date with all that they held. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { Client } from 'pg';
import { systemClock } from '../../sandbox-server/clock.ts';
import { postgresMigrations, sqliteMigrations } from '../../sandbox-server/store/migrations.ts';
import { createPostgresStore, openPostgres } from '../../sandbox-server/store/postgres-store.ts';
import { createSqliteStore } from '../../sandbox-server/store/sqlite-store.ts';
import type { Store } from '../../sandbox-server/store/store.ts';
import { createLog } from '../../sandbox-server/telemetry/log.ts';
import { EARLIER_FOLDER, NEVER_ALONE } from '../support/earlier-databases.ts';
import { type Content, readPostgres, readSqlite } from '../support/filled-store.ts';
import { createPostgres, skippedWithoutPostgres, type TestPostgres } from '../support/postgres.ts';

const SUITE_LIMIT_MS = 300_000;
const dumpOf = (name: string, kind: string) => join(EARLIER_FOLDER, `${name}.${kind}.sql`);
const versions = (migrations: object, neverAlone: readonly string[]) =>
  Object.keys(migrations)
    .toSorted()
    .filter((name) => !neverAlone.includes(name));

function requireDump(name: string, kind: string): string {
  const file = dumpOf(name, kind);
  assert.ok(existsSync(file), `There is no database of ${name}. Write it once: node tests/support/dump-store.ts`);
  return readFileSync(file, 'utf8');
}

/** Every row that was there is there, in the columns that it had. */
function requireAll(before: Content, after: Content): void {
  for (const [table, rows] of Object.entries(before)) {
    assert.ok(rows.length > 0, `${table} was empty`);
    const columns = Object.keys(rows[0] ?? {});
    const found = after[table]?.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])));
    assert.deepEqual(found, rows, table);
  }
}

/** What it held is found by who asks as the server does, and it can be written. */
async function requireWorking(store: Store, content: Content): Promise<void> {
  for (const { owner_hash: owner, lab, check_name: check } of content['checks_done'] ?? []) {
    assert.deepEqual(await store.listChecksDone(String(owner), String(lab)), [check]);
  }
  for (const { name, value } of content['kept_values'] ?? []) {
    assert.equal(await store.keepOnce(String(name), 'other'), value);
  }
  await store.markCheckDone({ ownerHash: 'new', lab: 'lab', check: 'one', at: new Date() });
  assert.deepEqual(await store.listChecksDone('new', 'lab'), ['one']);
}

describe('an earlier database in SQLite', { timeout: SUITE_LIMIT_MS }, () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podium-earlier-'));
  });
  after(() => rm(folder, { recursive: true }));

  for (const name of versions(sqliteMigrations, NEVER_ALONE.sqlite)) {
    it(`of ${name} is brought up to date, with all that it held`, async () => {
      const dump = requireDump(name, 'sqlite');
      const file = join(folder, name);
      const database = new DatabaseSync(file);
      database.exec(dump);
      database.close();
      const held = readSqlite(file);
      const store = await createSqliteStore(file);
      await requireWorking(store, held);
      await store.forgetChecksDone('new', 'lab');
      await store[Symbol.asyncDispose]();
      requireAll(held, readSqlite(file));
    });
  }
});

describe('an earlier database in PostgreSQL', { timeout: SUITE_LIMIT_MS, skip: skippedWithoutPostgres }, () => {
  let postgres: TestPostgres;
  before(async () => {
    postgres = await createPostgres();
  });
  after(() => postgres[Symbol.asyncDispose]());

  for (const name of versions(postgresMigrations, NEVER_ALONE.postgres)) {
    it(`of ${name} is brought up to date, with all that it held`, async () => {
      const dump = requireDump(name, 'postgres');
      const url = await postgres.createDatabase();
      const client = new Client({ connectionString: url.href });
      await client.connect();
      await client.query(dump);
      await client.end();
      const held = await readPostgres(url);
      const options = { url, clock: systemClock, log: createLog('silent') };
      await using database = await openPostgres(options, new AbortController().signal);
      const store = createPostgresStore(database);
      await requireWorking(store, held);
      await store.forgetChecksDone('new', 'lab');
      requireAll(held, await readPostgres(url));
    });
  }
});
