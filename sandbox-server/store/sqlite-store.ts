import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { type Tables, migrations } from './migrations.ts';
import { createSqliteDialect } from './sqlite-dialect.ts';
import type { Store } from './store.ts';

/** Opens the database file, made if it is not there, and brings its tables up to date. Throws an Error that says what to do. */
export async function createSqliteStore(file: string): Promise<Store> {
  const database = new Kysely<Tables>({ dialect: createSqliteDialect(file) });
  try {
    const migrator = new Migrator({
      db: database,
      provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error instanceof Error ? error : new Error('unknown', { cause: error });
  } catch (cause) {
    await database.destroy();
    throw new Error(explain(file, cause), { cause });
  }
  return {
    async markCheckDone({ ownerHash, lab, check, at }) {
      await database
        .insertInto('checks_done')
        .values({ owner_hash: ownerHash, lab, check_name: check, done_at: at.toISOString() })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async listChecksDone(ownerHash, lab) {
      const rows = await database
        .selectFrom('checks_done')
        .select('check_name')
        .where('owner_hash', '=', ownerHash)
        .where('lab', '=', lab)
        .orderBy('done_at')
        .execute();
      return rows.map((row) => row.check_name);
    },
    [Symbol.asyncDispose]: () => database.destroy(),
  };
}

function explain(file: string, cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
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
