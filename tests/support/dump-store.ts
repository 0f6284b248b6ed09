/**
 * `node tests/support/dump-store.ts`: writes the databases of this version, a few rows in every table, among those from
 * which later versions are tested to come (`tests/server/earlier-databases`). To be run once when a migration is added,
 * and what it wrote is never edited: a database that is out there is not either.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../sandbox-server/clock.ts';
import { postgresMigrations, sqliteMigrations } from '../../sandbox-server/store/migrations.ts';
import { openPostgres } from '../../sandbox-server/store/postgres-store.ts';
import { createSqliteStore } from '../../sandbox-server/store/sqlite-store.ts';
import { createLog } from '../../sandbox-server/telemetry/log.ts';
import { EARLIER_FOLDER } from './earlier-databases.ts';
import { fillPostgres, fillSqlite } from './filled-store.ts';
import { createPostgres, findPostgresPrograms } from './postgres.ts';

const ROWS = 3;
const lastOf = (migrations: object) => Object.keys(migrations).toSorted().at(-1) ?? '';

async function dumpSqlite(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'podium-dump-'));
  const file = join(folder, 'podium.db');
  const store = await createSqliteStore(file);
  await store[Symbol.asyncDispose]();
  fillSqlite(file, ROWS);
  const database = new DatabaseSync(file);
  const lines = database
    .prepare(`SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type = 'index', name`)
    .all()
    .flatMap(({ name, sql }) => [`${String(sql)};`, ...dumpRows(database, String(name))]);
  database.close();
  await rm(folder, { recursive: true });
  return `${lines.join('\n')}\n`;
}

/** Nothing for an index, which has the name of no table. */
function dumpRows(database: DatabaseSync, name: string): string[] {
  const columns = database.prepare('SELECT name FROM pragma_table_info(?)').all(name);
  if (columns.length === 0) return [];
  const list = columns.map((column) => `quote("${String(column['name'])}")`).join(` || ', ' || `);
  const rows = database.prepare(`SELECT ${list} AS row FROM "${name}"`).all();
  return rows.map(({ row }) => `INSERT INTO "${name}" VALUES (${String(row)});`);
}

async function dumpPostgres(): Promise<string> {
  await using postgres = await createPostgres();
  const url = await postgres.createDatabase();
  const log = createLog('silent');
  const database = await openPostgres({ url, clock: systemClock, log }, new AbortController().signal);
  await database[Symbol.asyncDispose]();
  await fillPostgres(url, ROWS);
  const options = ['--inserts', '--no-owner', '--no-privileges', '--no-comments'];
  const text = execFileSync(join(findPostgresPrograms() ?? '', 'pg_dump'), [...options, url.href], {
    encoding: 'utf8',
  });
  // Comments, settings that later versions may not know, and what only psql understands.
  return text.replace(/^(--.*|SET .*|\\.*|)\n/gm, '');
}

if (import.meta.main) {
  await writeFile(join(EARLIER_FOLDER, `${lastOf(sqliteMigrations)}.sqlite.sql`), await dumpSqlite());
  await writeFile(join(EARLIER_FOLDER, `${lastOf(postgresMigrations)}.postgres.sql`), await dumpPostgres());
}
