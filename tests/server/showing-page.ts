/** What the pages of a showing do, without a browser: requests with the keys that they have, and a stream of messages. */
import { EventEmitter, once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import {
  SHOWING_SUBPROTOCOL,
  showingMessage,
  showingReply,
  type Position,
  type ShowingMessage,
  type ShowingReply,
} from '../../sandbox-server/protocol/showing.ts';
import { Browser, type Reply, type RequestOptions } from './browser.ts';

const WAIT_LIMIT_MS = 30_000;

type Message<T extends ShowingMessage['type']> = Extract<ShowingMessage, { type: T }>;

export function makePosition(h: number, changes: Partial<Position> = {}): Position {
  return { slide: `${h}-0`, h, v: 0, fragment: -1, isBlank: false, ...changes };
}

/** One browser with one showing: its cookies, and what it posts there. */
export class ShowingBrowser {
  readonly browser: Browser;
  code = '';
  /** The cookie with the key, where this browser has one. */
  key: string | undefined;

  constructor(origin: string, code = '') {
    this.browser = new Browser(origin);
    this.code = code;
  }

  /** Begins a showing, as the presenter's page does. */
  async begin(deck = 'welcome'): Promise<ShowingReply> {
    const reply = await this.browser.send('/api/showings', { method: 'POST', body: JSON.stringify({ deck }) });
    if (reply.status !== 201) throw new Error(`The showing was refused: ${reply.text}`);
    this.#takeKey(reply);
    const begun = showingReply.parse(reply.json);
    this.code = begun.code;
    return begun;
  }

  async send(path: string, { headers = {}, ...options }: RequestOptions = {}): Promise<Reply> {
    const cookies = [this.browser.cookie, this.key].filter((each) => each !== undefined);
    const cookie = cookies.length > 0 ? { cookie: cookies.join('; ') } : {};
    const reply = await this.browser.send(`/api/showings/${this.code}${path}`, {
      ...options,
      headers: { ...cookie, ...headers },
    });
    this.#takeKey(reply);
    return reply;
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.send(path, { method: 'POST', body: JSON.stringify(body), headers });
  }

  connect(headers: Readonly<Record<string, string>> = {}): ShowingPage {
    const { origin } = this.browser;
    const url = `${origin.replace('http', 'ws')}/api/showings/${this.code}/socket`;
    const cookie = this.key === undefined ? {} : { cookie: this.key };
    return ShowingPage.ofSocket(
      new WebSocket(url, SHOWING_SUBPROTOCOL, { headers: { origin, ...cookie, ...headers } }),
    );
  }

  /** As `connect`, but by server-sent events. */
  async listen(): Promise<ShowingPage> {
    const cookie = this.key === undefined ? {} : { cookie: this.key };
    const outgoing = request(`${this.browser.origin}/api/showings/${this.code}/events`, { headers: cookie });
    outgoing.on('error', () => undefined);
    outgoing.end();
    const [reply] = (await once(outgoing, 'response')) as [IncomingMessage];
    return ShowingPage.ofEvents(reply);
  }

  /** The reply's cookies: the person's stays with `browser`, which takes the first one. */
  #takeKey({ headers }: Reply): void {
    for (const each of headers['set-cookie'] ?? []) {
      if (!each.startsWith('podium-showing=')) continue;
      this.key = each.split(';')[0];
      if (this.browser.cookie === this.key) this.browser.cookie = undefined;
    }
  }
}

/** A page that is told what happens. */
export class ShowingPage implements Disposable {
  readonly seen: ShowingMessage[] = [];
  /** The close code of a socket, or the status of a stream, once it has ended. */
  readonly closed: Promise<number>;
  readonly #news = new EventEmitter();
  readonly #end: () => void;

  private constructor(closed: Promise<number>, end: () => void) {
    this.closed = closed;
    this.#end = end;
  }

  static ofSocket(socket: WebSocket): ShowingPage {
    const closed = new Promise<number>((resolve) => {
      socket.on('close', resolve);
      socket.on('unexpected-response', (_request, reply) => resolve(reply.statusCode ?? 0));
    });
    const page = new ShowingPage(closed, () => socket.terminate());
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => page.#take(data.toString()));
    return Object.assign(page, { socket });
  }

  static ofEvents(reply: IncomingMessage): ShowingPage {
    const status = reply.statusCode ?? 0;
    const page = new ShowingPage(new Promise((resolve) => reply.on('close', () => resolve(status))), () =>
      reply.destroy(),
    );
    let rest = '';
    reply.on('error', () => undefined);
    reply.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) page.#take(part.replace(/^data: /, ''));
    });
    return page;
  }

  /** The first message of that type, already seen or still to come, that is wanted. */
  async waitFor<T extends ShowingMessage['type']>(
    type: T,
    isWanted: (message: Message<T>) => boolean = () => true,
  ): Promise<Message<T>> {
    const limit = AbortSignal.timeout(WAIT_LIMIT_MS);
    for (;;) {
      const found = this.seen.find((each): each is Message<T> => each.type === type && isWanted(each as Message<T>));
      if (found) return found;
      await once(this.#news, 'news', { signal: limit }).catch((error: unknown) => {
        throw new Error(`No ${type} as wanted came; seen: ${JSON.stringify(this.seen)}`, { cause: error });
      });
    }
  }

  [Symbol.dispose](): void {
    this.#end();
  }

  #take(text: string): void {
    this.seen.push(showingMessage.parse(JSON.parse(text)));
    this.#news.emit('news');
  }
}
