/** `podium store backup | restore | move`, as an operator runs it, on real databases. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, beforeEach, describe, it } from 'node:test';
import { systemClock } from '../../sandbox-server/clock.ts';
import { openPostgres } from '../../sandbox-server/store/postgres-store.ts';
import { makeSecret } from '../../sandbox-server/store/secret.ts';
import { createSqliteStore } from '../../sandbox-server/store/sqlite-store.ts';
import { openSqliteSource, openSqliteTarget } from '../../sandbox-server/store/transfer/sqlite-place.ts';
import { transfer } from '../../sandbox-server/store/transfer/transfer.ts';
import { createLog } from '../../sandbox-server/telemetry/log.ts';
import { fillPostgres, fillSqlite, readPostgres, readSqlite, ROWS_EACH } from '../support/filled-store.ts';
import { createPostgres, skippedWithoutPostgres, type TestPostgres } from '../support/postgres.ts';
import { Browser } from './browser.ts';
import { makeFolders, startServer } from './running-server.ts';

/** Seconds on an idle machine; much more on a busy one. */
const SUITE_LIMIT_MS = 300_000;
const PROGRAM = join(import.meta.dirname, '../../sandbox-server/cli/podium.ts');
const log = createLog('silent');
const skippedWithoutMount = process.getuid?.() === 0 ? false : 'only root can make a disk that is full';
const never = new AbortController().signal;

interface Ended {
  readonly status: number | null;
  readonly said: string;
  readonly errors: string;
}

/** Runs the program; with `stopAt`, sends SIGINT as soon as it has said so. */
async function podium(args: readonly string[], environment: NodeJS.ProcessEnv = {}, stopAt?: RegExp): Promise<Ended> {
  const env = { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1', ...environment };
  const child = spawn(process.execPath, [PROGRAM, 'store', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [said, errors] = ['', ''];
  child.stdout.on('data', (text: Buffer) => {
    said += text.toString();
    if (stopAt?.test(said)) child.kill('SIGINT');
  });
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  assert.doesNotMatch(errors, /^\s+at /m);
  return { status, said, errors };
}

async function succeed(args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<string> {
  const { status, said, errors } = await podium(args, environment);
  assert.equal(status, 0, errors);
  return said;
}

async function makeStore(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await using store = await createSqliteStore(join(folder, 'podium.db'));
  void store;
}

describe('podium store', { timeout: SUITE_LIMIT_MS }, () => {
  let folder = '';
  /** A data folder with every table filled, and its key. */
  let full = '';
  let file = '';
  /** Where nothing is yet. */
  let place = '';
  let places = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podium-transfer-'));
    full = join(folder, 'full');
    file = join(full, 'podium.db');
    await makeStore(full);
    fillSqlite(file);
    await writeFile(join(full, 'secret'), makeSecret());
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(() => (place = join(folder, `place-${(places += 1)}`)));

  const refusal = async (args: readonly string[]) => {
    const { status, errors } = await podium(args);
    assert.equal(status, 1, errors);
    return errors;
  };
  /** A store of the one file or folder, with its key where there is one. */
  const sameAsFull = async (otherFile: string, otherFolder?: string) => {
    const [sent, found] = [readSqlite(file), readSqlite(otherFile)];
    const withoutKey = found['kept_values']?.filter(({ name }) => name !== 'cookie-key');
    assert.deepEqual({ ...found, kept_values: withoutKey }, sent);
    if (otherFolder === undefined) return;
    assert.deepEqual(await readFile(join(otherFolder, 'secret')), await readFile(join(full, 'secret')));
  };

  it('backs up every table and the key into one private file, and leaves what it reads as it was', async () => {
    const before = await readFile(file);
    const said = await succeed(['backup', place, '--data', full]);
    await sameAsFull(place);
    for (const table of Object.keys(readSqlite(file))) {
      const rows = table === 'kept_values' ? ROWS_EACH + 1 : ROWS_EACH;
      assert.match(said, new RegExp(`${table} +${rows} rows +the same on both sides`));
    }
    assert.match(said, /none lost and none changed.*\nIt holds the key/);
    assert.equal((await stat(place)).mode & 0o077, 0);
    assert.deepEqual(await readFile(file), before);
    const beside = (await readdir(folder)).filter((name) => name.includes(place.split('/').at(-1) ?? ''));
    assert.deepEqual(beside, [place.split('/').at(-1)]);
  });

  it('restores a backup into a new folder', async () => {
    await succeed(['backup', place, '--data', full]);
    await succeed(['restore', place, '--data', `${place}-new`]);
    await sameAsFull(join(`${place}-new`, 'podium.db'), `${place}-new`);
  });

  it('backs up a server that runs and writes, and those who restore it know its people', async () => {
    let learner: Browser;
    {
      await using server = await startServer();
      learner = new Browser(server.origin);
      const { id } = await learner.startAndWait();
      await using page = await learner.openTerminal(id);
      page.type('touch ~/done; echo made-$((40 + 2))\r');
      await page.waitForText(/made-42/);
      assert.equal((await learner.check(id, 'has-file')).status, 200);
      await succeed(['backup', place, '--data', join(server.directory, 'data')]);
    }
    const directory = await makeFolders();
    await succeed(['restore', place, '--data', join(directory, 'data')]);
    await using server = await startServer({ directory });
    learner.origin = server.origin;
    const { json } = await learner.send('/api/labs/first-steps/progress');
    assert.deepEqual((json as { checksDone: unknown }).checksDone, ['has-file']);
    await rm(directory, { recursive: true });
  });

  it('writes over nothing', async () => {
    await writeFile(place, 'dear');
    assert.match(await refusal(['backup', place, '--data', full]), /is there already, and nothing is overwritten/);
    assert.equal(await readFile(place, 'utf8'), 'dear');
    await rm(place);
    await succeed(['backup', place, '--data', full]);
    assert.match(await refusal(['restore', place, '--data', full]), /podium\.db is there already/);
    await mkdir(`${place}-key`);
    await writeFile(join(`${place}-key`, 'secret'), makeSecret());
    assert.match(await refusal(['restore', place, '--data', `${place}-key`]), /secret is another key/);
    assert.deepEqual(await readdir(`${place}-key`), ['podium.db-lock', 'secret']);
  });

  it('refuses what is no store, and what is not there', async () => {
    await writeFile(place, 'not a database'.repeat(1000));
    assert.match(
      await refusal(['restore', place, '--data', `${place}-new`]),
      /is no database of Podium, or is damaged/,
    );
    assert.match(await refusal(['restore', `${place}-absent`, '--data', `${place}-new`]), /is not there/);
    new DatabaseSync(`${place}-empty`).close();
    assert.match(await refusal(['restore', `${place}-empty`, '--data', `${place}-new`]), /holds no store of Podium/);
  });

  it('refuses a backup of a newer version', async () => {
    await cp(full, place, { recursive: true });
    const database = new DatabaseSync(join(place, 'podium.db'));
    database.exec(`INSERT INTO kysely_migration VALUES ('9999-later', '2030')`);
    database.close();
    assert.match(await refusal(['backup', `${place}-file`, '--data', place]), /newer Podium \(it has 9999-later\)/);
  });

  it('moves nothing while a server works with it', async () => {
    await using server = await startServer();
    const data = join(server.directory, 'data');
    assert.match(await refusal(['move', '--from', data, '--to', place]), /A server works with .*Stop it first/);
    assert.equal(existsSync(place), false);
  });

  it('leaves nothing half when it is interrupted, and goes through when it is begun again', async () => {
    const big = join(folder, 'big');
    await cp(full, big, { recursive: true });
    const database = new DatabaseSync(join(big, 'podium.db'));
    const insert = database.prepare(`INSERT INTO kept_homes VALUES (?, 'lab', zeroblob(500000), 500000, '2026')`);
    for (let owner = 0; owner < 200; owner += 1) insert.run(`o${owner}`);
    database.close();
    const { status, errors } = await podium(['move', '--from', big, '--to', place], {}, /^From/);
    assert.equal(status, 130);
    assert.match(errors, /Stopped\. Nothing was written/);
    assert.deepEqual(await readdir(place), []);
    await succeed(['move', '--from', big, '--to', place]);
    assert.deepEqual(readSqlite(join(place, 'podium.db')), readSqlite(join(big, 'podium.db')));
    await rm(big, { recursive: true });
  });

  it('says what to do when the disk is full, and leaves nothing there', { skip: skippedWithoutMount }, async () => {
    await mkdir(place);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', place]);
    try {
      const errors = await refusal(['backup', join(place, 'file'), '--data', full]);
      assert.match(errors, /The disk of .* is full .*Make room, and begin again/);
      assert.deepEqual(await readdir(place), []);
    } finally {
      execFileSync('umount', [place]);
    }
  });

  it('commits nothing where a row did not arrive, or arrived otherwise', async () => {
    for (const change of ['lost', 'changed'] as const) {
      await using source = openSqliteSource(file);
      await using target = await openSqliteTarget(place, source.migrations);
      const insert: typeof target.insert = (table, [first = {}, ...rows]) =>
        target.insert(table, change === 'lost' ? rows : [{ ...first, lab: 'other' }, ...rows]);
      await assert.rejects(transfer(source, { ...target, insert }, never), /arrived otherwise than it was sent/);
      assert.equal(existsSync(place), false);
    }
  });

  describe('with PostgreSQL', { skip: skippedWithoutPostgres }, () => {
    let postgres: TestPostgres;
    before(async () => {
      postgres = await createPostgres();
    });
    after(() => postgres[Symbol.asyncDispose]());
    const makeTables = async (url: URL) => {
      const database = await openPostgres({ url, clock: systemClock, log }, never);
      await database[Symbol.asyncDispose]();
    };

    it('moves every table and the key from a folder to a database, and back to another folder', async () => {
      const url = await postgres.createDatabase();
      await succeed(['move', '--from', full, '--to', url.href]);
      const { one_use_codes: codes, ...moved } = await readPostgres(url);
      void codes;
      const key = { name: 'cookie-key', value: (await readFile(join(full, 'secret'))).toString('base64') };
      const keys = moved['kept_values']?.filter(({ name }) => name === 'cookie-key');
      assert.deepEqual(keys, [key]);
      await succeed(['move', '--from', url.href, '--to', place]);
      await sameAsFull(join(place, 'podium.db'), place);
    });

    it('backs up a database, restores it into another, and needs no password in its words', async () => {
      const [from, to] = [await postgres.createDatabase(), await postgres.createDatabase()];
      await makeTables(from);
      await fillPostgres(from);
      const said = await succeed(['backup', place], { PODIUM_DATABASE_URL: from.href });
      await succeed(['restore', place], { PODIUM_DATABASE_URL: to.href });
      const { one_use_codes: codes, ...sent } = await readPostgres(from);
      const found = await readPostgres(to);
      assert.deepEqual(found, { ...sent, ...('one_use_codes' in found && { one_use_codes: [] }) });
      assert.equal(codes?.length, ROWS_EACH);
      assert.match(said, /one_use_codes +\d+ rows +left out/);
      assert.doesNotMatch(said, /correct-horse/);
    });

    it('moves every table from one database to another', async () => {
      const [from, to] = [await postgres.createDatabase(), await postgres.createDatabase()];
      await makeTables(from);
      await fillPostgres(from);
      await succeed(['move', '--from', from.href, '--to', to.href]);
      assert.deepEqual(await readPostgres(to), await readPostgres(from));
    });

    it('refuses a database with rows, one that a server works with, and one that is not there', async () => {
      const url = await postgres.createDatabase();
      {
        await using server = await startServer({ databaseUrl: url });
        void server;
        const errors = await refusal(['move', '--from', full, '--to', url.href]);
        assert.match(errors, /A server works with the database/);
      }
      const before = await readPostgres(url);
      const errors = await refusal(['move', '--from', full, '--to', url.href]);
      assert.match(errors, /is not empty: its table kept_values has rows, and nothing is overwritten/);
      assert.deepEqual(await readPostgres(url), before);
      url.pathname = '/absent';
      assert.match(await refusal(['move', '--from', full, '--to', url.href]), /is not there: .*createdb/);
    });

    it('leaves a database empty when it is interrupted', async () => {
      const url = await postgres.createDatabase();
      const { status } = await podium(['move', '--from', full, '--to', url.href], {}, /^From/);
      assert.equal(status, 130);
      assert.deepEqual(Object.values(await readPostgres(url)).flat(), []);
      await succeed(['move', '--from', full, '--to', url.href]);
    });
  });
});
