/**
 * A terminal as the lab's page has it: the page's own connection code, drawn on xterm.js without a window. What the
 * terminal answers to queries goes back as from a page.
 */
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import serialize from '@xterm/addon-serialize';
import headless from '@xterm/headless';
import type { ConnectionState, Standing } from '../../src/terminal/connection-state.ts';
import {
  TerminalClient,
  type ProgramState,
  type TerminalScreen,
  type TerminalSize,
  type UnsentInput,
} from '../../src/terminal/client.ts';
import type { TicketAnswer, Trouble } from '../../src/terminal/terminal-socket.ts';
import type { Browser } from '../server/browser.ts';
import { announceSocket, usePageSockets } from './page-socket.ts';

/** Of a flood only the end is kept: enough for a screen, little enough to be searched at each piece. */
const KEPT_CHARACTERS = 64 * 1024;
const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };

export interface PageTerminalOptions {
  /** Its origin is where the page came from: a server, or what stands before it. */
  readonly browser: Browser;
  readonly sandboxId: string;
  readonly terminal?: string;
  /** The tab's own id; the same one is what a page has after a reload. */
  readonly client?: string;
  readonly device?: string;
  readonly size?: TerminalSize;
  /** Of the page that was reloaded. */
  readonly unsent?: UnsentInput;
}

export class PageTerminal implements Disposable {
  readonly client: TerminalClient;
  readonly clientId: string;
  readonly states: ConnectionState[] = [];
  readonly troubles: Trouble[] = [];
  readonly #screen: HeadlessScreen;
  readonly #news = new EventEmitter();
  standing: Standing | undefined;
  program: ProgramState | undefined;
  gapBytes = 0;

  constructor({ browser, sandboxId, terminal = '1', device = 'test', ...rest }: PageTerminalOptions) {
    usePageSockets();
    // Every test that waits is one listener.
    this.#news.setMaxListeners(0);
    this.clientId = rest.client ?? randomBytes(12).toString('hex');
    const tell = () => this.#news.emit('news');
    this.#screen = new HeadlessScreen(rest.size ?? DEFAULT_SIZE, tell, (text) => void this.client.type(text));
    this.client = new TerminalClient({
      terminal,
      client: this.clientId,
      device,
      unsent: rest.unsent ?? null,
      requestTicket: () => requestTicket(browser, sandboxId),
      socketUrl(ticket) {
        const url = `${browser.origin.replace('http', 'ws')}/api/terminal?ticket=${ticket}`;
        announceSocket(url, browser.origin, browser.cookie);
        return url;
      },
      screen: this.#screen,
      random: Math.random,
      now: Date.now,
      onState: (state) => this.#note(() => this.states.push(state)),
      onStanding: (standing) => this.#note(() => (this.standing = standing)),
      onProgram: (program) => this.#note(() => (this.program = program)),
      onTerminals: () => undefined,
      onGap: (bytes) => this.#note(() => (this.gapBytes += bytes)),
      onTrouble: (trouble) => this.#note(() => this.troubles.push(trouble)),
    });
    this.client.connect();
  }

  /** The last of what was drawn, one character a byte. */
  get text(): string {
    return this.#screen.text;
  }

  get state(): ConnectionState['kind'] | undefined {
    return this.states.at(-1)?.kind;
  }

  /** Connections that were opened so far. */
  get connections(): number {
    return this.states.filter(({ kind }) => kind === 'connected').length;
  }

  get picture(): ScreenPicture {
    return this.#screen.picture;
  }

  /** The watcher is given all that is drawn from now on, before it is. */
  watch(watcher: (bytes: Uint8Array) => void): void {
    this.#screen.watchers.push(watcher);
  }

  resize(size: TerminalSize): void {
    this.#screen.wantedSize = size;
    this.client.fitWindow();
  }

  type(text: string): void {
    if (!this.client.type(text)) throw new Error(`Nobody takes what is typed: ${this.state}, ${this.standing?.role}`);
  }

  /** Types a command and Enter, and waits for what it prints; the command's own echo must not match. */
  async run(command: string, answer: RegExp): Promise<RegExpExecArray> {
    this.#screen.text = '';
    this.type(`${command}\r`);
    return await this.sees(answer);
  }

  async sees(pattern: RegExp): Promise<RegExpExecArray> {
    await this.until(
      () => pattern.test(this.text),
      () => `${String(pattern)} in …${JSON.stringify(this.text.slice(-300))}`,
    );
    return pattern.exec(this.text) as RegExpExecArray;
  }

  async connected(count = 1): Promise<this> {
    await this.until(
      () => this.connections >= count && this.state === 'connected',
      () => `connection ${count}`,
    );
    return this;
  }

  /** The limit is the test's; this one is said with what was waited for. */
  async until(isSo: () => boolean, what: () => string, limitMs = 60_000): Promise<void> {
    const signal = AbortSignal.timeout(limitMs);
    while (!isSo()) {
      const last = this.states.at(-1);
      if (last?.kind === 'refused') throw new Error(`Refused with ${last.code} while waiting for ${what()}`);
      await once(this.#news, 'news', { signal }).catch(() => {
        throw new Error(`Not after ${limitMs} ms: ${what()}; ${JSON.stringify(this.states.slice(-3))}`);
      });
    }
  }

  [Symbol.dispose](): void {
    this.client[Symbol.dispose]();
    this.#screen[Symbol.dispose]();
  }

  #note(action: () => unknown): void {
    action();
    this.#news.emit('news');
  }
}

async function requestTicket(browser: Browser, sandboxId: string): Promise<TicketAnswer> {
  const { status, json } = await browser.send(`/api/sandboxes/${sandboxId}/tickets`, { method: 'POST' });
  if (status === 200 || status === 201) return { ok: true, ticket: (json as { ticket: string }).ticket };
  const { code, retryable } = json as { code: string; retryable: boolean };
  return { ok: false, retryable, code, values: {} };
}

/** What somebody would see. */
export interface ScreenPicture {
  /** A line each, without what is blank at its end. */
  readonly lines: readonly string[];
  readonly cursor: readonly [column: number, row: number];
  readonly isAlternate: boolean;
  /** Colours, attributes and modes too, as what would draw them. */
  readonly drawing: string;
}

/** The picture of a terminal that has the addon, without what has scrolled away. */
export function takePicture(terminal: HeadlessTerminal, addon: SerializeAddon): ScreenPicture {
  const { active } = terminal.buffer;
  const lines = Array.from(
    { length: terminal.rows },
    (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
  );
  return {
    lines,
    cursor: [active.cursorX, active.cursorY],
    isAlternate: active.type === 'alternate',
    drawing: addon.serialize({ scrollback: 0 }),
  };
}

export type HeadlessTerminal = InstanceType<typeof headless.Terminal>;
type SerializeAddon = InstanceType<typeof serialize.SerializeAddon>;

/** A terminal without a window, and what makes pictures of it. */
export function createHeadless({ columns, rows }: TerminalSize): { terminal: HeadlessTerminal; addon: SerializeAddon } {
  const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, logLevel: 'off' });
  const addon = new serialize.SerializeAddon();
  terminal.loadAddon(addon);
  return { terminal, addon };
}

class HeadlessScreen implements TerminalScreen, Disposable {
  readonly #terminal: HeadlessTerminal;
  readonly #addon: SerializeAddon;
  readonly #onDrawn: () => void;
  /** Whether the pieces that are being drawn may be answered, in their order. */
  readonly #answered: boolean[] = [];
  wantedSize: TerminalSize;
  text = '';
  readonly watchers: ((bytes: Uint8Array) => void)[] = [];

  constructor(size: TerminalSize, onDrawn: () => void, onAnswer: (text: string) => void) {
    this.wantedSize = size;
    this.#onDrawn = onDrawn;
    ({ terminal: this.#terminal, addon: this.#addon } = createHeadless(size));
    this.#terminal.onData((text) => this.#answered[0] === true && onAnswer(text));
  }

  get picture(): ScreenPicture {
    return takePicture(this.#terminal, this.#addon);
  }

  draw(bytes: Uint8Array, isAnswered: boolean, drawn: () => void): void {
    this.#answered.push(isAnswered);
    for (const watcher of this.watchers) watcher(bytes);
    this.#terminal.write(bytes, () => {
      this.#answered.shift();
      this.text = (this.text + Buffer.from(bytes).toString('latin1')).slice(-KEPT_CHARACTERS);
      drawn();
      this.#onDrawn();
    });
  }

  resize({ columns, rows }: TerminalSize): void {
    // In order with what is drawn before it.
    this.#terminal.write('', () => this.#terminal.resize(columns, rows));
  }

  clear(): void {
    this.#terminal.write('', () => this.#terminal.reset());
  }

  startAfresh(): void {
    this.clear();
  }

  [Symbol.dispose](): void {
    this.#terminal.dispose();
  }
}
