/** The tables, and how they came about. Both databases have the same; what only several servers need is PostgreSQL's. */
import { sql, type Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { showingMigrations, type ShowingTables } from './showing-tables.ts';

export type Migrations = Readonly<Record<string, Migration>>;

/** Never edited once released: a change of the tables is a new migration, applied in the order of the names. */
const migrations: Migrations = {
  '0001-checks-done': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('checks_done')
        .addColumn('owner_hash', 'text', (column) => column.notNull())
        .addColumn('lab', 'text', (column) => column.notNull())
        .addColumn('check_name', 'text', (column) => column.notNull())
        .addColumn('done_at', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('checks_done_once', ['owner_hash', 'lab', 'check_name'])
        .execute();
    },
  },
  '0002-kept-values': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('kept_values')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('value', 'text', (column) => column.notNull())
        .execute();
    },
  },
  '0005-finished-runs': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('finished_runs')
        .addColumn('owner_hash', 'text', (column) => column.notNull())
        .addColumn('lab', 'text', (column) => column.notNull())
        .addColumn('seconds', 'integer', (column) => column.notNull())
        .addPrimaryKeyConstraint('finished_runs_first', ['owner_hash', 'lab'])
        .execute();
    },
  },
  '0007-where-i-was': { up: createTraces },
  ...showingMigrations,
};

/** The step that a person had open, and what they answered: for their other devices. */
async function createTraces(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('lab_places')
    .addColumn('owner_hash', 'text', (column) => column.notNull())
    .addColumn('lab', 'text', (column) => column.notNull())
    .addColumn('step', 'integer', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('lab_places_one_each', ['owner_hash', 'lab'])
    .execute();
  await database.schema
    .createTable('given_answers')
    .addColumn('owner_hash', 'text', (column) => column.notNull())
    .addColumn('lab', 'text', (column) => column.notNull())
    .addColumn('question', 'text', (column) => column.notNull())
    .addColumn('answers', 'text', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('given_answers_one_each', ['owner_hash', 'lab', 'question'])
    .execute();
}

/** Each database has its own word for bytes. */
function createKeptHomes(bytes: 'blob' | 'bytea'): Migration {
  return {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('kept_homes')
        .addColumn('owner_hash', 'text', (column) => column.notNull())
        .addColumn('lab', 'text', (column) => column.notNull())
        .addColumn('archive', sql.raw(bytes), (column) => column.notNull())
        .addColumn('archive_bytes', 'integer', (column) => column.notNull())
        .addColumn('kept_at', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('kept_homes_one_each', ['owner_hash', 'lab'])
        .execute();
    },
  };
}

export const sqliteMigrations: Migrations = { ...migrations, '0004-kept-homes': createKeptHomes('blob') };

export const postgresMigrations: Migrations = {
  ...migrations,
  '0004-kept-homes': createKeptHomes('bytea'),
  '0003-one-use-codes': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('one_use_codes')
        .addColumn('code_hash', 'text', (column) => column.primaryKey())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('only_of', 'text')
        .addColumn('sealed_grant', 'text', (column) => column.notNull())
        .addColumn('expires_at', sql`timestamptz`, (column) => column.notNull())
        .addUniqueConstraint('one_use_codes_only_one', ['kind', 'only_of'])
        .execute();
      await database.schema.createIndex('one_use_codes_by_expiry').on('one_use_codes').column('expires_at').execute();
    },
  },
};

export interface Tables extends ShowingTables {
  checks_done: {
    owner_hash: string;
    lab: string;
    check_name: string;
    /** ISO 8601, UTC. */
    done_at: string;
  };
  finished_runs: {
    owner_hash: string;
    lab: string;
    seconds: number;
  };
  given_answers: {
    owner_hash: string;
    lab: string;
    question: string;
    /** JSON: indexes from 0. */
    answers: string;
    /** ISO 8601, UTC. */
    at: string;
  };
  lab_places: {
    owner_hash: string;
    lab: string;
    step: number;
    /** ISO 8601, UTC. */
    at: string;
  };
  kept_homes: {
    owner_hash: string;
    lab: string;
    archive: Uint8Array;
    archive_bytes: number;
    /** ISO 8601, UTC. */
    kept_at: string;
  };
  kept_values: {
    name: string;
    value: string;
  };
  one_use_codes: {
    code_hash: string;
    kind: string;
    /** Of codes of a kind that are only for this, there is one; null is for any number. */
    only_of: string | null;
    sealed_grant: string;
    expires_at: Date;
  };
}

/**
 * Brings the tables up to date, or as far as `last`; of servers that start at once the others wait for the first. Throws
 * what the database says.
 */
export async function migrate(database: Kysely<Tables>, wanted: Migrations, last?: string): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: () => Promise.resolve({ ...wanted }) } });
  const { error } = await (last === undefined ? migrator.migrateToLatest() : migrator.migrateTo(last));
  if (error !== undefined) throw error instanceof Error ? error : new Error('unknown', { cause: error });
}
