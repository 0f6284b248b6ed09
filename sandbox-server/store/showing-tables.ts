/** What is kept of showings. Keys are hashed; who asked and who voted is forgotten when a showing ends. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const showingMigrations: Readonly<Record<string, Migration>> = {
  '0006-showings': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('showings')
        .addColumn('code', 'text', (column) => column.primaryKey())
        .addColumn('deck', 'text', (column) => column.notNull())
        .addColumn('position', 'text')
        .addColumn('sequence', 'integer', (column) => column.notNull())
        .addColumn('settings', 'text', (column) => column.notNull())
        .addColumn('captions', 'text', (column) => column.notNull())
        .addColumn('started_at', 'text', (column) => column.notNull())
        .addColumn('changed_at', 'text', (column) => column.notNull())
        .addColumn('ended_at', 'text')
        .execute();
      await database.schema
        .createTable('showing_keys')
        .addColumn('key_hash', 'text', (column) => column.primaryKey())
        .addColumn('code', 'text', (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull())
        .execute();
      await database.schema
        .createTable('showing_questions')
        .addColumn('code', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('words', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('votes', 'integer', (column) => column.notNull())
        .addColumn('author', 'text')
        .addColumn('asked_at', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('showing_questions_one_each', ['code', 'id'])
        .execute();
      await database.schema
        .createTable('showing_votes')
        .addColumn('code', 'text', (column) => column.notNull())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('voter', 'text', (column) => column.notNull())
        .addColumn('answers', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('showing_votes_once', ['code', 'subject', 'voter'])
        .execute();
    },
  },
};

export interface ShowingTables {
  showings: {
    code: string;
    deck: string;
    /** JSON; null until the deck has said where it is. */
    position: string | null;
    sequence: number;
    /** JSON. */
    settings: string;
    /** JSON: the last lines. */
    captions: string;
    /** ISO 8601, UTC, as the two below. */
    started_at: string;
    changed_at: string;
    ended_at: string | null;
  };
  showing_keys: {
    key_hash: string;
    code: string;
    role: string;
  };
  showing_questions: {
    code: string;
    id: string;
    words: string;
    state: string;
    votes: number;
    /** A keyed hash; null once the showing has ended. */
    author: string | null;
    asked_at: string;
  };
  showing_votes: {
    code: string;
    /** The id of a question or of a poll, with what it is before it. */
    subject: string;
    voter: string;
    /** Numbers with commas between; empty for a question. */
    answers: string;
  };
}
