/** One contract for every store, and what only one that is shared can do. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../sandbox-server/clock.ts';
import { PodiumError } from '../../sandbox-server/errors.ts';
import { createPostgresStore, openPostgres } from '../../sandbox-server/store/postgres-store.ts';
import { createSqliteStore } from '../../sandbox-server/store/sqlite-store.ts';
import type { Store } from '../../sandbox-server/store/store.ts';
import { createLog } from '../../sandbox-server/telemetry/log.ts';
import { describePersonal } from './store-personal.ts';
import { createPostgres, skippedWithoutPostgres, type TestPostgres } from '../support/postgres.ts';

/** Seconds on an idle machine; much more on a busy one. */
const SUITE_LIMIT_MS = 300_000;
const skippedWithoutMount = process.getuid?.() === 0 ? false : 'only root can make a disk that is full';
const log = createLog('silent');
const never = new AbortController().signal;

/** Opens a store on a place that stays the same, so that it can be opened again. */
type Open = () => Promise<Store>;

function describeStore(open: Open): void {
  const [ada, bob] = ['a'.repeat(32), 'b'.repeat(32)];
  const done = (ownerHash: string, check: string, minute: number) => ({
    ownerHash,
    lab: 'first-steps',
    check,
    at: new Date(Date.UTC(2026, 10, 23, 12, minute)),
  });

  it('knows what a person has done in a lab, oldest first, also when it is opened again', async () => {
    {
      await using store = await open();
      await store.markCheckDone(done(ada, 'second', 2));
      await store.markCheckDone(done(ada, 'first', 1));
      await store.markCheckDone({ ...done(ada, 'elsewhere', 1), lab: 'second' });
      await store.markCheckDone(done(bob, 'another', 1));
    }
    await using store = await open();
    assert.deepEqual(await store.listChecksDone(ada, 'first-steps'), ['first', 'second']);
    assert.deepEqual(await store.listChecksDone(bob, 'second'), []);
  });

  it('leaves a check done, with its first time', async () => {
    await using store = await open();
    await store.markCheckDone(done('c', 'early', 1));
    await store.markCheckDone(done('c', 'between', 2));
    await store.markCheckDone(done('c', 'early', 3));
    assert.deepEqual(await store.listChecksDone('c', 'first-steps'), ['early', 'between']);
  });

  it('forgets what a person has done in one lab', async () => {
    await using store = await open();
    await store.markCheckDone(done('d', 'one', 1));
    await store.markCheckDone({ ...done('d', 'elsewhere', 1), lab: 'second' });
    await store.markCheckDone(done('e', 'one', 1));
    await store.forgetChecksDone('d', 'first-steps');
    assert.deepEqual(await store.listChecksDone('d', 'first-steps'), []);
    assert.deepEqual(await store.listChecksDone('d', 'second'), ['elsewhere']);
    assert.deepEqual(await store.listChecksDone('e', 'first-steps'), ['one']);
  });

  it('knows when the first check of a lab was done', async () => {
    await using store = await open();
    await store.markCheckDone(done('f', 'second', 2));
    await store.markCheckDone(done('f', 'first', 1));
    assert.deepEqual(await store.findFirstDone('f', 'first-steps'), new Date(Date.UTC(2026, 10, 23, 12, 1)));
    assert.equal(await store.findFirstDone('f', 'elsewhere'), undefined);
  });

  it('tells how long a lab takes by the run in the middle, of the first of each person', async () => {
    await using store = await open();
    for (const [person, seconds] of [600, 60, 900, 1200].entries())
      await store.addFinishedRun({ ownerHash: `runner-${person}`, lab: 'long', seconds });
    await store.addFinishedRun({ ownerHash: 'runner-1', lab: 'long', seconds: 5 });
    await store.addFinishedRun({ ownerHash: 'runner-0', lab: 'short', seconds: 30 });
    assert.deepEqual(await store.measureLabs(), [
      { lab: 'long', medianSeconds: 600, runs: 4 },
      { lab: 'short', medianSeconds: 30, runs: 1 },
    ]);
  });

  it('keeps one home for a person and lab, the newest, byte for byte', async () => {
    const archive = Uint8Array.from({ length: 256 }, (_, value) => value);
    const at = new Date(Date.UTC(2026, 10, 23, 12));
    {
      await using store = await open();
      await store.keepHome({ ownerHash: ada, lab: 'one', archive: Buffer.from('old'), at: new Date(0) }, 10_000);
      await store.keepHome({ ownerHash: ada, lab: 'one', archive, at }, 10_000);
      await store.keepHome({ ownerHash: ada, lab: 'two', archive: Buffer.from('two'), at }, 10_000);
    }
    await using store = await open();
    assert.deepEqual(await store.findHome(ada, 'one'), { at, bytes: 256 });
    assert.deepEqual(Buffer.from((await store.readHome(ada, 'one')) ?? []), Buffer.from(archive));
    assert.deepEqual([await store.findHome(bob, 'one'), await store.readHome(bob, 'one')], [undefined, undefined]);
    await store.forgetHome(ada, 'one');
    assert.equal(await store.findHome(ada, 'one'), undefined);
    assert.equal((await store.findHome(ada, 'two'))?.bytes, 3);
    await store.forgetHome(ada, 'two');
  });

  it('lets the oldest homes go that are too many together', async () => {
    await using store = await open();
    const keep = (lab: string, day: number) =>
      store.keepHome({ ownerHash: bob, lab, archive: Buffer.alloc(40), at: new Date(Date.UTC(2026, 10, day)) }, 100);
    await keep('second', 2);
    await keep('first', 1);
    await keep('third', 3);
    const there = await Promise.all(['first', 'second', 'third'].map((lab) => store.findHome(bob, lab)));
    assert.deepEqual(
      there.map((home) => home !== undefined),
      [false, true, true],
    );
  });

  describePersonal(open);

  it('keeps one value under a name, whoever else comes with another at the same time or later', async () => {
    await using store = await open();
    const kept = await Promise.all(Array.from({ length: 20 }, (_, index) => store.keepOnce('key', `value ${index}`)));
    assert.equal(new Set(kept).size, 1);
    assert.match(kept[0] ?? '', /^value \d+$/);
    assert.equal(await store.keepOnce('key', 'late'), kept[0]);
    assert.equal(await store.keepOnce('other', 'own'), 'own');
    await store[Symbol.asyncDispose]();
    await using again = await open();
    assert.equal(await again.keepOnce('key', 'later'), kept[0]);
  });
}

describe('the store in SQLite', { timeout: SUITE_LIMIT_MS }, () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podium-store-'));
  });
  after(() => rm(folder, { recursive: true }));
  describeStore(() => createSqliteStore(join(folder, 'podium.db')));

  const says = (code: string) => (error: unknown) => error instanceof PodiumError && error.code === code;
  const done = { ownerHash: 'kept', lab: 'first-steps', check: 'one', at: new Date(0) };

  it('says that another program holds it, loses nothing, and goes on when that has let go', async () => {
    const file = join(folder, 'held.db');
    await using store = await createSqliteStore(file);
    await store.markCheckDone(done);
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    await assert.rejects(store.markCheckDone({ ...done, check: 'two' }), says('database_locked'));
    assert.deepEqual(await store.listChecksDone('kept', 'first-steps'), ['one']);
    other.close();
    await store.markCheckDone({ ...done, check: 'two' });
    assert.deepEqual(await store.listChecksDone('kept', 'first-steps'), ['one', 'two']);
  });

  it(
    'says that the disk is full, loses nothing, and goes on when there is room',
    { skip: skippedWithoutMount },
    async () => {
      const small = join(folder, 'small');
      await mkdir(small);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]);
      try {
        const store = await createSqliteStore(join(small, 'podium.db'));
        await store.markCheckDone(done);
        const home = { ownerHash: 'kept', lab: 'large', archive: Buffer.alloc(2 ** 21), at: new Date(0) };
        await assert.rejects(store.keepHome(home, 2 ** 30), says('database_full'));
        assert.equal(await store.findHome('kept', 'large'), undefined);
        assert.deepEqual(await store.listChecksDone('kept', 'first-steps'), ['one']);
        execFileSync('mount', ['-o', 'remount,size=16m', small]);
        await store.keepHome(home, 2 ** 30);
        assert.equal((await store.readHome('kept', 'large'))?.byteLength, 2 ** 21);
        await store[Symbol.asyncDispose]();
      } finally {
        execFileSync('umount', [small]);
      }
    },
  );
});

describe('the store in PostgreSQL', { timeout: SUITE_LIMIT_MS, skip: skippedWithoutPostgres }, () => {
  let postgres: TestPostgres;
  let url: URL;
  before(async () => {
    postgres = await createPostgres();
    url = await postgres.createDatabase();
  });
  after(() => postgres[Symbol.asyncDispose]());

  async function open(where = url): Promise<Store> {
    const database = await openPostgres({ url: where, clock: systemClock, log }, never);
    const store = createPostgresStore(database);
    return { ...store, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
  }
  const refusalOf = (where: URL) =>
    openPostgres({ url: where, clock: systemClock, log, waitMs: 0 }, never).then(
      () => 'opened',
      (error: Error) => error.message,
    );

  describeStore(open);

  it('is made once by servers that start at the same time, and is the same for all of them', async () => {
    const fresh = await postgres.createDatabase();
    await using resources = new AsyncDisposableStack();
    const stores = await Promise.all(Array.from({ length: 6 }, () => open(fresh)));
    for (const store of stores) resources.use(store);
    const kept = await Promise.all(stores.map((store, index) => store.keepOnce('key', `of server ${index}`)));
    assert.equal(new Set(kept).size, 1);
  });

  it('says that it cannot be reached while the database is away, and goes on when it is back', async () => {
    await using store = await open();
    await store.keepOnce('before', 'x');
    await postgres.stop();
    await assert.rejects(
      store.listChecksDone('a', 'first-steps'),
      (error) => error instanceof PodiumError && error.code === 'database_unreachable',
    );
    await postgres.start();
    assert.equal(await store.keepOnce('before', 'y'), 'x');
  });

  it('is waited for when the server is there first', async () => {
    await postgres.stop();
    const opening = open();
    await postgres.start();
    await using store = await opening;
    assert.equal(await store.keepOnce('waited', 'x'), 'x');
  });

  it('is not waited for when the wait is given up', async () => {
    await postgres.stop();
    const giveUp = new AbortController();
    const opening = openPostgres({ url, clock: systemClock, log }, giveUp.signal);
    giveUp.abort(new Error('enough'));
    await assert.rejects(opening, /enough/);
    await postgres.start();
  });

  for (const [what, change, sentence] of [
    ['a machine that does not answer', { host: '/nowhere' }, /does not answer: .*\. See that it runs/],
    ['a database that is not there', { database: 'absent' }, /"absent".* is not there: .*createdb/],
    ['a user that is not there', { user: 'nobody' }, /refuses the user: .*Mend user and password/],
  ] as const) {
    it(`says what to do for ${what}, without the password`, async () => {
      const where = new URL(url);
      if ('host' in change) where.searchParams.set('host', change.host);
      if ('database' in change) where.pathname = `/${change.database}`;
      if ('user' in change) where.username = change.user;
      const refusal = await refusalOf(where);
      assert.match(refusal, sentence);
      assert.doesNotMatch(refusal, /correct-horse/);
    });
  }

  it('is refused to a server that is older than the tables', async () => {
    const newer = await postgres.createDatabase();
    const database = await openPostgres({ url: newer, clock: systemClock, log }, never);
    await database.pool.query(`insert into kysely_migration values ('9999-later', '2030-01-01T00:00:00.000Z')`);
    await database[Symbol.asyncDispose]();
    assert.match(await refusalOf(newer), /written by a newer Podium/);
  });
});
