/** The socket of a terminal, as a page has it, down to single frames; a page with manners is in `tests/support`. */
import { EventEmitter, once } from 'node:events';
import { WebSocket } from 'ws';
import {
  FRAME_HEADER_BYTES,
  frameType,
  serverMessage,
  type ClientMessage,
  type ServerMessage,
} from '../../sandbox-server/protocol/frames.ts';

export type MessageOf<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;

/** Of a flood only the end is kept: enough for a screen, little enough to be searched at each piece. */
const KEPT_CHARACTERS = 64 * 1024;

/** Acks what it reads unless told otherwise, and throws when output has a hole or comes twice. */
export class TerminalPage implements AsyncDisposable {
  readonly socket: WebSocket;
  readonly opened: Promise<unknown>;
  readonly closed: Promise<number>;
  readonly messages: ServerMessage[] = [];
  isAcking = true;
  /** Where the next output begins. */
  offset = 0;
  /** Highest input that is accepted. */
  accepted = 0;
  text = '';
  #sequence = 0;
  /** Whether the shell ends with the page. */
  isOwner = false;
  readonly #news = new EventEmitter();

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.#news.setMaxListeners(0);
    this.opened = once(socket, 'open');
    this.opened.catch(() => undefined);
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.on('close', (code: number) => resolve(code)));
    socket.on('message', (data, isBinary) => this.#take(data as Buffer, isBinary));
    socket.on('close', () => this.#news.emit('news'));
  }

  send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  type(text: string): void {
    this.#sequence += 1;
    this.sendInput(this.#sequence, Buffer.from(text));
  }

  sendInput(sequence: number, bytes: Uint8Array): void {
    this.#sendFrame('input', sequence, bytes);
  }

  ack(offset = this.offset): void {
    this.#sendFrame('ack', offset);
  }

  waitForText(pattern: RegExp): Promise<void> {
    return this.#waitUntil(() => pattern.test(this.text), String(pattern));
  }

  waitForOffset(offset: number): Promise<void> {
    return this.#waitUntil(() => this.offset >= offset, `byte ${offset}`);
  }

  waitUntilAccepted(sequence = this.#sequence): Promise<void> {
    return this.#waitUntil(() => this.accepted >= sequence, `input ${sequence} being accepted`);
  }

  /** The first such message, also one that is here already; `from` skips what came before. */
  async waitForMessage<Type extends ServerMessage['type']>(
    type: Type,
    isWanted: (message: MessageOf<Type>) => boolean = () => true,
    from = 0,
  ): Promise<MessageOf<Type>> {
    const find = () =>
      this.messages
        .slice(from)
        .find((message): message is MessageOf<Type> => message.type === type && isWanted(message as MessageOf<Type>));
    await this.#waitUntil(() => find() !== undefined, `a message ${type}`);
    return find() as MessageOf<Type>;
  }

  /** The code of the last error that the server said before it closed, with the close code. */
  async refusal(): Promise<[string, number]> {
    const closeCode = await this.closed;
    const error = this.messages.findLast((message) => message.type === 'error');
    return [error?.code ?? '', closeCode];
  }

  /** Loses the connection, as a page that is closed does. */
  async leave(): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isOwner && this.socket.readyState === WebSocket.OPEN) {
      this.send({ type: 'end' });
      await this.closed;
    }
    await this.leave();
  }

  #sendFrame(type: 'input' | 'ack', number: number, bytes: Uint8Array = new Uint8Array()): void {
    const header = Buffer.alloc(FRAME_HEADER_BYTES);
    header[0] = frameType[type];
    header.writeBigUInt64BE(BigInt(number), 1);
    this.socket.send(Buffer.concat([header, bytes]));
  }

  async #waitUntil(isTrue: () => boolean, what: string): Promise<void> {
    while (!isTrue()) {
      if (this.socket.readyState >= WebSocket.CLOSING)
        throw new Error(`The terminal closed without ${what}: ${this.text.slice(-300)}`);
      await once(this.#news, 'news');
    }
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (isBinary) this.#takeFrame(data);
    else this.#takeMessage(serverMessage.parse(JSON.parse(data.toString('utf8'))));
    this.#news.emit('news');
  }

  #takeFrame(data: Buffer): void {
    const number = Number(data.readBigUInt64BE(1));
    if (data[0] === frameType.accepted) this.accepted = number;
    if (data[0] !== frameType.output) return;
    if (number !== this.offset) throw new Error(`Output of byte ${number} came at byte ${this.offset}.`);
    this.offset += data.length - FRAME_HEADER_BYTES;
    this.text = (this.text + data.toString('latin1', FRAME_HEADER_BYTES)).slice(-KEPT_CHARACTERS);
    if (this.isAcking) this.ack();
  }

  #takeMessage(message: ServerMessage): void {
    this.messages.push(message);
    if (message.type === 'opened') {
      this.offset = message.offset;
      this.#sequence = message.inputSequence;
    }
    if (message.type === 'gap') this.offset = message.to;
  }
}
