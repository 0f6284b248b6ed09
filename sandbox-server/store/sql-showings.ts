import type { Kysely, Selectable } from 'kysely';
import * as z from 'zod/mini';
import { position, question, questionStates, showingRoles, showingSettings } from '../protocol/showing.ts';
import type { PollResult, Question } from '../protocol/showing.ts';
import type { Tables } from './migrations.ts';
import type { KeptShowing, ShowingStore } from './showing-store.ts';
import type { ShowingTables } from './showing-tables.ts';

const QUESTION = 'question ';
const POLL = 'poll ';

/** The same queries for each database. */
export function createSqlShowings(database: Kysely<Tables>): ShowingStore {
  return { ...makeShowings(database), ...makeKeys(database), ...makeQuestions(database), ...makePolls(database) };
}

type Part<K extends keyof ShowingStore> = Pick<ShowingStore, K>;

function makeShowings(
  database: Kysely<Tables>,
): Part<'create' | 'find' | 'countLive' | 'listStale' | 'move' | 'changeSettings' | 'keepCaptions' | 'end'> {
  const open = () => database.selectFrom('showings').where('ended_at', 'is', null);
  const change = (code: string) =>
    database.updateTable('showings').where('code', '=', code).where('ended_at', 'is', null);
  return {
    async create({ code, deck, settings, startedAt }) {
      const at = startedAt.toISOString();
      const row = { code, deck, sequence: 0, settings: JSON.stringify(settings), captions: '[]' };
      const { numInsertedOrUpdatedRows: made } = await database
        .insertInto('showings')
        .values({ ...row, started_at: at, changed_at: at })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow();
      return made === 1n;
    },
    async find(code) {
      const row = await database.selectFrom('showings').selectAll().where('code', '=', code).executeTakeFirst();
      return row && decodeShowing(row);
    },
    async countLive(since) {
      const counted = open().where('changed_at', '>=', since.toISOString());
      return countRows(counted.select((build) => build.fn.countAll().as('count')));
    },
    async listStale(since) {
      const rows = await open().where('changed_at', '<', since.toISOString()).select('code').execute();
      return rows.map(({ code }) => code);
    },
    async move(code, to, at) {
      const row = await change(code)
        .set((build) => ({
          position: JSON.stringify(to),
          sequence: build('sequence', '+', 1),
          changed_at: at.toISOString(),
        }))
        .returning('sequence')
        .executeTakeFirst();
      return row?.sequence;
    },
    async changeSettings(code, settings, at) {
      await change(code)
        .set({ settings: JSON.stringify(settings), changed_at: at.toISOString() })
        .execute();
    },
    async keepCaptions(code, lines) {
      await change(code)
        .set({ captions: JSON.stringify(lines) })
        .execute();
    },
    async end(code, at) {
      await change(code).set({ ended_at: at.toISOString(), captions: '[]' }).execute();
      await database.deleteFrom('showing_keys').where('code', '=', code).execute();
      await database.deleteFrom('showing_votes').where('code', '=', code).execute();
      const questions = database.deleteFrom('showing_questions').where('code', '=', code);
      await questions.where('state', 'in', ['waiting', 'hidden']).execute();
      await database.updateTable('showing_questions').where('code', '=', code).set({ author: null }).execute();
    },
  };
}

function makeKeys(database: Kysely<Tables>): Part<'addKey' | 'countKeys' | 'findRole'> {
  const ofShowing = (code: string) => database.selectFrom('showing_keys').where('code', '=', code);
  return {
    async addKey(code, role, keyHash) {
      await database.insertInto('showing_keys').values({ code, role, key_hash: keyHash }).execute();
    },
    countKeys: (code) => countRows(ofShowing(code).select((build) => build.fn.countAll().as('count'))),
    async findRole(code, keyHash) {
      const row = await ofShowing(code).where('key_hash', '=', keyHash).select('role').executeTakeFirst();
      return showingRoles.find((role) => role === row?.role);
    },
  };
}

function makeQuestions(
  database: Kysely<Tables>,
): Part<'addQuestion' | 'listQuestions' | 'countQuestionsOf' | 'changeQuestion' | 'voteForQuestion' | 'listAnswered'> {
  const one = (code: string, id: string) =>
    database.updateTable('showing_questions').where('code', '=', code).where('id', '=', id).returningAll();
  return {
    async addQuestion(code, { id, text, state, author, at }) {
      const row = { code, id, words: text, state, votes: 0, author, asked_at: at.toISOString() };
      await database.insertInto('showing_questions').values(row).execute();
    },
    async listQuestions(code) {
      const rows = database.selectFrom('showing_questions').selectAll().where('code', '=', code);
      return (await rows.orderBy('asked_at').orderBy('id').execute()).map(decodeQuestion);
    },
    countQuestionsOf(code, author) {
      const rows = database.selectFrom('showing_questions').where('code', '=', code).where('author', '=', author);
      return countRows(rows.select((build) => build.fn.countAll().as('count')));
    },
    async changeQuestion(code, id, state) {
      const row = await one(code, id).set({ state }).executeTakeFirst();
      return row && decodeQuestion(row);
    },
    async voteForQuestion(code, id, voter) {
      const vote = { code, subject: `${QUESTION}${id}`, voter, answers: '' };
      const { numInsertedOrUpdatedRows: counted } = await database
        .insertInto('showing_votes')
        .values(vote)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow();
      const row = await one(code, id)
        .set((build) => ({ votes: build('votes', '+', Number(counted ?? 0n)) }))
        .executeTakeFirst();
      return row && decodeQuestion(row);
    },
    async listAnswered(deck, limit) {
      const rows = await database
        .selectFrom('showing_questions')
        .innerJoin('showings', 'showings.code', 'showing_questions.code')
        .where('deck', '=', deck)
        .where('state', '=', 'answered')
        .selectAll('showing_questions')
        .orderBy('asked_at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(decodeQuestion);
    },
  };
}

function makePolls(database: Kysely<Tables>): Part<'voteInPoll' | 'readPolls'> {
  return {
    async voteInPoll(code, poll, voter, chosen) {
      const answers = chosen.join(',');
      await database
        .insertInto('showing_votes')
        .values({ code, subject: `${POLL}${poll}`, voter, answers })
        .onConflict((conflict) => conflict.columns(['code', 'subject', 'voter']).doUpdateSet({ answers }))
        .execute();
    },
    async readPolls(code) {
      const rows = await database
        .selectFrom('showing_votes')
        .where('code', '=', code)
        .where('subject', 'like', `${POLL}%`)
        .groupBy(['subject', 'answers'])
        .select((build) => ['subject', 'answers', build.fn.countAll().as('count')])
        .execute();
      return countPolls(rows.map((row) => ({ ...row, count: Number(row.count) })));
    },
  };
}

/** From one row for each different answer to one result for each poll. */
export function countPolls(
  rows: readonly { readonly subject: string; readonly answers: string; readonly count: number }[],
): PollResult[] {
  const results = new Map<string, { counts: number[]; voters: number }>();
  for (const { subject, answers, count } of rows) {
    const id = subject.slice(POLL.length);
    const result = results.get(id) ?? { counts: [], voters: 0 };
    results.set(id, result);
    // Who has taken the answer back has no voice, and no place among the voters.
    if (answers === '') continue;
    result.voters += count;
    for (const answer of answers.split(',').map(Number)) {
      while (result.counts.length <= answer) result.counts.push(0);
      result.counts[answer] = (result.counts[answer] ?? 0) + count;
    }
  }
  return [...results].map(([id, result]) => ({ id, ...result }));
}

async function countRows(query: {
  executeTakeFirst(): Promise<{ count: number | string | bigint } | undefined>;
}): Promise<number> {
  return Number((await query.executeTakeFirst())?.count ?? 0);
}

const captions = z.array(z.string());

function decodeShowing(row: Selectable<ShowingTables['showings']>): KeptShowing {
  return {
    code: row.code,
    deck: row.deck,
    position: row.position === null ? undefined : position.safeParse(JSON.parse(row.position)).data,
    sequence: row.sequence,
    settings: showingSettings.parse(JSON.parse(row.settings)),
    captions: captions.parse(JSON.parse(row.captions)),
    startedAt: new Date(row.started_at),
    changedAt: new Date(row.changed_at),
    endedAt: row.ended_at === null ? undefined : new Date(row.ended_at),
  };
}

function decodeQuestion({ id, words, votes, state }: Selectable<ShowingTables['showing_questions']>): Question {
  const known = questionStates.find((each) => each === state) ?? 'hidden';
  return question.parse({ id, text: words, votes, state: known });
}
