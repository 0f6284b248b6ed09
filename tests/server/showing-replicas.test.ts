/** A showing at two servers of one database: whichever a page reaches, it is the same room. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createPostgres, skippedWithoutPostgres, type TestPostgres } from '../support/postgres.ts';
import { startServer, type RunningServer } from './running-server.ts';
import { makePosition, ShowingBrowser } from './showing-page.ts';

const SUITE_LIMIT_MS = 300_000;

describe('a showing at two servers', { skip: skippedWithoutPostgres, timeout: SUITE_LIMIT_MS }, () => {
  let postgres: TestPostgres;
  let one: RunningServer;
  let other: RunningServer;
  let presenter: ShowingBrowser;
  let there: ShowingBrowser;
  before(async () => {
    postgres = await createPostgres();
    const databaseUrl = await postgres.createDatabase();
    one = await startServer({ databaseUrl });
    other = await startServer({ databaseUrl });
    presenter = new ShowingBrowser(one.origin);
    await presenter.begin();
    there = new ShowingBrowser(other.origin, presenter.code);
  });
  after(async () => {
    await one[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
    await postgres[Symbol.asyncDispose]();
  });

  it('moves at both, counts who follows at both, and numbers positions in one row', async () => {
    using deck = presenter.connect();
    using page = there.connect();
    await page.waitFor('state');
    await deck.waitFor('followers', ({ count }) => count === 1);
    await presenter.post('/position', makePosition(2));
    const first = await page.waitFor('position');
    assert.equal(first.position.h, 2);
    // The presenter's next request goes to the other server.
    const elsewhere = new ShowingBrowser(other.origin, presenter.code);
    elsewhere.key = presenter.key;
    await elsewhere.post('/position', makePosition(3));
    const second = await deck.waitFor('position', ({ position }) => position.h === 3);
    assert.equal(second.sequence, first.sequence + 1);
  });

  it('has a question asked at one, let through at the other, and votes of both counted', async () => {
    using page = there.connect();
    using near = new ShowingBrowser(one.origin, presenter.code).connect();
    await Promise.all([page.waitFor('state'), near.waitFor('state')]);
    const asked = await there.post('/questions', { text: 'Where am I?' });
    const { id } = asked.json as { id: string };
    await presenter.post(`/questions/${id}/state`, { state: 'shown' });
    await page.waitFor('question', ({ question }) => question.id === id);
    await there.post(`/questions/${id}/votes`, {});
    await new ShowingBrowser(one.origin, presenter.code).post(`/questions/${id}/votes`, {});
    await near.waitFor('question', ({ question }) => question.votes === 2);
    const poll = { id: 'p', options: 2, isMulti: false };
    await presenter.post('/position', makePosition(4, { poll }));
    await there.post('/poll', { poll: 'p', answers: [1] });
    await near.waitFor('poll', ({ result }) => result.counts[1] === 1);
  });

  it('tells pages all of it anew when the database was away', async () => {
    using page = there.connect();
    await page.waitFor('state');
    await postgres.stop();
    assert.equal((await presenter.post('/position', makePosition(5))).status, 503);
    await postgres.start();
    await page.waitFor('state', (state) => page.seen.indexOf(state) > 0);
    assert.equal((await presenter.post('/position', makePosition(6))).status, 204);
    await page.waitFor('position', ({ position }) => position.h === 6);
  });

  it('ends at both', async () => {
    using page = there.connect();
    await page.waitFor('state');
    await presenter.send('', { method: 'DELETE' });
    await page.waitFor('ended');
    assert.equal(await page.closed, 4404);
  });
});
