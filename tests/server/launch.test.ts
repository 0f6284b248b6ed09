/** `npm start` as a whole, without a cluster: what it says, what it refuses, and what it does when its server dies. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { dataDirectory } from '../../deploy/launch/directories.ts';
import { Browser } from './browser.ts';

/** Each test starts a program, which may find that the site is to be built anew. */
const SUITE_LIMIT_MS = 600_000;
const START = join(import.meta.dirname, '../../deploy/launch/start.ts');
/** An address of nobody (RFC 5737): a server that did not refuse it could not listen on it either. */
const BEYOND = '192.0.2.1';
const isRoot = process.getuid?.() === 0;

describe('npm start', { timeout: SUITE_LIMIT_MS }, () => {
  let state = '';
  const name = `launch-test-${process.pid}`;
  before(async () => {
    state = await mkdtemp(join(tmpdir(), 'podium-launch-'));
  });
  after(async () => {
    await rm(state, { recursive: true });
    await rm(dataDirectory({ XDG_STATE_HOME: state }, name, isRoot), { recursive: true, force: true });
  });

  /** The launcher with what it and its server say, in a network of its own where that is asked for. */
  class Launch implements AsyncDisposable {
    readonly child: ChildProcess;
    readonly exited: Promise<[number | null]>;
    said = '';

    constructor(options: readonly string[], around: readonly string[] = []) {
      const [program = '', ...rest] = [...around, process.execPath, START, '--name', name, '--port', '0', ...options];
      this.child = spawn(program, rest, {
        env: { ...process.env, XDG_STATE_HOME: state, PODIUM_LOG_LEVEL: 'warn', NODE_NO_WARNINGS: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      for (const stream of [this.child.stdout, this.child.stderr])
        stream?.on('data', (text: Buffer) => {
          this.said += text.toString();
          this.child.emit('said');
        });
      this.exited = once(this.child, 'close') as Promise<[number | null]>;
    }

    /** Waits until it has said so, `times` times. */
    async says(what: RegExp, times = 1): Promise<RegExpMatchArray> {
      for (;;) {
        const found = [...this.said.matchAll(new RegExp(what, 'gu'))];
        const last = found.at(times - 1);
        if (last) return last;
        const isOver = await Promise.race([once(this.child, 'said').then(() => false), this.exited.then(() => true)]);
        if (isOver) throw new Error(`It ended and never said ${String(what)}:\n${this.said}`);
      }
    }

    /** The sandbox server: the one child that the launcher has. */
    async serverPid(): Promise<number> {
      const tasks = `/proc/${this.child.pid}/task`;
      const lists = (await readdir(tasks)).map((task) => readFile(join(tasks, task, 'children'), 'utf8'));
      const pids = (await Promise.all(lists)).join(' ').split(/\s+/u).filter(Boolean).map(Number);
      assert.equal(pids.length, 1, `children: ${pids.join(', ')}`);
      return pids[0] ?? 0;
    }

    async [Symbol.asyncDispose](): Promise<void> {
      this.child.kill('SIGINT');
      await this.exited;
    }
  }

  it('starts a server again that was killed, at the same address, with the learner’s sandbox', async () => {
    await using launch = new Launch(['--driver', 'local']);
    const [, url = ''] = await launch.says(/Podium is at (\S+)\//);
    const browser = new Browser(url);
    const { id } = await browser.startAndWait();
    const pid = await launch.serverPid();
    process.kill(pid, 'SIGKILL');
    await launch.says(/The server was killed; it is started again in 0\.5 s/);
    await launch.says(new RegExp(`The server is back at ${url}`));
    assert.notEqual(await launch.serverPid(), pid);
    await using events = await browser.listen();
    await events.waitForSandbox((each) => each.id === id && each.state === 'running');
  });

  it('gives up when the server dies again and again, and says what to do', async () => {
    await using launch = new Launch(['--driver', 'none']);
    await launch.says(/Podium is at/);
    for (let deaths = 1; deaths <= 6; deaths += 1) {
      process.kill(await launch.serverPid(), 'SIGKILL');
      if (deaths < 6) await launch.says(/The server is back at/, deaths);
    }
    const [status] = await launch.exited;
    assert.equal(status, 1);
    assert.match(launch.said, /The server ended 6 times soon after its start/);
    assert.match(launch.said, /Mend what the server complains of and run npm start again/);
    assert.doesNotMatch(launch.said, /^\s+at /mu);
  });

  it('refuses to listen beyond this machine without being told so, and says how', async () => {
    await using launch = new Launch(['--driver', 'none', '--host', BEYOND]);
    const [status] = await launch.exited;
    assert.equal(status, 1);
    assert.match(launch.said, /PODIUM_HOST is 192\.0\.2\.1\. Anybody who reaches that address would get a shell/);
    assert.match(launch.said, /start with --listen-unprotected/);
    assert.doesNotMatch(launch.said, /Podium is at|^\s+at /mu);
  });

  it('never gives shells of this machine to others, whatever it is told', async () => {
    await using launch = new Launch(['--driver', 'local', '--host', BEYOND, '--listen-unprotected']);
    assert.deepEqual(await launch.exited, [1, null]);
    assert.match(launch.said, /A shell of this machine is given on this machine only/);
  });

  it('listens beyond this machine when told so, and warns', { skip: isRoot ? false : 'needs root' }, async () => {
    // A network with nothing but its own loopback: whatever the server opens there, nobody else reaches.
    await using launch = new Launch(
      ['--driver', 'none', '--host', '0.0.0.0', '--listen-unprotected'],
      ['unshare', '--net'],
    );
    await launch.says(/WARNING: http:\/\/0\.0\.0\.0:\d+\/ has no way in\. Anybody who reaches it gets a shell/);
    await launch.says(/Podium is at http:\/\/0\.0\.0\.0:\d+\//);
    const sockets = await readFile(`/proc/${await launch.serverPid()}/net/tcp`, 'utf8');
    assert.match(sockets, /^\s*\d+: 00000000:[0-9A-F]{4} 00000000:0000 0A/mu, 'listens on every address');
  });
});
