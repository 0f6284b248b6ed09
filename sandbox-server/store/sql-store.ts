import type { Kysely } from 'kysely';
import type { Tables } from './migrations.ts';
import type { Store } from './store.ts';

/** The queries of the store, which are the same for each database. Disposing it closes the database. */
export function createSqlStore(database: Kysely<Tables>): Store {
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
    async forgetChecksDone(ownerHash, lab) {
      await database.deleteFrom('checks_done').where('owner_hash', '=', ownerHash).where('lab', '=', lab).execute();
    },
    async keepOnce(name, value) {
      await database
        .insertInto('kept_values')
        .values({ name, value })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const kept = await database
        .selectFrom('kept_values')
        .select('value')
        .where('name', '=', name)
        .executeTakeFirstOrThrow();
      return kept.value;
    },
    [Symbol.asyncDispose]: () => database.destroy(),
  };
}
