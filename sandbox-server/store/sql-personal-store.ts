import { type Kysely, sql } from 'kysely';
import type { Tables } from './migrations.ts';
import type { ForgottenData, PersonalData, PersonalStore } from './personal-store.ts';

/** Each table with rows of a person, and when a row was made: a test finds the one that is missing. */
export const PERSONAL_TABLES = {
  checksDone: { table: 'checks_done', time: 'done_at' },
  places: { table: 'lab_places', time: 'at' },
  answers: { table: 'given_answers', time: 'at' },
  homes: { table: 'kept_homes', time: 'kept_at' },
  // Without a time of its own: it goes when all else of the person has gone.
  finishedRuns: { table: 'finished_runs', time: undefined },
} as const satisfies Record<keyof PersonalData, { table: keyof Tables; time: string | undefined }>;

const SWEPT = 'swept-on';

/** The queries are the same for each database. */
export function createSqlPersonalStore(database: Kysely<Tables>): PersonalStore {
  return {
    ...createTraces(database),
    readPerson: (ownerHash) => readPerson(database, ownerHash),
    forgetPerson: (ownerHash) => forgetPerson(database, ownerHash),
    forgetIdle: (since) => forgetIdle(database, since),
    async claimSweep(day) {
      const claimed = await database
        .insertInto('kept_values')
        .values({ name: SWEPT, value: day })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet({ value: day }).where('kept_values.value', '<', day),
        )
        .returning('name')
        .execute();
      return claimed.length > 0;
    },
  };
}

type Traces = Pick<PersonalStore, 'keepPlace' | 'findPlace' | 'keepAnswer' | 'listAnswers'>;

function createTraces(database: Kysely<Tables>): Traces {
  const ofLab = <T extends 'lab_places' | 'given_answers'>(table: T, ownerHash: string, lab: string) =>
    sql<boolean>`${sql.table(table)}.owner_hash = ${ownerHash} and ${sql.table(table)}.lab = ${lab}`;
  return {
    async keepPlace({ ownerHash, lab, step, at }) {
      const place = { step, at: at.toISOString() };
      await database
        .insertInto('lab_places')
        .values({ owner_hash: ownerHash, lab, ...place })
        .onConflict((conflict) => conflict.columns(['owner_hash', 'lab']).doUpdateSet(place))
        .execute();
    },
    async findPlace(ownerHash, lab) {
      const row = await database
        .selectFrom('lab_places')
        .select(['step', 'at'])
        .where(ofLab('lab_places', ownerHash, lab))
        .executeTakeFirst();
      return row && { step: row.step, at: new Date(row.at) };
    },
    async keepAnswer({ ownerHash, lab, question, answers, at }) {
      const given = { answers: JSON.stringify(answers), at: at.toISOString() };
      await database
        .insertInto('given_answers')
        .values({ owner_hash: ownerHash, lab, question, ...given })
        .onConflict((conflict) => conflict.columns(['owner_hash', 'lab', 'question']).doUpdateSet(given))
        .execute();
    },
    async listAnswers(ownerHash, lab) {
      const rows = await database
        .selectFrom('given_answers')
        .select(['question', 'answers'])
        .where(ofLab('given_answers', ownerHash, lab))
        .orderBy('question')
        .execute();
      return rows.map(({ question, answers }) => ({ question, answers: JSON.parse(answers) as number[] }));
    },
  };
}

async function readPerson(database: Kysely<Tables>, ownerHash: string): Promise<PersonalData> {
  const of = <T extends keyof Tables>(table: T) => sql<boolean>`${sql.table(table)}.owner_hash = ${ownerHash}`;
  const [checks, places, answers, runs, homes] = await Promise.all([
    database.selectFrom('checks_done').selectAll().where(of('checks_done')).orderBy('done_at').execute(),
    database.selectFrom('lab_places').selectAll().where(of('lab_places')).orderBy('at').execute(),
    database.selectFrom('given_answers').selectAll().where(of('given_answers')).orderBy('at').execute(),
    database.selectFrom('finished_runs').selectAll().where(of('finished_runs')).orderBy('lab').execute(),
    database
      .selectFrom('kept_homes')
      .select(['lab', 'kept_at', 'archive_bytes'])
      .where(of('kept_homes'))
      .orderBy('kept_at')
      .execute(),
  ]);
  return {
    checksDone: checks.map(({ lab, check_name: check, done_at: at }) => ({ lab, check, at: new Date(at) })),
    places: places.map(({ lab, step, at }) => ({ lab, step, at: new Date(at) })),
    answers: answers.map(({ lab, question, answers: given, at }) => ({
      lab,
      question,
      answers: JSON.parse(given) as number[],
      at: new Date(at),
    })),
    finishedRuns: runs.map(({ lab, seconds }) => ({ lab, seconds })),
    homes: homes.map(({ lab, kept_at: at, archive_bytes: bytes }) => ({ lab, at: new Date(at), bytes })),
  };
}

function forgetPerson(database: Kysely<Tables>, ownerHash: string): Promise<ForgottenData> {
  return database.transaction().execute(async (transaction) => {
    const counts: [string, number][] = [];
    for (const [kind, { table }] of Object.entries(PERSONAL_TABLES)) {
      const { numDeletedRows } = await transaction
        .deleteFrom(table)
        .where(sql<boolean>`owner_hash = ${ownerHash}`)
        .executeTakeFirstOrThrow();
      counts.push([kind, Number(numDeletedRows)]);
    }
    return Object.fromEntries(counts) as ForgottenData;
  });
}

/** Times are text of one form, so that the later one is the larger. */
async function forgetIdle(database: Kysely<Tables>, since: Date): Promise<number> {
  const traces = Object.values(PERSONAL_TABLES).map(
    ({ table, time }) =>
      sql`select owner_hash, ${time === undefined ? sql.lit('') : sql.ref(time)} as at from ${sql.table(table)}`,
  );
  const { rows } = await sql<{ owner_hash: string }>`
    select owner_hash from (${sql.join(traces, sql` union all `)}) as traces
    group by owner_hash having max(at) < ${since.toISOString()}`.execute(database);
  for (const { owner_hash: ownerHash } of rows) await forgetPerson(database, ownerHash);
  return rows.length;
}
