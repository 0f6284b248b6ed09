import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { WebSocketServer, type WebSocket as ServerSocket } from 'ws';
import { FRAME_HEADER_BYTES, MAX_INPUT_BYTES, SUBPROTOCOL } from '../../sandbox-server/protocol/frames.ts';
import {
  createTerminalClient,
  type ConnectionState,
  type TerminalClient,
  type TicketAnswer,
} from '../../src/terminal/client.ts';

/** The other end of the client's socket, as the test plays it. */
class Peer {
  readonly #server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => SUBPROTOCOL });
  readonly messages: Record<string, unknown>[] = [];
  readonly inputs: { readonly sequence: number; readonly bytes: Buffer }[] = [];
  #wake: () => void = () => undefined;

  constructor() {
    this.#server.on('connection', (socket) => {
      socket.on('message', (data: Buffer, isBinary) => {
        if (isBinary)
          this.inputs.push({ sequence: Number(data.readBigUInt64BE(1)), bytes: data.subarray(FRAME_HEADER_BYTES) });
        else this.messages.push(JSON.parse(data.toString()) as Record<string, unknown>);
        this.#wake();
      });
    });
  }

  async listens(): Promise<void> {
    if (this.#server.address() === null) await once(this.#server, 'listening');
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async accept(): Promise<ServerSocket> {
    const [socket] = (await once(this.#server, 'connection')) as [ServerSocket];
    await this.until(() => this.messages.some(({ type }) => type === 'open'));
    return socket;
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  close(): void {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }
}

function outputFrame(offset: number, text: string): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header[0] = 1;
  header.writeBigUInt64BE(BigInt(offset), 1);
  return Buffer.concat([header, Buffer.from(text)]);
}

const opened = JSON.stringify({ type: 'opened', offset: 0 });

describe('the socket of a terminal', () => {
  let peer: Peer;
  let client: TerminalClient;
  let states: ConnectionState[];
  let troubles: string[];
  let output: string;
  let tickets: TicketAnswer[];
  let wake: () => void;
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise<void>((resolve) => (wake = resolve));
  };
  const kinds = (): string[] => states.map(({ kind }) => kind);

  beforeEach(async () => {
    peer = new Peer();
    await peer.listens();
    states = [];
    troubles = [];
    output = '';
    tickets = [];
    wake = () => undefined;
    client = createTerminalClient({
      requestTicket: () => Promise.resolve(tickets.shift() ?? { ok: true, ticket: 't' }),
      socketUrl: () => peer.url,
      size: () => ({ columns: 80, rows: 24 }),
      random: () => 0,
      onOutput: (bytes, drawn) => {
        output += new TextDecoder().decode(bytes);
        drawn();
        wake();
      },
      onState: (state) => {
        states.push(state);
        wake();
      },
      onTrouble: ({ code }) => {
        troubles.push(code);
        wake();
      },
    });
  });

  afterEach(() => {
    client[Symbol.dispose]();
    peer.close();
  });

  const connect = async (): Promise<ServerSocket> => {
    client.connect();
    const socket = await peer.accept();
    socket.send(opened);
    await until(() => kinds().includes('connected'));
    return socket;
  };

  it('opens with its size and says when there is a shell', async () => {
    await connect();
    assert.deepEqual(peer.messages[0], { type: 'open', columns: 80, rows: 24 });
    assert.deepEqual(states.at(-1), { kind: 'connected', isAfresh: false, isAfterLoss: false });
  });

  it('counts what is typed from one, and cuts a large paste', async () => {
    assert.equal(client.type('too early'), false);
    await connect();
    assert.equal(client.type('é'), true);
    client.type('x'.repeat(MAX_INPUT_BYTES + 1));
    await peer.until(() => peer.inputs.length === 3);
    assert.deepEqual(
      peer.inputs.map(({ sequence }) => sequence),
      [1, 2, 3],
    );
    assert.deepEqual(
      peer.inputs.map(({ bytes }) => bytes.length),
      [2, MAX_INPUT_BYTES, 1],
    );
  });

  it('acknowledges what was drawn', async () => {
    const socket = await connect();
    socket.send(outputFrame(0, 'hello'));
    await peer.until(() => peer.messages.some(({ type }) => type === 'ack'));
    assert.equal(output, 'hello');
    assert.deepEqual(
      peer.messages.find(({ type }) => type === 'ack'),
      { type: 'ack', offset: 5 },
    );
  });

  it('comes back after a cut, and says that the shell is new', async () => {
    const socket = await connect();
    peer.messages.length = 0;
    socket.terminate();
    const next = await peer.accept();
    next.send(opened);
    await until(() => kinds().filter((kind) => kind === 'connected').length === 2);
    assert.deepEqual(states.at(-1), { kind: 'connected', isAfresh: true, isAfterLoss: true });
  });

  it('comes back when the server says that it restarts', async () => {
    const socket = await connect();
    peer.messages.length = 0;
    socket.send(JSON.stringify({ type: 'reconnect' }));
    await peer.accept();
    assert.ok(kinds().includes('waiting'));
  });

  it('ends with the shell, and opens another when asked', async () => {
    const socket = await connect();
    peer.messages.length = 0;
    socket.send(JSON.stringify({ type: 'exited', status: 3 }));
    await until(() => kinds().includes('exited'));
    assert.deepEqual(states.at(-1), { kind: 'exited', status: 3 });
    client.connect();
    (await peer.accept()).send(opened);
    await until(() => states.at(-1)?.kind === 'connected');
    assert.deepEqual(states.at(-1), { kind: 'connected', isAfresh: true, isAfterLoss: false });
  });

  it('does not try again what the server refused for good', async () => {
    const socket = await connect();
    socket.send(JSON.stringify({ type: 'error', code: 'sandbox_ended', retryable: false }));
    socket.close(4410);
    await until(() => kinds().includes('refused'));
    assert.deepEqual(states.at(-1), { kind: 'refused', code: 'sandbox_ended', values: {} });
  });

  it('goes on after an error that ends nothing', async () => {
    const socket = await connect();
    socket.send(JSON.stringify({ type: 'error', code: 'block_unknown', retryable: false }));
    await until(() => troubles.length > 0);
    assert.deepEqual(troubles, ['block_unknown']);
    assert.equal(client.type('still here'), true);
  });

  it('says why a ticket was refused, and tries again only where that may help', async () => {
    tickets = [
      { ok: false, code: 'unreachable', retryable: true, values: {} },
      { ok: false, code: 'sandbox_unknown', retryable: false, values: {} },
    ];
    client.connect();
    await until(() => kinds().includes('refused'));
    assert.deepEqual(kinds(), ['connecting', 'waiting', 'connecting', 'refused']);
  });

  it('passes over messages that it does not know', async () => {
    const socket = await connect();
    socket.send('not json');
    socket.send(JSON.stringify({ type: 'unheard-of' }));
    socket.send(Buffer.from([9, 9]));
    socket.send(outputFrame(0, 'fine'));
    await until(() => output === 'fine');
  });
});
