import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';

const TEST_LIMIT_MS = 20_000;
/** So long nothing comes where nothing must come. */
const SILENCE_MS = 200;

/** A socket and all that came over it. */
class Line {
  readonly socket: Socket;
  received = Buffer.alloc(0);
  chunks = 0;
  isClosed = false;
  error: string | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.received = Buffer.concat([this.received, bytes]);
      this.chunks += 1;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => (this.error = error.code));
    socket.on('close', () => (this.isClosed = true));
  }

  async has(count: number): Promise<void> {
    while (this.received.length < count) await once(this.socket, 'data');
  }

  async closed(): Promise<void> {
    if (!this.isClosed) await new Promise((resolve) => this.socket.once('close', resolve));
  }
}

async function listen(): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

describe('a fault proxy', { timeout: TEST_LIMIT_MS }, () => {
  let server: Server;
  let proxy: FaultProxy;
  before(async () => {
    const listening = await listen();
    server = listening.server;
    proxy = await createFaultProxy({ port: listening.port });
  });
  after(async () => {
    await proxy[Symbol.asyncDispose]();
    server.close();
  });

  async function connectBoth(): Promise<{ client: Line; target: Line }> {
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const client = new Line(connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true }));
    const [socket] = await accepted;
    return { client, target: new Line(socket) };
  }

  async function closeBoth(...lines: Line[]): Promise<void> {
    for (const { socket } of lines) socket.destroy();
    await Promise.all(lines.map((line) => line.closed()));
  }

  it('carries bytes and the end of each direction', async () => {
    const { client, target } = await connectBoth();
    const sent = randomBytes(1_000_000);
    client.socket.end(sent);
    await Promise.all([target.has(sent.length), once(target.socket, 'end')]);
    assert.ok(target.received.equals(sent));
    target.socket.end('answer');
    await client.closed();
    assert.equal(client.received.toString(), 'answer');
  });

  it('stalls, and then gives all that waited', async () => {
    const { client, target } = await connectBoth();
    proxy.setFault({ kind: 'stall' });
    client.socket.write('late');
    await new Promise((resolve) => setTimeout(resolve, SILENCE_MS));
    assert.equal(target.received.length, 0);
    proxy.setFault({ kind: 'none' });
    await target.has(4);
    assert.equal(target.received.toString(), 'late');
    await closeBoth(client, target);
  });

  it('swallows what goes over a half-open connection, its end too, and heals only new ones', async () => {
    const { client, target } = await connectBoth();
    proxy.setFault({ kind: 'half-open' });
    client.socket.write('lost');
    proxy.setFault({ kind: 'none' });
    client.socket.end('lost too');
    const second = await connectBoth();
    second.client.socket.write('heard');
    await second.target.has(5);
    await new Promise((resolve) => setTimeout(resolve, SILENCE_MS));
    assert.deepEqual([target.received.length, target.isClosed, target.socket.readableEnded], [0, false, false]);
    await closeBoth(client, target, second.client, second.target);
  });

  it('writes bytes one by one', async () => {
    proxy.setFault({ kind: 'trickle' });
    const { client, target } = await connectBoth();
    client.socket.write('letters');
    await target.has(7);
    assert.equal(target.received.toString(), 'letters');
    proxy.setFault({ kind: 'none' });
    await closeBoth(client, target);
  });

  it('delays, in order, also what comes after the delay was lifted', async () => {
    const { client, target } = await connectBoth();
    proxy.setFault({ kind: 'delay', delayMs: SILENCE_MS });
    const begun = performance.now();
    client.socket.write('one');
    await new Promise((resolve) => setTimeout(resolve, SILENCE_MS / 4));
    assert.equal(target.received.length, 0);
    proxy.setFault({ kind: 'none' });
    client.socket.write('two');
    await target.has(6);
    assert.equal(target.received.toString(), 'onetwo');
    assert.ok(performance.now() - begun >= SILENCE_MS - 1);
    await closeBoth(client, target);
  });

  for (const direction of ['down', 'up'] as const) {
    it(`cuts after exactly the bytes that were ordered, ${direction}`, async () => {
      const { client, target } = await connectBoth();
      const [from, to] = direction === 'up' ? [client, target] : [target, client];
      const cut = proxy.cutAfter({ direction, afterBytes: 70_000 });
      from.socket.write(Buffer.alloc(60_000));
      await to.has(60_000);
      from.socket.write(Buffer.alloc(60_000));
      await cut;
      await Promise.all([client.closed(), target.closed()]);
      assert.ok(to.received.length <= 70_000);
      assert.ok([client, target].every(({ error }) => error === 'ECONNRESET'));
    });
  }

  it('resets what is open and what is opened while there is no network', async () => {
    const { client, target } = await connectBoth();
    proxy.setFault({ kind: 'offline' });
    await Promise.all([client.closed(), target.closed()]);
    const refused = new Line(connect({ port: proxy.port, host: '127.0.0.1' }));
    await refused.closed();
    proxy.setFault({ kind: 'none' });
    const again = await connectBoth();
    await closeBoth(again.client, again.target);
  });

  it('sends later connections elsewhere, and resets them where nobody listens', async () => {
    const other = await listen();
    proxy.retarget(other.port);
    const accepted = once(other.server, 'connection') as Promise<[Socket]>;
    const client = new Line(connect({ port: proxy.port, host: '127.0.0.1' }));
    const [socket] = await accepted;
    await closeBoth(client, new Line(socket));
    other.server.close();
    await once(other.server, 'close');
    const refused = new Line(connect({ port: proxy.port, host: '127.0.0.1' }));
    await refused.closed();
    assert.equal(refused.error, 'ECONNRESET');
  });
});
