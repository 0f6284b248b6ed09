/**
 * A client of the driver port that plays a browser in a test: draws (or only counts) what comes, acknowledges it, keeps
 * its place through a lost connection, and sends again what was not accepted. It finds out when a byte is missing or comes twice.
 */
import { randomBytes } from 'node:crypto';
import type {
  AttachOrder,
  TerminalAttachment,
  TerminalEvent,
  TerminalSize,
} from '../../sandbox-server/driver/driver.ts';
import { DrawnScreen } from './drawn-screen.ts';

export type EventOf<T extends TerminalEvent['type']> = Extract<TerminalEvent, { type: T }>;

export interface PlayerOptions {
  readonly attach: (order: AttachOrder, onEvent: (event: TerminalEvent) => void) => Promise<TerminalAttachment>;
  readonly terminal?: string;
  /** The same one is what a page has after a reload. */
  readonly client?: string;
  readonly device?: string;
  readonly wish?: AttachOrder['wish'];
  readonly size?: TerminalSize;
  /** False: nothing is acknowledged until a test does it. */
  readonly acks?: boolean;
  /** A screen costs as much time as a browser's. */
  readonly draws?: boolean;
}

type BytesEvent = Extract<TerminalEvent, { bytes: Uint8Array }>;

interface KeptInput {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/** Of a flood only the end is kept: enough for a screen, little enough to be searched at each piece. */
const KEPT_CHARACTERS = 64 * 1024;
const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };

export class TerminalPlayer implements Disposable {
  readonly options: PlayerOptions;
  readonly client: string;
  /** All that came but bytes, of all connections. */
  readonly events: TerminalEvent[] = [];
  /** Called with each piece of output, for tests that look at all of it. */
  onBytes: (bytes: Uint8Array) => void = () => undefined;
  acks: boolean;
  screen: DrawnScreen | undefined;
  /** How many bytes of screens came. */
  screenBytes = 0;
  #size: TerminalSize;
  #attachment: TerminalAttachment | undefined;
  #connection = 0;
  #epoch: string | undefined;
  #offset = 0;
  #cutAt = Infinity;
  #sequence = 0;
  #kept: KeptInput[] = [];
  #text = '';
  #decoder = new TextDecoder();
  #fault: Error | undefined;
  readonly #watchers = new Set<() => void>();

  constructor(options: PlayerOptions) {
    this.options = options;
    this.client = options.client ?? randomBytes(12).toString('hex');
    this.acks = options.acks ?? true;
    this.#size = options.size ?? DEFAULT_SIZE;
    if (options.draws) this.screen = new DrawnScreen(this.#size);
  }

  get terminal(): string {
    return this.options.terminal ?? '1';
  }
  /** Offset of the next byte that it wants. */
  get offset(): number {
    return this.#offset;
  }
  get epoch(): string | undefined {
    return this.#epoch;
  }
  /** The last of what was printed. */
  get text(): string {
    return this.#text;
  }
  get isConnected(): boolean {
    return this.#attachment !== undefined;
  }
  /** Highest sequence that it has sent. */
  get sequence(): number {
    return this.#sequence;
  }
  /** Input that is not accepted yet. */
  get keptInputs(): number {
    return this.#kept.length;
  }

  /** Attaches, or attaches again where it was. Rejects with what the driver refuses. */
  async connect(changes: Partial<AttachOrder> = {}): Promise<EventOf<'opened'>> {
    this.#connection += 1;
    const connection = this.#connection;
    const order: AttachOrder = {
      terminal: this.terminal,
      client: this.client,
      device: this.options.device ?? 'a test',
      wish: this.options.wish ?? 'write',
      size: this.#size,
      isFresh: false,
      ...(this.#epoch === undefined ? {} : { resume: { epoch: this.#epoch, offset: this.#offset } }),
      ...changes,
    };
    const begun = this.events.length;
    const attachment = await this.options.attach(order, (event) => {
      if (connection === this.#connection) this.#onEvent(event);
    });
    const isCurrent = connection === this.#connection;
    // It may be cut, or the shell have exited, by what came at once.
    if (isCurrent) this.#attachment = attachment;
    else attachment[Symbol.dispose]();
    const opened = await this.waitForEvent('opened', () => true, begun);
    if (isCurrent) this.#sendKept(opened);
    if (isCurrent && this.acks) attachment.ack(this.#offset);
    return opened;
  }

  /** The connection is gone; the shell is not. */
  disconnect(): void {
    this.#connection += 1;
    this.#attachment?.[Symbol.dispose]();
    this.#attachment = undefined;
  }

  /** Loses the connection at this very byte: what comes behind it in the same piece is lost as well. */
  async cutAt(offset: number): Promise<void> {
    this.#cutAt = offset;
    await this.#waitUntil(() => (this.#cutAt === Infinity ? true : undefined), `a cut at ${offset}`);
  }

  /** Types; what is not accepted when the connection is lost is sent again after the next one. */
  type(input: string | Uint8Array): void {
    this.#sequence += 1;
    const kept = { sequence: this.#sequence, bytes: Buffer.from(input) };
    this.#kept.push(kept);
    this.#attachment?.input(kept.sequence, kept.bytes);
  }

  /** Types a command and Enter, and gives what is printed up to and with the match. */
  async run(command: string, answer: RegExp): Promise<string> {
    this.#text = '';
    this.type(`${command}\r`);
    await this.waitFor(answer);
    return this.#text;
  }

  resize(size: TerminalSize): void {
    this.#size = size;
    this.#attachment?.resize(size);
  }
  take(): void {
    this.#attachment?.take();
  }
  ack(offset = this.#offset): void {
    this.#attachment?.ack(offset);
  }
  end(): void {
    this.#attachment?.end();
  }
  /** Input past the player's own count: what a browser sends that does not know better. */
  sendInput(sequence: number, input: string): void {
    this.#attachment?.input(sequence, Buffer.from(input));
  }
  async typeBlock(id: string, text: string, isForced = false): Promise<EventOf<'typed'>> {
    const begun = this.events.length;
    this.#attachment?.type({ id, text, isForced });
    return this.waitForEvent('typed', (event) => event.id === id, begun);
  }

  eventsOf<T extends TerminalEvent['type']>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  waitFor(pattern: RegExp): Promise<RegExpMatchArray> {
    return this.#waitUntil(() => this.#text.match(pattern) ?? undefined, String(pattern));
  }
  waitForOffset(offset: number): Promise<void> {
    return this.#waitUntil(() => (this.#offset >= offset ? true : undefined), `byte ${offset}`).then(() => undefined);
  }
  /** The first such event from this place of `events` on. */
  waitForEvent<T extends TerminalEvent['type']>(
    type: T,
    isWanted: (event: EventOf<T>) => boolean = () => true,
    from = 0,
  ): Promise<EventOf<T>> {
    const find = () =>
      this.events
        .slice(from)
        .find((event): event is EventOf<T> => event.type === type && isWanted(event as EventOf<T>));
    return this.#waitUntil(find, `an event ${type}`, from);
  }
  /** Resolves when all input is written to the pty. */
  async waitUntilAccepted(): Promise<void> {
    await this.#waitUntil(() => (this.#kept.length === 0 ? true : undefined), 'its input being accepted');
  }

  [Symbol.dispose](): void {
    this.disconnect();
  }

  #onEvent(event: TerminalEvent): void {
    if ('bytes' in event) this.#onBytesOf(event);
    else this.#onMessage(event);
    for (const watcher of [...this.#watchers]) watcher();
  }

  #onBytesOf({ type, offset, bytes }: BytesEvent): void {
    if (offset !== this.#offset) this.#blame(`${type} of byte ${offset} at byte ${this.#offset}`);
    if (type === 'output') this.#onOutput(offset, bytes);
    else this.#onScreen(bytes);
  }

  #onMessage(event: Exclude<TerminalEvent, BytesEvent>): void {
    this.events.push(event);
    if (event.type === 'opened') this.#onOpened(event);
    if (event.type === 'size') this.screen?.resize(event);
    if (event.type === 'gap') {
      if (event.from !== this.#offset) this.#blame(`a gap from ${event.from} at byte ${this.#offset}`);
      this.#offset = event.to;
      this.screen?.reset();
    }
    if (event.type === 'accepted') this.#kept = this.#kept.filter(({ sequence }) => sequence > event.sequence);
    if (event.type === 'exited' || event.type === 'failed' || event.type === 'lost') this.disconnect();
  }

  #onOpened(opened: EventOf<'opened'>): void {
    const isResumed = opened.epoch === this.#epoch && opened.offset === this.#offset;
    if (opened.epoch !== this.#epoch) {
      // What was typed was meant for another shell.
      this.#kept = [];
      this.#sequence = opened.inputSequence;
    }
    this.#epoch = opened.epoch;
    this.#offset = opened.offset;
    if (!isResumed) this.screen?.reset();
    this.screen?.resize(opened);
  }

  #onOutput(offset: number, bytes: Uint8Array): void {
    const taken = bytes.subarray(0, Math.max(this.#cutAt - offset, 0));
    this.#offset = offset + taken.length;
    this.onBytes(taken);
    this.#text = (this.#text + this.#decoder.decode(taken, { stream: true })).slice(-KEPT_CHARACTERS);
    this.screen?.write(taken);
    if (this.#offset === this.#cutAt) {
      this.#cutAt = Infinity;
      this.disconnect();
    } else if (this.acks) this.#attachment?.ack(this.#offset);
  }

  #onScreen(bytes: Uint8Array): void {
    this.screenBytes += bytes.length;
    this.screen?.write(bytes);
  }

  #sendKept({ inputSequence }: EventOf<'opened'>): void {
    this.#kept = this.#kept.filter(({ sequence }) => sequence > inputSequence);
    this.#sequence = Math.max(this.#sequence, inputSequence);
    for (const { sequence, bytes } of this.#kept) this.#attachment?.input(sequence, bytes);
  }

  /** The driver must not see the exception: the test that waits does. */
  #blame(what: string): void {
    this.#fault ??= new Error(`The driver sent ${what}.`);
  }

  #waitUntil<T>(find: () => T | undefined, what: string, from = this.events.length): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.#fault ? undefined : find();
        const last = this.events.slice(from).find(({ type }) => /^(exited|failed|lost)$/.test(type));
        if (found === undefined && !last && !this.#fault) return;
        this.#watchers.delete(look);
        if (found !== undefined) resolve(found);
        else reject(this.#fault ?? this.#explain(what, last));
      };
      this.#watchers.add(look);
      look();
    });
  }

  #explain(what: string, last: TerminalEvent | undefined): Error {
    if (last?.type === 'failed') return last.error;
    return new Error(`The terminal was ${last?.type} before ${what}. Its last words: ${this.#text.slice(-500)}`);
  }
}
