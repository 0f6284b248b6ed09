import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { handOverReply, type HandOverReply } from '../../sandbox-server/protocol/requests.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { Browser, makeOpen, type Reply } from './browser.ts';
import { startServer, type RunningServer } from './running-server.ts';

/** Seconds on an idle machine; much more on a busy one. */
const SUITE_LIMIT_MS = 300_000;
const LIFETIME_MS = 10 * 60_000;

describe('a link to go on in another browser', { timeout: SUITE_LIMIT_MS }, () => {
  const clock = new ManualClock();
  let server: RunningServer;
  let learner: Browser;
  let id = '';
  before(async () => {
    server = await startServer({ clock });
    learner = new Browser(server.origin);
    id = (await learner.startAndWait()).id;
  });
  after(() => server[Symbol.asyncDispose]());

  async function makeLink(): Promise<HandOverReply> {
    const reply = await learner.send(`/api/sandboxes/${id}/hand-over`, { method: 'POST' });
    assert.equal(reply.status, 200);
    return handOverReply.parse(reply.json);
  }

  async function makeStranger(): Promise<Browser> {
    const stranger = new Browser(server.origin);
    await stranger.send('/api/status');
    return stranger;
  }

  const redeem = (browser: Browser, code: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> =>
    browser.send('/api/hand-over', { method: 'POST', body: JSON.stringify({ code }), headers });
  const outcome = ({ status, json }: Reply) => [status, (json as { code?: string }).code];
  const refused = [403, 'hand_over_refused'];

  it('makes that browser the same person, with the same shell', async () => {
    const { terminal } = makeOpen();
    await using page = await learner.openTerminal(id, { terminal, device: 'a laptop' });
    page.type('word=kept-$((40 + 2)); echo set-$word\r');
    await page.waitForText(/set-kept-42/);

    const link = await makeLink();
    assert.equal(link.address, `/labs/first-steps/?hand-over=${link.code}`);
    const other = await makeStranger();
    const before = other.cookie;
    const reply = await redeem(other, link.code);
    assert.deepEqual([reply.status, reply.json], [200, { lab: 'first-steps' }]);
    assert.match(reply.headers['set-cookie']?.[0] ?? '', /^podium=.*HttpOnly; SameSite=Lax/);
    assert.notEqual(other.cookie, before);
    assert.equal(other.cookie, learner.cookie);

    await using moved = await other.openTerminal(id, { terminal, device: 'a phone' });
    moved.send({ type: 'take' });
    await page.waitForMessage('role', ({ role, writer }) => role === 'viewer' && writer?.device === 'a phone');
    moved.isOwner = true;
    moved.type('echo $word-again\r');
    await moved.waitForText(/kept-42-again/);
  });

  it('is good once', async () => {
    const { code } = await makeLink();
    assert.equal((await redeem(await makeStranger(), code)).status, 200);
    const late = await makeStranger();
    assert.deepEqual(outcome(await redeem(late, code)), refused);
    assert.deepEqual((await late.send('/api/sandboxes')).json, []);
  });

  it('is worthless when a newer one was made', async () => {
    const { code } = await makeLink();
    await makeLink();
    assert.deepEqual(outcome(await redeem(await makeStranger(), code)), refused);
  });

  it('is good for ten minutes', async () => {
    const link = await makeLink();
    assert.equal(new Date(link.expiresAt).getTime(), clock.now() + LIFETIME_MS);
    clock.advance(LIFETIME_MS + 1);
    assert.deepEqual(outcome(await redeem(await makeStranger(), link.code)), refused);
  });

  it('is not redeemed by a page of another site, and still good then', async () => {
    const { code } = await makeLink();
    const other = await makeStranger();
    assert.deepEqual(outcome(await redeem(other, code, { origin: 'https://evil.example' })), [403, 'foreign_origin']);
    assert.deepEqual(outcome(await redeem(other, code, { origin: 'null' })), [403, 'foreign_origin']);
    assert.equal((await redeem(other, code)).status, 200);
  });

  it('is made by nobody but the owner of the sandbox', async () => {
    const other = await makeStranger();
    const reply = await other.send(`/api/sandboxes/${id}/hand-over`, { method: 'POST' });
    assert.deepEqual(outcome(reply), [404, 'sandbox_unknown']);
  });

  for (const body of ['{}', '{"code":5}', JSON.stringify({ code: 'x'.repeat(65) }), '{"code":"x","more":1}']) {
    it(`is not ${body.slice(0, 30)}`, async () => {
      const reply = await (await makeStranger()).send('/api/hand-over', { method: 'POST', body });
      assert.deepEqual(outcome(reply), [400, 'bad_request']);
    });
  }

  it('cannot be guessed: it is long, and few tries are allowed', async () => {
    const codes = await Promise.all(Array.from({ length: 3 }, makeLink));
    assert.equal(new Set(codes.map(({ code }) => code)).size, 3);
    // 24 random bytes.
    for (const { code } of codes) assert.match(code, /^[\w-]{32}$/);
    const guesser = await makeStranger();
    const outcomes: unknown[] = [];
    for (let count = 0; count < 12; count += 1) outcomes.push(outcome(await redeem(guesser, `guess-${count}`)));
    assert.deepEqual(outcomes.slice(0, 10), Array(10).fill(refused));
    assert.deepEqual(outcomes.slice(10), Array(2).fill([429, 'rate_limited']));
  });

  it('is limited for an address too, for whoever comes without a cookie each time', async () => {
    let tries = 0;
    let status = 0;
    while (status !== 429 && tries < 400) {
      tries += 1;
      ({ status } = await redeem(new Browser(server.origin), `guess-${tries}`));
    }
    assert.ok(tries > 200 && tries < 310, `${tries} tries`);
  });
});
