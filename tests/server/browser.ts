/** What a page does, without a browser: requests with a cookie, an event stream, a terminal. */
import { EventEmitter, once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import {
  SUBPROTOCOL,
  serverMessage,
  type ClientMessage,
  type ServerMessage,
} from '../../sandbox-server/protocol/frames.ts';
import { ticketReply } from '../../sandbox-server/protocol/requests.ts';
import { event, sandbox, type PodiumEvent, type Sandbox } from '../../sandbox-server/protocol/sandbox.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
}

export interface RequestOptions {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One learner at one server. */
export class Browser {
  /** Of its server; a later one may be somewhere else. */
  origin: string;
  cookie: string | undefined;

  constructor(origin: string) {
    this.origin = origin;
  }

  async send(path: string, { method = 'GET', body, headers = {} }: RequestOptions = {}): Promise<Reply> {
    const outgoing = request(`${this.origin}${path}`, {
      method,
      headers: {
        ...(method === 'GET' ? {} : { origin: this.origin }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
        ...headers,
      },
    });
    outgoing.end(body);
    const [reply] = (await once(outgoing, 'response')) as [IncomingMessage];
    const text = Buffer.concat(await reply.toArray()).toString('utf8');
    this.cookie = reply.headers['set-cookie']?.[0]?.split(';')[0] ?? this.cookie;
    const isJson = reply.headers['content-type']?.startsWith('application/json') ?? false;
    return { status: reply.statusCode ?? 0, headers: reply.headers, text, json: isJson ? JSON.parse(text) : undefined };
  }

  async start(lab = 'first-steps'): Promise<Sandbox> {
    const reply = await this.send('/api/sandboxes', { method: 'POST', body: JSON.stringify({ lab }) });
    if (reply.status !== 202) throw new Error(`Start was refused: ${reply.text}`);
    return sandbox.parse(reply.json);
  }

  /** Starts and waits for the prompt. */
  async startAndWait(lab = 'first-steps'): Promise<Sandbox> {
    await this.send('/api/status');
    await using events = await this.listen();
    const { id } = await this.start(lab);
    return await events.waitForSandbox((each) => each.id === id && each.state === 'running');
  }

  check(id: string, name: string): Promise<Reply> {
    return this.send(`/api/sandboxes/${id}/checks/${name}`, { method: 'POST' });
  }

  async ticket(id: string): Promise<string> {
    const reply = await this.send(`/api/sandboxes/${id}/tickets`, { method: 'POST' });
    return ticketReply.parse(reply.json).ticket;
  }

  async listen(): Promise<EventReader> {
    const outgoing = request(`${this.origin}/api/events`, { headers: { cookie: this.cookie ?? '' } });
    outgoing.end();
    const [reply] = (await once(outgoing, 'response')) as [IncomingMessage];
    return new EventReader(reply);
  }

  async openTerminal(id: string, size = { columns: 80, rows: 24 }): Promise<TerminalPage> {
    const page = this.connectTerminal(await this.ticket(id));
    await page.opened;
    page.send({ type: 'open', ...size });
    await page.waitForMessage((message) => message.type === 'opened');
    return page;
  }

  connectTerminal(ticket: string, headers: Readonly<Record<string, string>> = {}): TerminalPage {
    const url = `${this.origin.replace('http', 'ws')}/api/terminal?ticket=${ticket}`;
    return new TerminalPage(
      new WebSocket(url, SUBPROTOCOL, { headers: { origin: this.origin, cookie: this.cookie ?? '', ...headers } }),
    );
  }
}

export class EventReader implements AsyncDisposable {
  readonly seen: PodiumEvent[] = [];
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  readonly #news = new EventEmitter();
  readonly #reply: IncomingMessage;
  #hasEnded = false;

  constructor(reply: IncomingMessage) {
    this.#reply = reply;
    this.ended = this.#read();
  }

  async waitFor(isWanted: (event: PodiumEvent) => boolean): Promise<PodiumEvent> {
    for (;;) {
      const found = this.seen.find(isWanted);
      if (found) return found;
      if (this.#hasEnded) throw new Error(`The events ended with ${JSON.stringify(this.seen.at(-1))}.`);
      await once(this.#news, 'news');
    }
  }

  async waitForSandbox(isWanted: (sandbox: Sandbox) => boolean): Promise<Sandbox> {
    const found = await this.waitFor((each) => each.type === 'sandbox' && isWanted(each.sandbox));
    return (found as Extract<PodiumEvent, { type: 'sandbox' }>).sandbox;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reply.destroy();
    await this.ended;
  }

  async #read(): Promise<void> {
    let rest = '';
    try {
      for await (const chunk of this.#reply) {
        const parts = (rest + String(chunk)).split('\n\n');
        rest = parts.pop() ?? '';
        for (const part of parts) this.#take(part);
      }
    } catch {
      // Closed by ourselves.
    }
    this.#hasEnded = true;
    this.#news.emit('news');
  }

  #take(part: string): void {
    const data = /^data: (.*)$/m.exec(part)?.[1];
    if (data === undefined) return;
    const decoded = event.parse(JSON.parse(data));
    this.seen.push(decoded);
    this.#news.emit('news');
  }
}

/** The socket of a terminal, as the page has it; acks what it reads unless told otherwise. */
export class TerminalPage implements AsyncDisposable {
  readonly socket: WebSocket;
  readonly opened: Promise<unknown>;
  readonly closed: Promise<number>;
  readonly messages: ServerMessage[] = [];
  isAcking = true;
  receivedBytes = 0;
  text = '';
  #sequence = 0;
  readonly #news = new EventEmitter();

  constructor(socket: WebSocket) {
    this.socket = socket;
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
    const header = Buffer.alloc(9);
    header[0] = 2;
    header.writeBigUInt64BE(BigInt(sequence), 1);
    this.socket.send(Buffer.concat([header, bytes]));
  }

  waitForText(pattern: RegExp): Promise<void> {
    return this.#waitUntil(() => pattern.test(this.text), String(pattern));
  }

  async waitForMessage(isWanted: (message: ServerMessage) => boolean): Promise<ServerMessage> {
    await this.#waitUntil(() => this.messages.some(isWanted), 'a message');
    return this.messages.find(isWanted) as ServerMessage;
  }

  waitForBytes(count: number): Promise<void> {
    return this.#waitUntil(() => this.receivedBytes >= count, `${count} bytes`);
  }

  /** The code of the error that the server said before it closed, with the close code. */
  async refusal(): Promise<[string, number]> {
    const closeCode = await this.closed;
    const error = this.messages.find((message) => message.type === 'error');
    return [error?.code ?? '', closeCode];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }

  async #waitUntil(isTrue: () => boolean, what: string): Promise<void> {
    while (!isTrue()) {
      if (this.socket.readyState >= WebSocket.CLOSING)
        throw new Error(`The terminal closed without ${what}: ${this.text.slice(-300)}`);
      await once(this.#news, 'news');
    }
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      if (Number(data.readBigUInt64BE(1)) !== this.receivedBytes) throw new Error('Output has a gap.');
      this.receivedBytes += data.length - 9;
      this.text = (this.text + data.toString('latin1', 9)).slice(-65_536);
      if (this.isAcking) this.send({ type: 'ack', offset: this.receivedBytes });
    } else {
      this.messages.push(serverMessage.parse(JSON.parse(data.toString('utf8'))));
    }
    this.#news.emit('news');
  }
}
