import { type Kysely, sql } from 'kysely';
import type { Tables } from './migrations.ts';
import { createSqlPersonalStore } from './sql-personal-store.ts';
import { createSqlShowings } from './sql-showings.ts';
import type { MeasuredLab, Store } from './store.ts';

/** The queries of the store, which are the same for each database. Disposing it closes the database. */
export function createSqlStore(database: Kysely<Tables>): Store {
  return {
    ...createSqlPersonalStore(database),
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
    async findFirstDone(ownerHash, lab) {
      const row = await database
        .selectFrom('checks_done')
        .select(({ fn }) => fn.min('done_at').as('first'))
        .where('owner_hash', '=', ownerHash)
        .where('lab', '=', lab)
        .executeTakeFirst();
      return row?.first ? new Date(row.first) : undefined;
    },
    async addFinishedRun({ ownerHash, lab, seconds }) {
      await database
        .insertInto('finished_runs')
        .values({ owner_hash: ownerHash, lab, seconds })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    measureLabs: () => measureLabs(database),
    async keepHome({ ownerHash, lab, archive, at }, totalBytes) {
      const kept = { archive, archive_bytes: archive.byteLength, kept_at: at.toISOString() };
      await database
        .insertInto('kept_homes')
        .values({ owner_hash: ownerHash, lab, ...kept })
        .onConflict((conflict) => conflict.columns(['owner_hash', 'lab']).doUpdateSet(kept))
        .execute();
      await dropOldest(database, totalBytes);
    },
    async findHome(ownerHash, lab) {
      const row = await database
        .selectFrom('kept_homes')
        .select(['kept_at', 'archive_bytes'])
        .where('owner_hash', '=', ownerHash)
        .where('lab', '=', lab)
        .executeTakeFirst();
      return row && { at: new Date(row.kept_at), bytes: row.archive_bytes };
    },
    async readHome(ownerHash, lab) {
      const row = await database
        .selectFrom('kept_homes')
        .select('archive')
        .where('owner_hash', '=', ownerHash)
        .where('lab', '=', lab)
        .executeTakeFirst();
      return row?.archive;
    },
    async forgetHome(ownerHash, lab) {
      await database.deleteFrom('kept_homes').where('owner_hash', '=', ownerHash).where('lab', '=', lab).execute();
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
    showings: createSqlShowings(database),
    [Symbol.asyncDispose]: () => database.destroy(),
  };
}

/** Of an even number of runs the shorter one in the middle. */
async function measureLabs(database: Kysely<Tables>): Promise<readonly MeasuredLab[]> {
  const place = sql<number>`row_number() over (partition by lab order by seconds)`;
  const runs = sql<number>`count(*) over (partition by lab)`;
  const placed = database.selectFrom('finished_runs').select(['lab', 'seconds', place.as('place'), runs.as('runs')]);
  const rows = await database
    .selectFrom(placed.as('placed'))
    .select(['lab', 'seconds', 'runs'])
    .where(sql<boolean>`place = (runs + 1) / 2`)
    .orderBy('lab')
    .execute();
  // PostgreSQL counts in numbers that are larger than JavaScript's, and hands them over as text.
  return rows.map(({ lab, seconds, runs }) => ({ lab, medianSeconds: seconds, runs: Number(runs) }));
}

/** Those that do not fit, counted from the newest. */
async function dropOldest(database: Kysely<Tables>, totalBytes: number): Promise<void> {
  const upToHere = sql<number>`sum(archive_bytes) over (order by kept_at desc, owner_hash, lab)`;
  const counted = database.selectFrom('kept_homes').select(['owner_hash', 'lab', upToHere.as('up_to_here')]);
  const tooMany = await database
    .selectFrom(counted.as('counted'))
    .select(['owner_hash', 'lab'])
    .where('up_to_here', '>', totalBytes)
    .execute();
  for (const { owner_hash: owner, lab } of tooMany) {
    await database.deleteFrom('kept_homes').where('owner_hash', '=', owner).where('lab', '=', lab).execute();
  }
}
