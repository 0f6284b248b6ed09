/** The server’s end of a terminal's socket, as a test plays it. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket as ServerSocket } from 'ws';
import { FRAME_HEADER_BYTES, SUBPROTOCOL, frameType } from '../../sandbox-server/protocol/frames.ts';

export interface PeerInput {
  readonly sequence: number;
  readonly text: string;
  readonly length: number;
}

export class Peer implements Disposable {
  readonly #server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => SUBPROTOCOL });
  readonly messages: Record<string, unknown>[] = [];
  readonly inputs: PeerInput[] = [];
  readonly acks: number[] = [];
  #wake: () => void = () => undefined;

  constructor() {
    this.#server.on('connection', (socket) => {
      socket.on('message', (data: Buffer, isBinary) => {
        if (isBinary) this.#onBinary(data);
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

  /** The messages of one type. */
  said(type: string): readonly Record<string, unknown>[] {
    return this.messages.filter((message) => message['type'] === type);
  }

  /** The next connection, once it has said `open`; what was said before is forgotten. */
  async accept(): Promise<ServerSocket> {
    const [socket] = (await once(this.#server, 'connection')) as [ServerSocket];
    this.messages.length = this.inputs.length = this.acks.length = 0;
    await this.until(() => this.said('open').length > 0);
    return socket;
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  [Symbol.dispose](): void {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }

  #onBinary(data: Buffer): void {
    const number = Number(data.readBigUInt64BE(1));
    const body = data.subarray(FRAME_HEADER_BYTES);
    if (data[0] === frameType.ack) this.acks.push(number);
    else this.inputs.push({ sequence: number, text: body.toString(), length: body.length });
  }
}

/** A binary frame of the server. */
export function frame(type: keyof typeof frameType, number: number, text = ''): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header[0] = frameType[type];
  header.writeBigUInt64BE(BigInt(number), 1);
  return Buffer.concat([header, Buffer.from(text)]);
}

/** `opened` of a fresh shell whose writer the client is, with what the test changes of it. */
export function opened(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    type: 'opened',
    epoch: 'e1',
    isNew: true,
    offset: 0,
    liveOffset: 0,
    lostBytes: 0,
    inputSequence: 0,
    role: 'writer',
    writer: { device: 'here', since: 0 },
    columns: 80,
    rows: 24,
    ...changes,
  });
}
