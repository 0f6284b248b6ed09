import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Browser, type RequestOptions } from './browser.ts';
import { startServer, type RunningServer } from './running-server.ts';

/** Seconds on an idle machine; much more on a busy one. */
const SUITE_LIMIT_MS = 300_000;
const order = (lab: string): RequestOptions => ({ method: 'POST', body: JSON.stringify({ lab }) });

describe('the API', { timeout: SUITE_LIMIT_MS }, () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server[Symbol.asyncDispose]());

  it('says what this server can do', async () => {
    const browser = new Browser(server.origin);
    assert.deepEqual((await browser.send('/api/status')).json, { driver: 'local', cluster: { state: 'absent' } });
    assert.equal((await browser.send('/healthz')).status, 200);
    assert.equal((await browser.send('/readyz')).status, 200);
  });

  it('gives one sandbox for many starts at once, and again after a reload', async () => {
    const browser = new Browser(server.origin);
    await browser.send('/api/status');
    const sandboxes = await Promise.all(Array.from({ length: 20 }, () => browser.start()));
    assert.equal(new Set(sandboxes.map(({ id }) => id)).size, 1);
    const { id } = await browser.startAndWait();
    assert.equal(id, sandboxes[0]?.id);
  });

  it('shows a sandbox to nobody but its owner', async () => {
    const [owner, other] = [new Browser(server.origin), new Browser(server.origin)];
    const { id } = await owner.startAndWait();
    await other.send('/api/status');
    assert.deepEqual((await other.send('/api/sandboxes')).json, []);
    for (const [path, method] of [
      [`/api/sandboxes/${id}`, 'GET'],
      [`/api/sandboxes/${id}`, 'DELETE'],
      [`/api/sandboxes/${id}/tickets`, 'POST'],
      [`/api/sandboxes/${id}/checks/has-file`, 'POST'],
    ] as const) {
      const { status, json } = await other.send(path, { method });
      assert.deepEqual([path, status, json], [path, 404, { code: 'sandbox_unknown', retryable: false }]);
    }
    assert.equal((await owner.send(`/api/sandboxes/${id}`)).status, 200);
  });

  it('deletes a sandbox and says when it is gone', async () => {
    const browser = new Browser(server.origin);
    const { id } = await browser.startAndWait();
    await using events = await browser.listen();
    const reply = await browser.send(`/api/sandboxes/${id}`, { method: 'DELETE' });
    assert.equal(reply.status, 202);
    await events.waitForSandbox((each) => each.state === 'stopping');
    await events.waitForSandbox((each) => each.state === 'gone');
    assert.deepEqual((await browser.send('/api/sandboxes')).json, []);
    assert.equal((await browser.startAndWait()).id, id);
  });

  it('tells the news of a person to that person only', async () => {
    const [one, two] = [new Browser(server.origin), new Browser(server.origin)];
    await one.send('/api/status');
    await two.send('/api/status');
    await using events = await two.listen();
    await one.startAndWait();
    await two.startAndWait('second');
    assert.deepEqual(
      [...new Set(events.seen.flatMap((each) => (each.type === 'sandbox' ? [each.sandbox.lab] : [])))],
      ['second'],
    );
  });

  describe('refuses', () => {
    const refusals: readonly [string, string, RequestOptions, number, string][] = [
      ['a lab that is not there', '/api/sandboxes', order('nowhere'), 404, 'lab_unknown'],
      ['a lab that is broken', '/api/sandboxes', order('broken'), 404, 'lab_unknown'],
      ['a name that is none', '/api/sandboxes', order('../x'), 400, 'bad_request'],
      ['what is not JSON', '/api/sandboxes', { method: 'POST', body: '{' }, 400, 'bad_request'],
      [
        'another type of body',
        '/api/sandboxes',
        { ...order('first-steps'), headers: { 'content-type': 'text/plain' } },
        400,
        'bad_request',
      ],
      [
        'a body without end',
        '/api/sandboxes',
        { method: 'POST', body: `"${'x'.repeat(5000)}"` },
        413,
        'body_too_large',
      ],
      [
        'a page of another site',
        '/api/sandboxes',
        { ...order('first-steps'), headers: { origin: 'https://evil.example' } },
        403,
        'foreign_origin',
      ],
      [
        'a page that hides where it is from',
        '/api/sandboxes/x',
        { method: 'DELETE', headers: { origin: 'null' } },
        403,
        'foreign_origin',
      ],
      ['a foreign host name', '/api/status', { headers: { host: 'evil.example' } }, 421, 'foreign_host'],
      ['an address that is not there', '/api/nothing', {}, 404, 'not_found'],
      ['a broken address', '/api/sandboxes/%E0%A4%A', {}, 400, 'bad_request'],
    ];
    for (const [what, path, options, status, code] of refusals) {
      it(what, async () => {
        const reply = await new Browser(server.origin).send(path, options);
        assert.deepEqual([reply.status, (reply.json as { code: string }).code], [status, code]);
        assert.doesNotMatch(reply.text, /\bat \/|node_modules|Error:/);
      });
    }

    it('who asks far too often, and says so', async () => {
      const browser = new Browser(server.origin);
      await browser.send('/api/status');
      const replies = await Promise.all(Array.from({ length: 130 }, () => browser.send('/api/status')));
      const refused = replies.filter(({ status }) => status === 429);
      assert.ok(refused.length > 0 && refused.length < 20, `${refused.length} were refused`);
      assert.equal((refused[0]?.json as { code: string }).code, 'rate_limited');
      assert.equal((await new Browser(server.origin).send('/api/status')).status, 200);
    });
  });

  it('counts without naming anybody', async () => {
    const browser = new Browser(server.origin);
    const { id } = await browser.startAndWait();
    const { text } = await browser.send('/metrics');
    assert.match(text, /podium_sandboxes\{state="running"\} \d+/);
    assert.match(text, /podium_start_stage_seconds_count\{stage="shell"\}/);
    assert.ok(!text.includes(id));
  });
});
