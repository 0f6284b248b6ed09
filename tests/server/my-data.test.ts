/** What a person sees, takes along and has deleted of what is kept of them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { forgottenReply, myData } from '../../sandbox-server/protocol/my-data.ts';
import { labProgress } from '../../sandbox-server/protocol/requests.ts';
import { PERSONAL_TABLES } from '../../sandbox-server/store/sql-personal-store.ts';
import { createSqliteStore } from '../../sandbox-server/store/sqlite-store.ts';
import { Browser } from './browser.ts';
import { makeFolders, type RunningServer, startServer } from './running-server.ts';
import { leaveTraces } from './store-personal.ts';

const SUITE_LIMIT_MS = 300_000;
const NOTHING = { checksDone: [], places: [], answers: [], finishedRuns: [], homes: [] };

describe('what is kept of a person', { timeout: SUITE_LIMIT_MS }, () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server[Symbol.asyncDispose]());

  const dataOf = async (browser: Browser) => {
    const { madeAt, ...data } = myData.parse((await browser.send('/api/me/data')).json);
    assert.ok(Date.parse(madeAt) > 0);
    return data;
  };
  const place = (browser: Browser, step: unknown, lab = 'first-steps') =>
    browser.send(`/api/labs/${lab}/place`, { method: 'PUT', body: JSON.stringify({ step }) });

  it('goes on at another device where they were on the first', async () => {
    const here = new Browser(server.origin);
    assert.equal((await place(here, 1)).status, 204);
    const there = new Browser(server.origin);
    there.cookie = here.cookie;
    const progress = labProgress.parse((await there.send('/api/labs/first-steps/progress')).json);
    assert.equal(progress.place?.step, 1);
    for (const [step, lab, status] of [
      [99, 'first-steps', 404],
      ['1', 'first-steps', 400],
      [1, 'nothing', 404],
    ] as const) {
      assert.equal((await place(here, step, lab)).status, status);
    }
  });

  it('is seen, taken along with its files, and deleted with all sandboxes, for good', async () => {
    const learner = new Browser(server.origin);
    const { id } = await learner.startAndWait();
    await using page = await learner.openTerminal(id);
    page.type('touch ~/done; echo mine > ~/work.txt; echo made-$((40 + 2))\r');
    await page.waitForText(/made-42/);
    assert.equal((await learner.check(id, 'has-file')).status, 200);
    await place(learner, 1);
    const { checksDone, places } = await dataOf(learner);
    assert.deepEqual([checksDone.length, places.length], [1, 1]);
    const archive = join(server.directory, 'taken.tar.gz');
    const download = await fetch(`${server.origin}/api/me/homes/first-steps`, {
      headers: { cookie: learner.cookie ?? '' },
    });
    assert.equal(download.headers.get('content-disposition'), 'attachment; filename="first-steps.tar.gz"');
    await writeFile(archive, Buffer.from(await download.arrayBuffer()));
    assert.equal(execFileSync('tar', ['-xzOf', archive, './work.txt']).toString(), 'mine\n');

    await using events = await learner.listen();
    const forgotten = forgottenReply.parse((await learner.send('/api/me/data', { method: 'DELETE' })).json);
    assert.deepEqual([forgotten.sandboxes, forgotten.checksDone, forgotten.places], [1, 1, 1]);
    await events.waitForSandbox((each) => each.id === id && each.state === 'gone');
    assert.deepEqual(await dataOf(learner), NOTHING);
    assert.equal((await learner.send('/api/me/homes/first-steps')).status, 404);
  });

  it('is nobody else’s', async () => {
    const learner = new Browser(server.origin);
    await place(learner, 1);
    const stranger = new Browser(server.origin);
    assert.deepEqual(await dataOf(stranger), NOTHING);
    await stranger.send('/api/me/data', { method: 'DELETE' });
    assert.equal((await dataOf(learner)).places.length, 1);
    const headers = { origin: 'https://elsewhere.example' };
    assert.equal((await learner.send('/api/me/data', { method: 'DELETE', headers })).status, 403);
    assert.equal((await dataOf(learner)).places.length, 1);
  });

  it('is in every table that has rows of a person', async () => {
    const directory = await makeFolders();
    const file = join(directory, 'all.db');
    await (await createSqliteStore(file))[Symbol.asyncDispose]();
    const database = new DatabaseSync(file);
    const rows = database
      .prepare(
        `SELECT t.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name = 'owner_hash' ORDER BY 1`,
      )
      .all();
    database.close();
    assert.deepEqual(
      rows.map(({ name }) => name),
      Object.values(PERSONAL_TABLES)
        .map(({ table }) => table)
        .toSorted(),
    );
  });

  it('is forgotten once they have been away for as long as the operator says', async () => {
    const directory = await makeFolders();
    const now = Date.now();
    const day = 24 * 60 * 60_000;
    const seen = async () => {
      await using store = await createSqliteStore(join(directory, 'data', 'podium.db'));
      return await Promise.all(['gone', 'here'].map(async (who) => (await store.readPerson(who)).places.length));
    };
    {
      await using store = await createSqliteStore(join(directory, 'data', 'podium.db'));
      await leaveTraces(store, 'gone', new Date(now - 31 * day));
      await leaveTraces(store, 'here', new Date(now - 29 * day));
    }
    await (await startServer({ directory, keepDays: 0 }))[Symbol.asyncDispose]();
    assert.deepEqual(await seen(), [1, 1]);
    await (await startServer({ directory, keepDays: 30 }))[Symbol.asyncDispose]();
    assert.deepEqual(await seen(), [0, 1]);
  });
});
