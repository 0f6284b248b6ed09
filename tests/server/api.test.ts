import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ManualClock } from '../support/manual-clock.ts';
import { Browser, type RequestOptions } from './browser.ts';
import { createTestDriver, makeFolders, startServer, type RunningServer } from './running-server.ts';
import { rm } from 'node:fs/promises';

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

describe('a check', { timeout: SUITE_LIMIT_MS }, () => {
  let server: RunningServer;
  let learner: Browser;
  let id = '';
  before(async () => {
    server = await startServer();
    learner = new Browser(server.origin);
    id = (await learner.startAndWait()).id;
  });
  after(() => server[Symbol.asyncDispose]());

  it('says what is missing, and then remembers that it is done', async () => {
    const missing = await learner.check(id, 'has-file');
    assert.deepEqual(missing.json, { check: 'has-file', done: false, message: 'no-file', values: { name: 'done' } });
    await using page = await learner.openTerminal(id);
    page.type('touch ~/done; echo made-$((40 + 2))\r');
    await page.waitForText(/made-42/);
    assert.deepEqual((await learner.check(id, 'has-file')).json, { check: 'has-file', done: true });
    assert.deepEqual((await learner.send('/api/labs/first-steps/progress')).json, { checksDone: ['has-file'] });
  });

  it('is no learner’s fault when it speaks nonsense', async () => {
    const { status, json } = await learner.check(id, 'speaks-nonsense');
    assert.deepEqual(
      [status, json],
      [502, { code: 'check_failed', retryable: true, values: { check: 'speaks-nonsense' } }],
    );
  });

  it('is refused when there is none of that name', async () => {
    const { status, json } = await learner.check(id, 'nothing');
    assert.deepEqual([status, json], [404, { code: 'check_unknown', retryable: false, values: { check: 'nothing' } }]);
  });

  it('runs alone in its sandbox', async () => {
    await using page = await learner.openTerminal(id);
    const waiting = learner.check(id, 'waits');
    const busy = await Promise.race([waiting, untilBusy(learner, id)]);
    assert.deepEqual(busy.json, { code: 'check_busy', retryable: true });
    page.type('touch ~/go\r');
    assert.deepEqual((await waiting).json, { check: 'waits', done: true });
  });
});

/** The other check has reached the server when this one is refused. */
async function untilBusy(learner: Browser, id: string) {
  for (;;) {
    const reply = await learner.check(id, 'has-file');
    if (reply.status === 409) return reply;
  }
}

describe('a sandbox', { timeout: SUITE_LIMIT_MS }, () => {
  it('waits for the cluster, shows how far that is, and then starts by itself', async () => {
    await using server = await startServer({ isWithoutDriver: true });
    const browser = new Browser(server.origin);
    await browser.send('/api/status');
    assert.deepEqual((await browser.send('/readyz')).json, { code: 'cluster_starting', retryable: true });
    await using events = await browser.listen();
    await browser.start();
    const building = { state: 'building', part: 'kube', index: 3, count: 14, remainingSeconds: 700 } as const;
    server.drivers.reportCluster(building);
    await events.waitFor((each) => each.type === 'cluster' && each.cluster.state === 'building');
    assert.deepEqual((await browser.send('/api/status')).json, { driver: 'kubernetes', cluster: building });
    await server.drivers.use(await createTestDriver(server.directory));
    await events.waitForSandbox(({ state }) => state === 'running');
  });

  it('can be cancelled while it waits', async () => {
    await using server = await startServer({ isWithoutDriver: true });
    const browser = new Browser(server.origin);
    await browser.send('/api/status');
    await using events = await browser.listen();
    const { id } = await browser.start();
    await browser.send(`/api/sandboxes/${id}`, { method: 'DELETE' });
    await events.waitForSandbox(({ state }) => state === 'gone');
  });

  it('fails with the reason when the cluster cannot be built, and may be started again', async () => {
    await using server = await startServer({ isWithoutDriver: true });
    const browser = new Browser(server.origin);
    await browser.send('/api/status');
    await using events = await browser.listen();
    await browser.start();
    server.drivers.reportCluster({ state: 'failed', code: 'cluster_failed' });
    assert.equal((await events.waitForSandbox(({ state }) => state === 'failed')).code, 'cluster_failed');
    await server.drivers.use(await createTestDriver(server.directory));
    await browser.start();
    await events.waitForSandbox(({ state }) => state === 'running');
  });

  it('ends at its ceiling, with everything in it', async () => {
    const clock = new ManualClock();
    await using server = await startServer({ clock });
    const browser = new Browser(server.origin);
    await browser.startAndWait();
    await using events = await browser.listen();
    clock.advance(60 * 60_000 - 1);
    assert.equal(((await browser.send('/api/sandboxes')).json as unknown[]).length, 1);
    clock.advance(1);
    await events.waitForSandbox(({ state }) => state === 'gone');
    assert.deepEqual(await server.drivers.current?.list(new AbortController().signal), []);
  });

  it('is found again by the server that comes after, with its progress', async () => {
    const directory = await makeFolders();
    const browser = new Browser('');
    let id = '';
    {
      await using server = await startServer({ directory });
      Object.assign(browser, { origin: server.origin });
      id = (await browser.startAndWait()).id;
      await using page = await browser.openTerminal(id);
      page.type('touch ~/done; echo made-$((40 + 2))\r');
      await page.waitForText(/made-42/);
      await browser.check(id, 'has-file');
    }
    {
      await using server = await startServer({ directory });
      Object.assign(browser, { origin: server.origin });
      await using events = await browser.listen();
      const found = await events.waitForSandbox((each) => each.id === id);
      assert.deepEqual([found.state, found.checksDone], ['running', ['has-file']]);
    }
    await rm(directory, { recursive: true });
  });

  it('is not called gone by a server that could not look for it yet', async () => {
    const directory = await makeFolders();
    const browser = new Browser('');
    let id = '';
    {
      await using server = await startServer({ directory });
      Object.assign(browser, { origin: server.origin });
      id = (await browser.startAndWait()).id;
    }
    {
      await using server = await startServer({ directory, isWithoutDriver: true });
      Object.assign(browser, { origin: server.origin });
      await using events = await browser.listen();
      const asked = ['/api/sandboxes', `/api/sandboxes/${id}`];
      for (const path of asked) {
        assert.deepEqual((await browser.send(path)).json, { code: 'cluster_starting', retryable: true }, path);
      }
      await server.drivers.use(await createTestDriver(directory));
      await events.waitForSandbox((each) => each.id === id && each.state === 'running');
    }
    await rm(directory, { recursive: true });
  });

  it('that is past its end when a server comes back is ended', async () => {
    const directory = await makeFolders();
    const clock = new ManualClock();
    const browser = new Browser('');
    {
      await using server = await startServer({ directory, clock });
      Object.assign(browser, { origin: server.origin });
      await browser.startAndWait();
    }
    clock.advance(61 * 60_000);
    {
      await using server = await startServer({ directory, clock, isWithoutDriver: true });
      Object.assign(browser, { origin: server.origin });
      await using events = await browser.listen();
      await server.drivers.use(await createTestDriver(directory, clock));
      await events.waitForSandbox(({ state }) => state === 'gone');
    }
    await rm(directory, { recursive: true });
  });

  it('is refused when the server has as many as it may', async () => {
    await using server = await startServer({ sandboxLimit: 1 });
    await new Browser(server.origin).startAndWait();
    const reply = await new Browser(server.origin).send('/api/sandboxes', order('first-steps'));
    assert.deepEqual([reply.status, reply.json], [503, { code: 'server_full', retryable: true }]);
  });
});
