import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Never edited once released: a change of the tables is a new migration, applied in the order of the names. */
export const migrations: Readonly<Record<string, Migration>> = {
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
};

export interface Tables {
  checks_done: {
    owner_hash: string;
    lab: string;
    check_name: string;
    /** ISO 8601, UTC. */
    done_at: string;
  };
}
