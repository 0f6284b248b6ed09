/**
 * The socket of one terminal. It knows frames, acknowledgements and reconnecting, and nothing of a page:
 * the same code runs in Node under test.
 */
import {
  SUBPROTOCOL,
  serverMessage,
  type ClientMessage,
  type ServerMessage,
} from '../../sandbox-server/protocol/frames.ts';
import { backoffMs } from './backoff.ts';
import { cutInput, decodeOutput, encodeInput } from './frame-codec.ts';

/** Drawn bytes are acknowledged in steps of this size: small against what a server sends ahead, large against a frame. */
const ACK_EVERY_BYTES = 16 * 1024;
/** A socket that has not opened by then never will: behind some proxies a refused upgrade simply hangs. */
const OPEN_LIMIT_MS = 10_000;

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What the server said it cannot do, by a code of its error table. */
export interface Trouble {
  readonly code: string;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Closes that say nothing of the terminal: normal (a proxy's, RFC 6455 7.4.1), going away, no status, cut off, restart.
 * After any other the last error tells why.
 */
const CUT_CODES: ReadonlySet<number> = new Set([1000, 1001, 1005, 1006, 1012]);

/** What the page is told. */
export type ConnectionState =
  | { readonly kind: 'connecting' }
  /** There is a shell. `isAfresh`: it is not the first on this screen; `isAfterLoss`: the one before went with its connection. */
  | { readonly kind: 'connected'; readonly isAfresh: boolean; readonly isAfterLoss: boolean }
  | { readonly kind: 'waiting'; readonly retryInMs: number }
  | { readonly kind: 'exited'; readonly status: number | null }
  | ({ readonly kind: 'refused' } & Trouble)
  | { readonly kind: 'closed' };

export type TicketAnswer =
  { readonly ok: true; readonly ticket: string } | ({ readonly ok: false; readonly retryable: boolean } & Trouble);

export interface TerminalClientOptions {
  readonly requestTicket: () => Promise<TicketAnswer>;
  readonly socketUrl: (ticket: string) => string;
  readonly size: () => TerminalSize;
  readonly random: () => number;
  /** Draws bytes and calls `drawn` when they are on the screen. */
  readonly onOutput: (bytes: Uint8Array, drawn: () => void) => void;
  readonly onState: (state: ConnectionState) => void;
  /** Something was refused and the terminal goes on. */
  readonly onTrouble: (trouble: Trouble) => void;
}

export interface TerminalClient extends Disposable {
  /** Connects, or opens a new shell after the old one exited. */
  connect(): void;
  /** Sends what was typed; says false where there is no shell to take it. */
  type(text: string): boolean;
  /** Sends bytes as they are, for mouse reports that are not text. */
  typeBytes(bytes: Uint8Array): boolean;
  resize(size: TerminalSize): void;
  /** Has the server type a block of the lab's page; a click id is acted on once. */
  run(blockId: string, clickId: string): boolean;
  /** Tries again now instead of when the wait is over: the network is back. */
  retryNow(): void;
}

/** A connection that is made again for as long as its owner does not dispose it. */
export function createTerminalClient(options: TerminalClientOptions): TerminalClient {
  return new ReconnectingClient(options);
}

class ReconnectingClient implements TerminalClient {
  readonly #options: TerminalClientOptions;
  readonly #encoder = new TextEncoder();
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Grows with every connection: what an older one still says is not heard. */
  #generation = 0;
  #attempt = 0;
  #hasHadShell = false;
  #isAfterLoss = false;
  /** The last error of this connection that trying again does not mend. */
  #refusal: Trouble | null = null;
  #isOpen = false;
  #isDisposed = false;
  /** Input frames sent in this connection; the first has number 1. */
  #inputFrames = 0;
  #receivedOffset = 0;
  #ackedOffset = 0;

  constructor(options: TerminalClientOptions) {
    this.#options = options;
  }

  connect(): void {
    if (this.#isDisposed) return;
    this.#dropSocket();
    const generation = this.#generation;
    this.#options.onState({ kind: 'connecting' });
    this.#options.requestTicket().then(
      (answer) => this.#isCurrent(generation) && this.#onTicket(answer),
      () => this.#isCurrent(generation) && this.#retryLater(),
    );
  }

  type(text: string): boolean {
    return this.typeBytes(this.#encoder.encode(text));
  }

  typeBytes(bytes: Uint8Array): boolean {
    if (!this.#isOpen) return false;
    for (const piece of cutInput(bytes)) {
      this.#inputFrames += 1;
      this.#socket?.send(encodeInput(this.#inputFrames, piece));
    }
    return true;
  }

  resize(size: TerminalSize): void {
    if (this.#isOpen) this.#send({ type: 'resize', ...size });
  }

  run(blockId: string, clickId: string): boolean {
    if (!this.#isOpen) return false;
    this.#send({ type: 'run', blockId, clickId });
    return true;
  }

  retryNow(): void {
    if (this.#timer !== undefined && this.#socket === undefined) this.connect();
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#dropSocket();
    this.#options.onState({ kind: 'closed' });
  }

  #isCurrent(generation: number): boolean {
    return !this.#isDisposed && generation === this.#generation;
  }

  #onTicket(answer: TicketAnswer): void {
    if (answer.ok) this.#openSocket(answer.ticket);
    else if (answer.retryable) this.#retryLater();
    else this.#options.onState({ kind: 'refused', code: answer.code, values: answer.values });
  }

  #openSocket(ticket: string): void {
    const generation = this.#generation;
    const socket = new WebSocket(this.#options.socketUrl(ticket), SUBPROTOCOL);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#timer = setTimeout(() => socket.close(), OPEN_LIMIT_MS);
    socket.addEventListener('open', () => {
      if (this.#isCurrent(generation)) this.#send({ type: 'open', ...this.#options.size() });
    });
    socket.addEventListener('message', (message: MessageEvent<unknown>) => {
      if (this.#isCurrent(generation)) this.#onMessage(message.data);
    });
    socket.addEventListener('close', ({ code }) => {
      if (this.#isCurrent(generation)) this.#onClose(code);
    });
  }

  #onMessage(data: unknown): void {
    if (data instanceof ArrayBuffer) return this.#onOutput(data);
    const message = decodeServerMessage(data);
    if (message !== null) this.#onControl(message);
  }

  #onOutput(frame: ArrayBuffer): void {
    const output = decodeOutput(frame);
    if (output === null) return;
    const generation = this.#generation;
    const end = output.offset + output.bytes.length;
    this.#receivedOffset = end;
    this.#options.onOutput(output.bytes, () => {
      if (this.#isCurrent(generation)) this.#onDrawn(end);
    });
  }

  #onDrawn(offset: number): void {
    const isAllDrawn = offset === this.#receivedOffset;
    if (!isAllDrawn && offset - this.#ackedOffset < ACK_EVERY_BYTES) return;
    this.#ackedOffset = offset;
    this.#send({ type: 'ack', offset });
  }

  #onControl(message: ServerMessage): void {
    if (message.type === 'opened') return this.#onOpened(message.offset);
    if (message.type === 'reconnect') return this.#retryLater();
    if (message.type === 'error') return this.#onError(message);
    this.#dropSocket();
    this.#options.onState({ kind: 'exited', status: message.status });
  }

  /** Errors that end the terminal are followed by a close, which decides; the others are only told. */
  #onError({ code, retryable, values }: Extract<ServerMessage, { type: 'error' }>): void {
    const trouble = { code, values: values ?? {} };
    if (retryable) return;
    this.#refusal = trouble;
    if (this.#isOpen) this.#options.onTrouble(trouble);
  }

  #onClose(closeCode: number): void {
    const refusal = this.#refusal;
    if (refusal === null || CUT_CODES.has(closeCode)) return this.#retryLater();
    this.#dropSocket();
    this.#options.onState({ kind: 'refused', ...refusal });
  }

  #onOpened(offset: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#attempt = 0;
    this.#isOpen = true;
    this.#inputFrames = 0;
    this.#receivedOffset = this.#ackedOffset = offset;
    this.#options.onState({ kind: 'connected', isAfresh: this.#hasHadShell, isAfterLoss: this.#isAfterLoss });
    this.#hasHadShell = true;
    this.#isAfterLoss = false;
    /* The window may have changed while the connection was being made. */
    this.resize(this.#options.size());
  }

  #retryLater(): void {
    this.#isAfterLoss ||= this.#isOpen;
    this.#dropSocket();
    const retryInMs = backoffMs(this.#attempt, this.#options.random());
    this.#attempt += 1;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.connect();
    }, retryInMs);
    this.#options.onState({ kind: 'waiting', retryInMs });
  }

  #dropSocket(): void {
    this.#generation += 1;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isOpen = false;
    this.#refusal = null;
    this.#socket?.close();
    this.#socket = undefined;
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }
}

function decodeServerMessage(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const result = serverMessage.safeParse(JSON.parse(data));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}
