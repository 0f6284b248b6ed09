/**
 * Debian's WebKit over WebDriver: WebKitWebDriver with MiniBrowser, on a display of its own.
 * Debian packages: webkit2gtk-driver, xvfb.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { BrowserWire } from './driven-browser.ts';

const MINI_BROWSER = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';
/** The driver prints nothing when it listens, so it is asked until it answers. */
const ASK_EVERY_MS = 100;

export async function startWebKit(): Promise<BrowserWire> {
  const resources = new AsyncDisposableStack();
  const display = await startDisplay(resources);
  const port = await freePort();
  const driver = spawn('/usr/bin/WebKitWebDriver', [`--port=${port}`], {
    env: { ...process.env, DISPLAY: display, GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1' },
    stdio: 'ignore',
  });
  resources.defer(() => endChild(driver));
  const base = `http://127.0.0.1:${port}`;
  await answers(`${base}/status`);
  const browserOptions = { binary: MINI_BROWSER, args: ['--automation'] };
  const made = await call(`${base}/session`, 'POST', {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': browserOptions } },
  });
  const session = `${base}/session/${(made as { readonly sessionId: string }).sessionId}`;
  resources.defer(async () => {
    await call(session, 'DELETE');
  });
  await call(`${session}/window/rect`, 'POST', { width: 1280, height: 900 });
  return {
    name: 'WebKit',
    async navigate(url) {
      await call(`${session}/url`, 'POST', { url });
    },
    evaluate: (expression) => call(`${session}/execute/sync`, 'POST', { script: `return ${expression}`, args: [] }),
    async performActions(actions) {
      await call(`${session}/actions`, 'POST', { actions });
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function startDisplay(resources: AsyncDisposableStack): Promise<string> {
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  resources.defer(() => endChild(child));
  for await (const number of createInterface({ input: child.stdio[3] as Readable })) return `:${number}`;
  throw new Error('Xvfb ended before it had a display.');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(url: string): Promise<void> {
  while (
    !(await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    await delay(ASK_EVERY_MS);
  }
}

/** One command of the WebDriver standard; its value, or an exception with what the driver says. */
async function call(url: string, method: string, body?: object): Promise<unknown> {
  const reply = await fetch(url, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const { value } = (await reply.json()) as { readonly value: unknown };
  if (!reply.ok) throw new Error(`${method} ${url}: ${JSON.stringify(value)}`);
  return value;
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
