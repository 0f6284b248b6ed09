import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { PodiumError } from '../../sandbox-server/errors.ts';
import type { Sandbox } from '../../sandbox-server/protocol/sandbox.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { Browser } from './browser.ts';
import {
  createTestDriver,
  IDLE_MINUTES,
  makeFolders,
  startServer,
  type RunningServer,
  type ServerOptions,
} from './running-server.ts';

/** Seconds on an idle machine; much more on a busy one. */
const SUITE_LIMIT_MS = 300_000;
const MINUTE = 60_000;

/** A browser that the server knows. */
async function comeTo(server: RunningServer): Promise<Browser> {
  const browser = new Browser(server.origin);
  await browser.send('/api/status');
  return browser;
}

interface Place extends AsyncDisposable {
  /** One learner's, who comes back to each server. */
  readonly browser: Browser;
  /** Runs a server for as long as `work` takes. */
  serve(options: ServerOptions, work: (server: RunningServer) => Promise<void>): Promise<void>;
}

/** A folder on which servers follow each other. */
async function createPlace(): Promise<Place> {
  const directory = await makeFolders();
  const browser = new Browser('');
  return {
    browser,
    async serve(options, work) {
      await using server = await startServer({ ...options, directory });
      browser.origin = server.origin;
      await work(server);
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

describe('a sandbox', { timeout: SUITE_LIMIT_MS }, () => {
  it('waits for the cluster, shows how far that is, and then starts by itself', async () => {
    await using server = await startServer({ isWithoutDriver: true });
    const browser = await comeTo(server);
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
    const browser = await comeTo(server);
    await using events = await browser.listen();
    const { id } = await browser.start();
    await browser.send(`/api/sandboxes/${id}`, { method: 'DELETE' });
    await events.waitForSandbox(({ state }) => state === 'gone');
  });

  it('fails with the reason when the cluster cannot be built, and may be started again', async () => {
    await using server = await startServer({ isWithoutDriver: true });
    const browser = await comeTo(server);
    await using events = await browser.listen();
    await browser.start();
    server.drivers.reportCluster({ state: 'failed', code: 'cluster_failed' });
    assert.equal((await events.waitForSandbox(({ state }) => state === 'failed')).code, 'cluster_failed');
    await server.drivers.use(await createTestDriver(server.directory));
    await browser.start();
    await events.waitForSandbox(({ state }) => state === 'running');
  });

  it('ends when it is left alone, with everything in it', async () => {
    const clock = new ManualClock();
    await using server = await startServer({ clock });
    const browser = new Browser(server.origin);
    await browser.startAndWait();
    await using events = await browser.listen();
    clock.advance(IDLE_MINUTES * MINUTE - 1);
    assert.equal(((await browser.send('/api/sandboxes')).json as unknown[]).length, 1);
    clock.advance(1);
    await events.waitForSandbox(({ state }) => state === 'gone');
    assert.deepEqual(await server.drivers.current?.list(new AbortController().signal), []);
  });

  for (const [what, work] of [
    [
      'a key',
      async (browser, id) => {
        await using page = await browser.openTerminal(id);
        page.type('echo typed-$((40 + 2))\r');
        await page.waitForText(/typed-42/);
      },
    ],
    ['a check', (browser, id) => browser.check(id, 'has-file')],
    ['a click for more time', (browser, id) => browser.send(`/api/sandboxes/${id}/extend`, { method: 'POST' })],
  ] as const satisfies readonly [string, (browser: Browser, id: string) => Promise<unknown>][]) {
    it(`lives on after ${what}, up to its ceiling`, async () => {
      const clock = new ManualClock();
      await using server = await startServer({ clock });
      const browser = new Browser(server.origin);
      const { id, createdAt } = await browser.startAndWait();
      await using events = await browser.listen();
      const isUntil = (minutes: number) => (sandbox: Sandbox) =>
        Date.parse(sandbox.expiresAt) - Date.parse(createdAt) === minutes * MINUTE;
      clock.advance(25 * MINUTE);
      await work(browser, id);
      await events.waitForSandbox(isUntil(25 + IDLE_MINUTES));
      clock.advance(25 * MINUTE);
      await work(browser, id);
      const { expiresAt, ceilingAt } = await events.waitForSandbox(isUntil(60));
      assert.equal(expiresAt, ceilingAt);
      clock.advance(10 * MINUTE);
      await events.waitForSandbox(({ state }) => state === 'gone');
    });
  }

  it('leaves the files of its home for the next one, until a fresh one is asked for', async () => {
    await using place = await createPlace();
    const { browser } = place;
    const end = async (id: string) => browser.end(id);
    const findHome = async () =>
      ((await browser.send('/api/labs/first-steps/progress')).json as { home?: { bytes: number } }).home;
    const makeAndLook = async (id: string, line: string, pattern: RegExp) => {
      await using page = await browser.openTerminal(id);
      page.type(`${line}; echo said-$((40 + 2))\r`);
      await page.waitForText(pattern);
    };
    await place.serve({}, async () => {
      assert.equal(await findHome(), undefined);
      const { id } = await browser.startAndWait();
      await makeAndLook(id, 'echo kept-$((1 + 1)) > ~/note', /said-42/);
      await end(id);
      assert.ok(((await findHome())?.bytes ?? 0) > 0);
    });
    await place.serve({}, async () => {
      const { id } = await browser.startAndWait();
      await makeAndLook(id, 'cat ~/note', /kept-2\r\n/);
      await end(id);
      await using events = await browser.listen();
      const fresh = await browser.send('/api/sandboxes', {
        method: 'POST',
        body: JSON.stringify({ lab: 'first-steps', isFresh: true }),
      });
      assert.equal(fresh.status, 202);
      await events.waitForSandbox(({ state }) => state === 'running');
      await makeAndLook(id, 'ls ~/note', /No such file/);
      assert.equal(await findHome(), undefined);
      await end(id);
    });
    // What there is to come back to is not brought back by a server that keeps none.
    await place.serve({ keptHomesMiB: 0 }, async () => {
      assert.equal(await findHome(), undefined);
    });
  });

  it('does not lose what is kept when it cannot be brought back, and says so', async () => {
    await using server = await startServer({});
    const browser = new Browser(server.origin);
    const { id } = await browser.startAndWait();
    {
      await using page = await browser.openTerminal(id);
      page.type('touch ~/note; echo made-$((40 + 2))\r');
      await page.waitForText(/made-42/);
    }
    await browser.end(id);
    const before = (await browser.send('/api/labs/first-steps/progress')).json;
    const driver = server.drivers.current;
    assert.ok(driver);
    const restoreHome = () => Promise.reject(new PodiumError('home_failed'));
    await server.drivers.use({ ...driver, restoreHome, [Symbol.asyncDispose]: () => Promise.resolve() });
    const { code } = await browser.startAndWait();
    assert.equal(code, 'home_failed');
    await browser.end(id);
    assert.deepEqual((await browser.send('/api/labs/first-steps/progress')).json, before);
    assert.ok('home' in (before as object));
  });

  it('is given without the files of its lab when they cannot be written, and says so', async () => {
    await using server = await startServer({});
    const driver = server.drivers.current;
    assert.ok(driver);
    const restoreHome = () => Promise.reject(new PodiumError('home_failed'));
    await server.drivers.use({ ...driver, restoreHome, [Symbol.asyncDispose]: () => Promise.resolve() });
    const browser = new Browser(server.origin);
    const { id, state, code } = await browser.startAndWait();
    assert.deepEqual([state, code], ['running', 'lab_files_failed']);
    await browser.end(id);
  });

  it('can be started over: fresh, with nothing done, and never called gone meanwhile', async () => {
    await using server = await startServer({});
    const browser = new Browser(server.origin);
    const { id, createdAt } = await browser.startAndWait();
    {
      await using page = await browser.openTerminal(id);
      page.type('touch ~/done; echo made-$((40 + 2))\r');
      await page.waitForText(/made-42/);
    }
    await browser.check(id, 'has-file');
    await using events = await browser.listen();
    const reply = await browser.send(`/api/sandboxes/${id}/start-over`, { method: 'POST' });
    assert.equal(reply.status, 202);
    const seen: string[] = [];
    const fresh = await events.waitForSandbox((sandbox) => {
      seen.push(sandbox.state);
      return sandbox.state === 'running' && sandbox.createdAt > createdAt;
    });
    assert.deepEqual([fresh.id, fresh.checksDone], [id, []]);
    assert.ok(!seen.includes('gone'), seen.join());
    assert.equal(((await browser.check(id, 'has-file')).json as { done: boolean }).done, false);
    const ghost = await browser.send('/api/sandboxes/nobody/start-over', { method: 'POST' });
    assert.equal(ghost.status, 404);
  });

  it('is found again by the server that comes after, with its progress', async () => {
    await using place = await createPlace();
    const { browser } = place;
    let id = '';
    await place.serve({}, async () => {
      id = (await browser.startAndWait()).id;
      await using page = await browser.openTerminal(id);
      page.type('touch ~/done; echo made-$((40 + 2))\r');
      await page.waitForText(/made-42/);
      await browser.check(id, 'has-file');
    });
    await place.serve({}, async () => {
      await using events = await browser.listen();
      const found = await events.waitForSandbox((each) => each.id === id);
      assert.deepEqual([found.state, found.checksDone], ['running', ['has-file']]);
    });
  });

  it('is not called gone by a server that could not look for it yet', async () => {
    await using place = await createPlace();
    const { browser } = place;
    let id = '';
    await place.serve({}, async () => {
      id = (await browser.startAndWait()).id;
    });
    await place.serve({ isWithoutDriver: true }, async ({ drivers, directory }) => {
      await using events = await browser.listen();
      for (const path of ['/api/sandboxes', `/api/sandboxes/${id}`]) {
        assert.deepEqual((await browser.send(path)).json, { code: 'cluster_starting', retryable: true }, path);
      }
      await drivers.use(await createTestDriver(directory));
      await events.waitForSandbox((each) => each.id === id && each.state === 'running');
    });
  });

  it('that is past its end when a server comes back is ended', async () => {
    await using place = await createPlace();
    const { browser } = place;
    const clock = new ManualClock();
    await place.serve({ clock }, async () => {
      await browser.startAndWait();
    });
    clock.advance(61 * 60_000);
    await place.serve({ clock, isWithoutDriver: true }, async ({ drivers, directory }) => {
      await using events = await browser.listen();
      await drivers.use(await createTestDriver(directory, clock));
      await events.waitForSandbox(({ state }) => state === 'gone');
    });
  });

  it('is refused when the server has as many as it may', async () => {
    await using server = await startServer({ sandboxLimit: 1 });
    await new Browser(server.origin).startAndWait();
    const body = JSON.stringify({ lab: 'first-steps' });
    const reply = await new Browser(server.origin).send('/api/sandboxes', { method: 'POST', body });
    assert.deepEqual([reply.status, reply.json], [503, { code: 'server_full', retryable: true }]);
  });
});
