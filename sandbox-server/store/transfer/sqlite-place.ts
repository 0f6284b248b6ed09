import { existsSync } from 'node:fs';
import { chmod, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Kysely } from 'kysely';
import { PodiumError } from '../../errors.ts';
import { migrate, sqliteMigrations, type Tables } from '../migrations.ts';
import { createSqliteDialect } from '../sqlite-dialect.ts';
import { PRIVATE } from '../sqlite-lock.ts';
import { isContent, type Row, type Source, type Table, type Target, TransferError } from './place.ts';
import { commonLevel } from './levels.ts';

/** A home has up to ten mebibytes; with this many at once the memory of a small machine is not at risk. */
const BATCH_BYTES = 16 * 1024 * 1024;
const BATCH_ROWS = 500;
/** A server that writes at this moment is done within milliseconds. */
const BUSY_MS = 5000;

/** Reads a file as it is now, also while a server writes to it. Throws a TransferError that says what to do. */
export function openSqliteSource(file: string): Source {
  if (!existsSync(file)) throw new TransferError(`${file} is not there. Name the file, or the folder of the server.`);
  const database = explained(file, () => {
    const opened = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
    // The first read fixes what is seen until the end.
    opened.exec('BEGIN; SELECT count(*) FROM sqlite_schema;');
    return opened;
  });
  const source = explained(file, () => ({ migrations: listMigrations(database), tables: listTables(database) }));
  if (source.migrations.length === 0) {
    database.close();
    throw new TransferError(`${file} holds no store of Podium. Name another file.`);
  }
  return {
    ...source,
    description: file,
    readBatches: (table) => readBatches(database, table),
    [Symbol.asyncDispose]: () => Promise.resolve(database.close()),
  };
}

/** A new file, with the tables that `level` (the migrations of the source) had. Throws a TransferError where there is one. */
export async function openSqliteTarget(file: string, level: readonly string[]): Promise<Target> {
  const inTheWay = [file, `${file}-wal`, `${file}-shm`, `${file}-journal`].find((each) => existsSync(each));
  if (inTheWay !== undefined) {
    throw new TransferError(`${inTheWay} is there already, and nothing is overwritten. Move it away or take another.`);
  }
  const folder = await mkdtemp(join(dirname(file), `.${basename(file)}-`)).catch((cause: NodeJS.ErrnoException) => {
    throw new TransferError(`${dirname(file)} cannot be written to (${cause.code}). Take another folder.`, { cause });
  });
  const draft = join(folder, 'draft');
  try {
    await makeTables(draft, level);
    return makeTarget(file, { folder, draft });
  } catch (error) {
    await rm(folder, { recursive: true });
    throw explainFull(file, error);
  }
}

function makeTarget(file: string, { folder, draft }: { readonly folder: string; readonly draft: string }): Target {
  const database = new DatabaseSync(draft);
  // One file, without others beside it.
  database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; BEGIN IMMEDIATE;');
  return {
    description: file,
    tables: listTables(database),
    readBatches: (table) => readBatches(database, table),
    insert: (table, rows) => Promise.resolve(explained(file, () => insert(database, table, rows))),
    async commit() {
      explained(file, () => database.exec('COMMIT'));
      database.close();
      await chmod(draft, PRIVATE);
      await rename(draft, file);
      await syncFolder(dirname(file));
    },
    async [Symbol.asyncDispose]() {
      if (database.isOpen) database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function makeTables(file: string, level: readonly string[]): Promise<void> {
  const database = new Kysely<Tables>({ dialect: createSqliteDialect(file) });
  try {
    await migrate(database, sqliteMigrations, commonLevel(level, Object.keys(sqliteMigrations)));
  } finally {
    await database.destroy();
  }
}

function listMigrations(database: DatabaseSync): readonly string[] {
  const isThere = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'kysely_migration'`).get();
  if (!isThere) return [];
  return database
    .prepare('SELECT name FROM kysely_migration ORDER BY name')
    .all()
    .map(({ name }) => String(name));
}

function listTables(database: DatabaseSync): readonly Table[] {
  const names = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).all();
  const columnsOf = database.prepare('SELECT name FROM pragma_table_info(?) ORDER BY name');
  return names
    .map(({ name }) => String(name))
    .filter(isContent)
    .map((name) => ({ name, columns: columnsOf.all(name).map((column) => String(column['name'])) }));
}

async function* readBatches(database: DatabaseSync, { name, columns }: Table): AsyncIterable<readonly Row[]> {
  let batch: Row[] = [];
  let bytes = 0;
  for (const row of database.prepare(`SELECT ${columns.map(quote).join(', ')} FROM ${quote(name)}`).iterate()) {
    batch.push(row);
    for (const value of Object.values(row)) bytes += value instanceof Uint8Array ? value.byteLength : 0;
    if (batch.length < BATCH_ROWS && bytes < BATCH_BYTES) continue;
    // All else here happens at once: without a turn for others, nobody could stop it.
    await nextTurn();
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

function insert(database: DatabaseSync, { name, columns }: Table, rows: readonly Row[]): void {
  const places = columns.map(() => '?').join(', ');
  const statement = database.prepare(
    `INSERT INTO ${quote(name)} (${columns.map(quote).join(', ')}) VALUES (${places})`,
  );
  for (const row of rows) statement.run(...columns.map((column) => row[column] ?? null));
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A file that was renamed is there after a loss of power only once its folder is on the disk. */
async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder);
  await handle.sync();
}

function explained<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explainFull(file, error);
  }
}

function explainFull(file: string, cause: unknown): unknown {
  // What is said to a page; below it is what SQLite said.
  if (cause instanceof PodiumError) return explainFull(file, cause.cause);
  if (!(cause instanceof Error) || cause instanceof TransferError) return cause;
  const { message } = cause;
  if (/disk is full|disk I\/O error/.test(message)) {
    return new TransferError(`The disk of ${dirname(file)} is full (${message}). Make room, and begin again.`, {
      cause,
    });
  }
  if (/locked/.test(message)) {
    return new TransferError(`${file} is held by another program. End that one, and begin again.`, { cause });
  }
  if (/not a database|malformed/.test(message)) {
    return new TransferError(`${file} is no database of Podium, or is damaged. Name another file.`, { cause });
  }
  return cause;
}
