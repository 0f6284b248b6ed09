/** What somebody hostile tries in a showing: each is refused, and the room sees nothing of it. */
import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { WebSocket } from 'ws';
import { Browser, type Reply } from './browser.ts';
import { startServer, type RunningServer } from './running-server.ts';
import { makePosition, ShowingBrowser } from './showing-page.ts';

const SUITE_LIMIT_MS = 120_000;
const codeOf = ({ status, json }: Reply) => [status, (json as { code?: string } | undefined)?.code];
const dist = process.env['PODIUM_TEST_DIST'] ?? join(import.meta.dirname, '..', '..', 'dist');

describe('a hostile follower', { timeout: SUITE_LIMIT_MS }, () => {
  let server: RunningServer;
  let presenter: ShowingBrowser;
  let stranger: ShowingBrowser;
  before(async () => {
    server = await startServer();
  });
  after(() => server[Symbol.asyncDispose]());
  beforeEach(async () => {
    presenter = new ShowingBrowser(server.origin);
    await presenter.begin();
    stranger = new ShowingBrowser(server.origin, presenter.code);
  });

  for (const [what, path, body] of [
    ['moves the deck', '/position', makePosition(3)],
    ['has the deck moved', '/commands', { command: 'next' }],
    ['lets everybody look ahead', '/settings', { mayLookAhead: true, takesQuestions: true, isModerated: false }],
    ['types captions', '/captions', { text: 'x', isFinal: true }],
    ['shows a terminal', '/screen', { text: 'x' }],
    ['makes a link', '/links', { role: 'remote' }],
    ['lets a question through', '/questions/abcdefgh/state', { state: 'shown' }],
  ] as const) {
    it(`never ${what}`, async () => {
      using page = stranger.connect();
      const before = await page.waitFor('state');
      for (const key of [undefined, 'podium-showing=guess', `podium-showing=${presenter.code}`]) {
        stranger.key = key;
        assert.deepEqual(codeOf(await stranger.post(path, body)), [403, 'showing_key_refused']);
      }
      using late = new ShowingBrowser(server.origin, presenter.code).connect();
      assert.deepEqual(await late.waitFor('state'), before);
      assert.deepEqual(
        page.seen.filter(({ type }) => type !== 'state'),
        [],
      );
    });
  }

  it('never ends it, nor makes a key of a guess', async () => {
    assert.equal((await stranger.send('', { method: 'DELETE' })).status, 403);
    assert.deepEqual(codeOf(await stranger.post('/key', { key: 'A'.repeat(32) })), [403, 'showing_key_refused']);
    assert.equal((await stranger.send('')).status, 200);
  });

  it('never does so with the key of another showing', async () => {
    const other = new ShowingBrowser(server.origin);
    await other.begin();
    stranger.key = other.key;
    assert.deepEqual(codeOf(await stranger.post('/position', makePosition(3))), [403, 'showing_key_refused']);
  });

  it('never does so from a page of another site, with the presenter’s own cookie', async () => {
    const headers = { origin: 'https://evil.example' };
    assert.deepEqual(codeOf(await presenter.post('/position', makePosition(3), headers)), [403, 'foreign_origin']);
    using page = presenter.connect(headers);
    assert.equal(await page.closed, 403);
  });

  for (const [what, headers] of [
    ['through a proxy', { 'x-forwarded-for': '203.0.113.9' }],
    ['through another one', { forwarded: 'for=203.0.113.9' }],
    ['by a name of another host', { host: '192.0.2.7:80', origin: 'http://192.0.2.7:80' }],
  ] as const) {
    it(`begins none ${what}`, async () => {
      const body = JSON.stringify({ deck: 'welcome' });
      const reply = await new Browser(server.origin).send('/api/showings', { method: 'POST', body, headers });
      assert.ok([403, 421].includes(reply.status), `${reply.status}`);
    });
  }

  it('is cut off when it says anything to the stream, and nobody else is', async () => {
    using page = stranger.connect();
    using honest = new ShowingBrowser(server.origin, presenter.code).connect();
    await Promise.all([page.waitFor('state'), honest.waitFor('state')]);
    (page as unknown as { socket: WebSocket }).socket.send('x'.repeat(100_000));
    assert.equal(await page.closed, 1009);
    await presenter.post('/position', makePosition(1));
    await honest.waitFor('position');
  });

  for (const [what, path, body] of [
    ['a question that is too long', '/questions', { text: 'x'.repeat(281) }],
    ['a question of nothing', '/questions', { text: ' ' }],
    ['a question that no database keeps', '/questions', { text: 'a\u0000b' }],
    ['half a character', '/questions', { text: 'a\ud800' }],
    ['a vote for a question that is not there', '/questions/abcdefgh/votes', {}],
    ['a vote for no question', '/questions/../votes', {}],
    ['a body that is too large', '/questions', { text: 'x'.repeat(5_000) }],
    ['a vote in a poll that is not shown', '/poll', { poll: 'p', answers: [0] }],
    ['more answers than there are', '/poll', { poll: 'p', answers: Array.from({ length: 50 }, () => 0) }],
  ] as const) {
    it(`is refused ${what}`, async () => {
      const { status } = await stranger.post(path, body);
      assert.ok(status >= 400 && status < 500, `${status}`);
    });
  }

  it('asks six questions a minute, and its votes do not count twice', async () => {
    await stranger.browser.send('/api/status');
    const statuses = [];
    for (let count = 0; count < 8; count += 1) statuses.push((await stranger.post('/questions', { text: 'x' })).status);
    assert.deepEqual(statuses, [201, 201, 201, 201, 201, 201, 429, 429]);
    const [first] = await readQuestions(presenter);
    await presenter.post(`/questions/${first}/state`, { state: 'shown' });
    for (let count = 0; count < 5; count += 1) await stranger.post(`/questions/${first}/votes`, {});
    const { json } = await stranger.send('/questions');
    assert.equal((json as { questions: { votes: number }[] }).questions[0]?.votes, 1);
  });

  it('does not guess a code: few are tried in a minute, by pages and by sockets alike', async () => {
    await using own = await startServer();
    const alphabet = '23456789abcdefghjkmnpqrstuvwxyz';
    const guess = (count: number) =>
      `aaaa${alphabet[count % alphabet.length]}${alphabet[Math.floor(count / alphabet.length)]}`;
    const guesser = new ShowingBrowser(own.origin);
    let tries = 0;
    for (let status = 404; status === 404 && tries < 600; tries += 1) {
      guesser.code = guess(tries);
      if (tries % 2 === 0) ({ status } = await guesser.send(''));
      else {
        using page = guesser.connect();
        status = (await page.closed) - 4000;
      }
    }
    assert.ok(tries > 250 && tries < 310, `${tries} tries`);
  });

  it('finds no key in what followers get, in the database, or in the site', async () => {
    const link = ((await presenter.post('/links', { role: 'remote' })).json as { key: string }).key;
    const secrets = [presenter.key?.split('=')[1] ?? '', link];
    assert.ok(secrets.every((secret) => secret.length === 32));
    using page = stranger.connect();
    await page.waitFor('state');
    await presenter.post('/position', makePosition(1));
    await page.waitFor('position');
    const replies = [await stranger.send(''), await stranger.send('/questions'), await presenter.send('')];
    const told = JSON.stringify([page.seen, replies.map(({ text }) => text)]);
    const places = new Map([['what is told', told]]);
    for (const [pattern, cwd] of [
      ['data/**', server.directory],
      ['**/*.{html,js,json,css}', dist],
    ] as const) {
      for await (const entry of glob(pattern, { cwd, withFileTypes: true })) {
        const file = join(entry.parentPath, entry.name);
        if (entry.isFile()) places.set(file, await readFile(file, 'latin1'));
      }
    }
    assert.ok(places.size > 3);
    const leaks = [...places].filter(([, text]) => secrets.some((secret) => text.includes(secret)));
    assert.deepEqual(
      leaks.map(([place]) => place),
      [],
    );
  });

  it('reads no key by a script: the cookie is for this showing and for requests alone', async () => {
    const fresh = new ShowingBrowser(server.origin);
    const reply = await fresh.browser.send('/api/showings', { method: 'POST', body: JSON.stringify({ deck: 'x' }) });
    const { code } = reply.json as { code: string };
    const cookie = reply.headers['set-cookie']?.find((each) => each.startsWith('podium-showing=')) ?? '';
    assert.match(cookie, new RegExp(`Path=/api/showings/${code};`));
    assert.match(cookie, /HttpOnly; SameSite=Strict/);
    assert.ok(!reply.text.includes(cookie.split(/[=;]/)[1] ?? '-'));
  });
});

/** Ids, as those who present see them. */
async function readQuestions(presenter: ShowingBrowser): Promise<string[]> {
  using page = presenter.connect();
  return (await page.waitFor('state')).questions.map(({ id }) => id);
}
