/** The exec client against a WebSocket server that behaves, or misbehaves, as an API server may. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';
import { ApiRefusal } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import type { CredentialSource } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import { openExec } from '../../sandbox-server/driver/kubernetes/exec.ts';
import { PodiumError } from '../../sandbox-server/errors.ts';

const request = {
  namespace: 'podium-sandboxes',
  pod: 'shell-a',
  container: 'shell',
  command: ['/bin/sh', '-c', 'echo "a b"'],
  hasTerminal: true,
};
const { signal } = new AbortController();

interface ApiServer {
  readonly source: CredentialSource;
  readonly http: Server;
  /** The server's end of the next exec, with the address it was asked by. */
  accept(): Promise<{ socket: WebSocket; url: URL }>;
}

async function startApiServer(t: TestContext): Promise<ApiServer> {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'v5.channel.k8s.io' });
  t.after(() => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
    http.close();
    http.closeAllConnections();
  });
  const server = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const source: CredentialSource = {
    get: () => Promise.resolve({ server, certificateAuthority: '', tls: {}, headers: { authorization: 'Bearer t' } }),
    forget: () => undefined,
  };
  return {
    source,
    http,
    async accept() {
      const [socket, incoming] = (await once(sockets, 'connection')) as [WebSocket, { url: string }];
      return { socket, url: new URL(incoming.url, server) };
    },
  };
}

function frame(channel: number, text: string): Buffer {
  return Buffer.concat([Buffer.of(channel), Buffer.from(text)]);
}

const success = frame(3, '{"metadata":{},"status":"Success"}');

async function readAll(output: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of output) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('it asks for the command word by word, with a terminal', async (t) => {
  const server = await startApiServer(t);
  const accepted = server.accept();
  using exec = await openExec(server.source, request, signal);
  const { url } = await accepted;
  assert.equal(url.pathname, '/api/v1/namespaces/podium-sandboxes/pods/shell-a/exec');
  assert.deepEqual(url.searchParams.getAll('command'), request.command);
  assert.equal(url.searchParams.get('tty'), 'true');
  assert.ok(exec);
});

test('it gives output in order, also what came with the opening, and the exit status', async (t) => {
  const server = await startApiServer(t);
  void server.accept().then(({ socket }) => {
    socket.send(frame(1, ''));
    socket.send(frame(1, 'one '));
    socket.send(frame(1, 'two'));
    socket.send(
      frame(
        3,
        '{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"7"}]}}',
      ),
    );
    socket.close();
  });
  using exec = await openExec(server.source, request, signal);
  assert.equal(await readAll(exec.output), 'one two');
  assert.equal(await exec.exited, 7);
});

test('it sends input and its end on their channels', async (t) => {
  const server = await startApiServer(t);
  const accepted = server.accept();
  using exec = await openExec(server.source, request, signal);
  const { socket } = await accepted;
  const received: string[] = [];
  socket.on('message', (message: Buffer) => received.push(message.toString('latin1')));
  await exec.write(Buffer.from('ls\r'));
  exec.endInput();
  while (received.length < 2) await once(socket, 'message');
  assert.deepEqual(received, ['\u0000ls\r', '\u00ff\u0000']);
});

test('it holds a flood back until somebody reads, and then loses nothing', async (t) => {
  const server = await startApiServer(t);
  const accepted = server.accept();
  using exec = await openExec(server.source, request, signal);
  const { socket } = await accepted;
  const piece = Buffer.concat([Buffer.of(1), Buffer.alloc(32 * 1024, 'y')]);
  let sent = 0;
  // As the API server does: what the connection does not take is not produced.
  while (socket.bufferedAmount === 0 && sent < 4096) {
    socket.send(piece);
    sent += 1;
    await new Promise(setImmediate);
  }
  assert.ok(sent < 4096, 'the connection took 128 MiB that nobody read');
  socket.send(success);
  const text = await readAll(exec.output);
  assert.equal(text.length, sent * 32 * 1024);
  assert.equal(await exec.exited, 0);
});

test('it says that the status is unknown when the connection is lost', async (t) => {
  const server = await startApiServer(t);
  const accepted = server.accept();
  using exec = await openExec(server.source, request, signal);
  (await accepted).socket.terminate();
  assert.equal(await readAll(exec.output), '');
  assert.equal(await exec.exited, null);
  await assert.rejects(
    exec.write(Buffer.from('x')),
    (error) => error instanceof PodiumError && error.code === 'terminal_lost',
  );
});

test('it hands on the refusal of the API server', async (t) => {
  const server = await startApiServer(t);
  server.http.removeAllListeners('upgrade');
  server.http.on('upgrade', (_incoming, socket) => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'));
  await assert.rejects(
    openExec(server.source, request, signal),
    (error) => error instanceof ApiRefusal && error.status === 404,
  );
});

test('it stops connecting when it is cancelled', async (t) => {
  const server = await startApiServer(t);
  server.http.removeAllListeners('upgrade');
  const asked = once(server.http, 'upgrade');
  const cancel = new AbortController();
  const opening = openExec(server.source, request, cancel.signal);
  const [, socket] = (await asked) as [unknown, Socket];
  const closed = once(socket.resume(), 'end');
  cancel.abort(new Error('changed my mind'));
  await assert.rejects(opening, /changed my mind/);
  await closed;
  socket.destroy();
});

test('it closes the connection when it is disposed, also while it holds a flood back', async (t) => {
  const server = await startApiServer(t);
  const accepted = server.accept();
  const exec = await openExec(server.source, request, signal);
  const { socket } = await accepted;
  for (let piece = 0; piece < 64; piece += 1) socket.send(Buffer.concat([Buffer.of(1), Buffer.alloc(32 * 1024)]));
  const reader = exec.output[Symbol.asyncIterator]();
  await reader.next();
  const closed = once(socket, 'close');
  exec[Symbol.dispose]();
  await closed;
  assert.equal(await exec.exited, null);
});
