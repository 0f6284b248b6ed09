/** What a page does, without a browser: requests with a cookie, an event stream, a terminal. */
import { EventEmitter, once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { SUBPROTOCOL, type ClientMessage } from '../../sandbox-server/protocol/frames.ts';
import { ticketReply, type TerminalAccess } from '../../sandbox-server/protocol/requests.ts';
import { event, sandbox, type PodiumEvent, type Sandbox } from '../../sandbox-server/protocol/sandbox.ts';
import { TerminalPage } from './terminal-page.ts';

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

export type OpenMessage = Extract<ClientMessage, { type: 'open' }>;

/** Longer than anything that a page waits for in a test, and shorter than a test may take: so it says what it waited for. */
const WAIT_LIMIT_MS = 90_000;

let lastTerminal = 0;

export function makeOpen(changes: Partial<OpenMessage> = {}): OpenMessage {
  lastTerminal += 1;
  return {
    type: 'open',
    terminal: `t${lastTerminal}`,
    client: `client-${lastTerminal}`,
    device: 'a test',
    wish: 'write',
    columns: 80,
    rows: 24,
    isFresh: false,
    ...changes,
  };
}

export type RunningSandbox = Sandbox & { readonly namespace: string };

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
      signal: AbortSignal.timeout(WAIT_LIMIT_MS),
      headers: {
        ...(method === 'GET' ? {} : { origin: this.origin }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
        ...headers,
      },
    });
    // Where the connection breaks within the answer, reading it rejects; the request says it besides, to nobody.
    outgoing.on('error', () => undefined);
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
  async startAndWait(lab = 'first-steps'): Promise<RunningSandbox> {
    await this.send('/api/status');
    await using events = await this.listen();
    const { id } = await this.start(lab);
    const sandbox = await events.waitForSandbox((each) => each.id === id && each.state === 'running');
    if (sandbox.namespace === undefined) throw new Error('A sandbox runs that has no namespace.');
    return { ...sandbox, namespace: sandbox.namespace };
  }

  /** Stops a sandbox and waits until nothing of it is left. */
  async end(id: string): Promise<void> {
    await using events = await this.listen();
    await this.send(`/api/sandboxes/${id}`, { method: 'DELETE' });
    await events.waitForSandbox((each) => each.id === id && each.state === 'gone');
  }

  check(id: string, name: string): Promise<Reply> {
    return this.send(`/api/sandboxes/${id}/checks/${name}`, { method: 'POST' });
  }

  /** What a page says that has these checks in sight. */
  watch(id: string, checks: readonly string[], page = 'page'): Promise<Reply> {
    return this.send(`/api/sandboxes/${id}/watched-checks`, { method: 'POST', body: JSON.stringify({ page, checks }) });
  }

  async ticket(id: string, access?: TerminalAccess): Promise<string> {
    const order = access === undefined ? {} : { body: JSON.stringify({ access }) };
    const reply = await this.send(`/api/sandboxes/${id}/tickets`, { method: 'POST', ...order });
    return ticketReply.parse(reply.json).ticket;
  }

  async listen(): Promise<EventReader> {
    const outgoing = request(`${this.origin}/api/events`, { headers: { cookie: this.cookie ?? '' } });
    outgoing.end();
    const [reply] = (await once(outgoing, 'response')) as [IncomingMessage];
    if (reply.statusCode !== 200) throw new Error(`Events were refused with ${reply.statusCode}.`);
    return new EventReader(reply);
  }

  /** A shell of its own, which ends with the page; or one that is named in `changes`, which does not. */
  async openTerminal(id: string, changes: Partial<OpenMessage> = {}): Promise<TerminalPage> {
    const page = this.connectTerminal(await this.ticket(id));
    await page.opened;
    page.isOwner = changes.terminal === undefined;
    page.send(makeOpen(changes));
    await page.waitForMessage('opened');
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
    const limit = AbortSignal.timeout(WAIT_LIMIT_MS);
    for (;;) {
      const found = this.seen.find(isWanted);
      if (found) return found;
      const last = JSON.stringify(this.seen.at(-1));
      if (this.#hasEnded) throw new Error(`The events ended with ${last}.`);
      await once(this.#news, 'news', { signal: limit }).catch((error: unknown) => {
        throw new Error(`What was waited for did not come within ${WAIT_LIMIT_MS} ms; last came ${last}.`, {
          cause: error,
        });
      });
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
