import { Kysely } from 'kysely';
import { PodiumError } from '../errors.ts';
import { type Tables, migrate, sqliteMigrations } from './migrations.ts';
import { createSqlStore } from './sql-store.ts';
import { createSqliteDialect } from './sqlite-dialect.ts';
import type { Store } from './store.ts';

/** Opens the database file, made if it is not there, and brings its tables up to date. Throws an Error that says what to do. */
export async function createSqliteStore(file: string): Promise<Store> {
  const database = new Kysely<Tables>({ dialect: createSqliteDialect(file) });
  try {
    await migrate(database, sqliteMigrations);
  } catch (cause) {
    await database.destroy();
    throw new Error(explain(file, cause), { cause });
  }
  return createSqlStore(database);
}

function explain(file: string, cause: unknown): string {
  const failure = cause instanceof PodiumError ? cause.cause : cause;
  const reason = failure instanceof Error ? failure.message : String(failure);
  if (/locked/.test(reason))
    return `${file} is in use by another server. Stop that one, or set PODIUM_DATA to another folder.`;
  if (/not a database|malformed/.test(reason)) {
    return `${file} is damaged. Move it away to start without the learners' progress, or put a backup in its place.`;
  }
  if (/corrupted migrations/.test(reason)) {
    return `${file} was written by a newer Podium. Start that version, or set PODIUM_DATA to another folder.`;
  }
  return `${file} cannot be opened: ${reason}. See that its folder is writable and the disk is not full.`;
}
