import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createPostgres, skippedWithoutPostgres } from '../support/postgres.ts';
import { Browser } from './browser.ts';
import { makeFolders } from './running-server.ts';

/** Each test starts a program or two, and a busy machine takes seconds for one. */
const SUITE_LIMIT_MS = 600_000;
const PROGRAM = join(import.meta.dirname, '../../sandbox-server/main.ts');

/** The program itself, as the launcher starts it: with a channel for messages. */
class Program implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly exited: Promise<[number | null, string | null]>;
  errors = '';

  constructor(directory: string, environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [PROGRAM], {
      cwd: directory,
      env: {
        PATH: process.env['PATH'],
        NODE_NO_WARNINGS: '1',
        PODIUM_DATA: 'data',
        PODIUM_PORT: '0',
        PODIUM_LOG_LEVEL: 'silent',
        PODIUM_DRIVER: 'local',
        ...environment,
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.child.stderr?.on('data', (text: Buffer) => (this.errors += text.toString()));
    const saidAll = this.child.stderr ? once(this.child.stderr, 'end') : undefined;
    // Not 'close': that does not come once the channel was closed from this side.
    this.exited = once(this.child, 'exit').then(async (how) => {
      await saidAll;
      return how as [number | null, string | null];
    });
  }

  async listening(): Promise<Browser> {
    const [message] = (await Promise.race([once(this.child, 'message'), this.exited])) as [
      { type?: string; url?: string },
    ];
    if (message.type !== 'listening' || !message.url) throw new Error(`It does not listen: ${this.errors}`);
    return new Browser(message.url.replace(/\/$/, ''));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}

describe('the server program', { timeout: SUITE_LIMIT_MS }, () => {
  let directory = '';
  before(async () => {
    directory = await makeFolders();
  });
  after(() => rm(directory, { recursive: true }));

  async function refusalOf(environment: Readonly<Record<string, string>>): Promise<string> {
    await using program = new Program(directory, environment);
    const [status] = await program.exited;
    assert.equal(status, 1);
    assert.doesNotMatch(program.errors, /^\s+at /m);
    return program.errors;
  }

  it('says all mistakes of its settings at once, and ends', async () => {
    const errors = await refusalOf({ PODIUM_PORT: 'many', PODIUM_HOST: '0.0.0.0', PODIUM_DRIVER: 'docker' });
    assert.match(errors, /- PODIUM_PORT is "many".*\n- PODIUM_DRIVER is "docker"/s);
  });

  it('says how to build the site when there is none', async () => {
    assert.match(await refusalOf({ PODIUM_DIST: 'nowhere' }), /holds no built site\. Run "npm run build"/);
  });

  it('says what to do when its port is taken', async () => {
    await using other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    assert.match(await refusalOf({ PODIUM_PORT: String(port) }), new RegExp(`Port ${port} is taken\\. .*PODIUM_PORT`));
  });

  it('says what to do when its address is none of this machine', async () => {
    const environment = { PODIUM_HOST: '192.0.2.1', PODIUM_DRIVER: 'none', PODIUM_LISTEN_UNPROTECTED: 'yes' };
    assert.match(await refusalOf(environment), /192\.0\.2\.1, which is no address of this machine/);
  });

  it('says what to do when its database is damaged', async () => {
    await writeFile(join(directory, 'podium.db'), 'not a database'.repeat(1000));
    assert.match(await refusalOf({ PODIUM_DATA: '.' }), /podium\.db is damaged\. Move it away/);
  });

  it('says what to do when PostgreSQL has no such database', { skip: skippedWithoutPostgres }, async () => {
    await using postgres = await createPostgres();
    const url = await postgres.createDatabase();
    url.pathname = '/absent';
    const errors = await refusalOf({ PODIUM_DATABASE_URL: url.href });
    assert.match(errors, /^PODIUM_DATABASE_URL: The database "absent" at \S+ is not there: .* Make it: createdb/);
    assert.doesNotMatch(errors, /correct-horse/);
  });

  it('says what to do when its key is cut short', async () => {
    await writeFile(join(directory, 'short'), 'x');
    assert.match(await refusalOf({ PODIUM_SECRET_FILE: 'short' }), /too short for a key\. Delete it/);
  });

  it('leaves its data to one server at a time', async () => {
    await using first = new Program(directory);
    await first.listening();
    assert.match(await refusalOf({}), /in use by another server/);
  });

  it('keeps key and database from the other users of the machine', async () => {
    await using program = new Program(directory);
    await program.listening();
    for (const name of ['secret', 'podium.db']) {
      assert.equal((await stat(join(directory, 'data', name))).mode & 0o077, 0, name);
    }
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`tells its pages and ends at ${signal}`, async () => {
      await using program = new Program(directory);
      const browser = await program.listening();
      const { id } = await browser.startAndWait();
      await using page = await browser.openTerminal(id);
      await using events = await browser.listen();
      program.child.kill(signal);
      assert.equal(await page.closed, 1012);
      await events.ended;
      assert.deepEqual(await program.exited, [0, null]);
    });
  }

  it('ends when its launcher is gone', async () => {
    await using program = new Program(directory);
    await program.listening();
    program.child.disconnect();
    assert.deepEqual(await program.exited, [0, null]);
  });

  it('knows learners, progress and sandboxes again after kill -9', async () => {
    let browser: Browser;
    let id = '';
    {
      await using program = new Program(directory);
      browser = await program.listening();
      id = (await browser.startAndWait()).id;
      await using page = await browser.openTerminal(id);
      page.type('touch ~/done; echo made-$((40 + 2))\r');
      await page.waitForText(/made-42/);
      assert.equal((await browser.check(id, 'has-file')).status, 200);
      program.child.kill('SIGKILL');
      await program.exited;
    }
    await using program = new Program(directory);
    browser.origin = (await program.listening()).origin;
    await using events = await browser.listen();
    const found = await events.waitForSandbox((each) => each.id === id && each.state === 'running');
    assert.deepEqual(found.checksDone, ['has-file']);
    await using page = await browser.openTerminal(id);
    page.type('test -e ~/done && echo same-$((40 + 2))\r');
    await page.waitForText(/same-42/);
  });

  it('passes on what its launcher says of the cluster, and survives what it does not understand', async () => {
    await using program = new Program(directory, { PODIUM_DRIVER: 'embedded' });
    const browser = await program.listening();
    await browser.send('/api/status');
    await using events = await browser.listen();
    program.child.send({ type: 'cluster', cluster: { state: 'melting' } });
    program.child.send('nonsense');
    program.child.send({ type: 'cluster', cluster: { state: 'building', part: 'cilium', index: 3, count: 14 } });
    await events.waitFor((each) => each.type === 'cluster' && each.cluster.part === 'cilium');
    program.child.send({ type: 'cluster', cluster: { state: 'failed', code: 'cluster_failed' } });
    await events.waitFor((each) => each.type === 'cluster' && each.cluster.state === 'failed');
    assert.deepEqual((await browser.send('/readyz')).json, { code: 'cluster_failed', retryable: false });
  });

  it('goes on trying while the cluster does not answer', async () => {
    await writeFile(
      join(directory, 'kubeconfig'),
      await readFile(join(import.meta.dirname, 'unreachable.kubeconfig.yaml')),
    );
    await using program = new Program(directory, { PODIUM_DRIVER: 'kubernetes', PODIUM_KUBECONFIG: 'kubeconfig' });
    const browser = await program.listening();
    await browser.send('/api/status');
    await using events = await browser.listen();
    await events.waitFor((each) => each.type === 'cluster' && each.cluster.code === 'cluster_unreachable');
    assert.equal((await browser.send('/readyz')).status, 503);
    assert.equal((await browser.send('/healthz')).status, 200);
  });
});
