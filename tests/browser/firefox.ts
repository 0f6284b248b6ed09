/**
 * Debian's Firefox over WebDriver BiDi (w3.org/TR/webdriver-bidi), which it speaks itself: Debian 12 has no geckodriver,
 * and none is needed. Debian package: firefox-esr.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import type { BrowserWire } from './driven-browser.ts';

interface Reply {
  readonly id?: number;
  readonly type: 'success' | 'error' | 'event';
  readonly result?: Record<string, unknown>;
  readonly message?: string;
}

export async function startFirefox(): Promise<BrowserWire> {
  const profile = await mkdtemp(join(tmpdir(), 'podium-firefox-'));
  const arguments_ = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'];
  const child = spawn('/usr/bin/firefox-esr', arguments_, {
    env: { ...process.env, HOME: profile },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const socket = new WebSocket(`${await listeningAddress(child)}/session`);
  await once(socket, 'open');
  const send = createSender(socket);
  await send('session.new', { capabilities: {} });
  const tree = await send('browsingContext.getTree', {});
  const context = (tree['contexts'] as readonly { readonly context: string }[])[0]?.context;
  return {
    name: 'Firefox',
    async navigate(url) {
      await send('browsingContext.navigate', { context, url, wait: 'complete' });
    },
    async evaluate(expression) {
      const parameters = { expression: `JSON.stringify(${expression})`, target: { context }, awaitPromise: true };
      const answer = await send('script.evaluate', parameters);
      if (answer['type'] !== 'success') throw new Error(`Firefox could not evaluate ${expression}.`);
      return JSON.parse((answer['result'] as { readonly value: string }).value) as unknown;
    },
    async performActions(actions) {
      await send('input.performActions', { context, actions });
    },
    async [Symbol.asyncDispose]() {
      socket.terminate();
      await endChild(child);
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function listeningAddress(child: ChildProcess): Promise<string> {
  if (!child.stderr) throw new Error('Firefox has no standard error.');
  for await (const line of createInterface({ input: child.stderr })) {
    const address = /WebDriver BiDi listening on (ws:\S+)/.exec(line)?.[1];
    if (address === undefined) continue;
    child.stderr.resume();
    return address;
  }
  throw new Error('Firefox ended before it listened.');
}

type Send = (method: string, params: object) => Promise<Record<string, unknown>>;

function createSender(socket: WebSocket): Send {
  let lastId = 0;
  const waiting = new Map<number, (reply: Reply) => void>();
  socket.on('message', (data: Buffer) => {
    const reply = JSON.parse(data.toString()) as Reply;
    if (reply.id !== undefined) waiting.get(reply.id)?.(reply);
  });
  return async (method, params) => {
    const id = (lastId += 1);
    const answered = new Promise<Reply>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params }));
    const reply = await answered;
    waiting.delete(id);
    if (reply.type === 'error') throw new Error(`${method}: ${reply.message ?? 'failed'}`);
    return reply.result ?? {};
  };
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
