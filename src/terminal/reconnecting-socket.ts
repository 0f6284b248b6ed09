/**
 * Connections to one terminal, one after the other, for as long as their owner wants: it waits between tries, finds out
 * that one is dead, and ends only when the server says that trying again does not help.
 */
import type { ServerMessage } from '../../sandbox-server/protocol/frames.ts';
import { backoffMs } from './backoff.ts';
import type { ServerFrame } from './frame-codec.ts';
import { Liveness } from './liveness.ts';
import { openTerminalSocket, type TerminalSocket, type TicketAnswer, type Trouble } from './terminal-socket.ts';

/**
 * Closes that say nothing of the terminal: normal (a proxy's, RFC 6455 7.4.1), going away, no status, cut off, restart.
 * After any other the last error tells why.
 */
const CUT_CODES: ReadonlySet<number> = new Set([1000, 1001, 1005, 1006, 1012]);

/** A try that is older than this when the network comes back was made on the one before, and is not waited for. */
const STALE_TRY_MS = 1_000;

export interface ReconnectingSocketOptions {
  readonly requestTicket: (signal: AbortSignal) => Promise<TicketAnswer>;
  readonly socketUrl: (ticket: string) => string;
  readonly random: () => number;
  readonly now: () => number;
  readonly onConnecting: () => void;
  /** There is a socket; nothing was said over it yet. */
  readonly onSocket: () => void;
  readonly onFrame: (frame: ServerFrame) => void;
  readonly onMessage: (message: ServerMessage) => void;
  readonly onWaiting: (retryInMs: number) => void;
  readonly onRefused: (trouble: Trouble) => void;
}

export class ReconnectingSocket implements Disposable {
  readonly #options: ReconnectingSocketOptions;
  readonly #liveness: Liveness;
  #socket: TerminalSocket | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  /** When the present try began; null while there is none. */
  #tryingSinceMs: number | null = null;
  /** The last error of this connection that trying again does not mend. */
  #refusal: Trouble | null = null;

  constructor(options: ReconnectingSocketOptions) {
    this.#options = options;
    this.#liveness = new Liveness({
      ask: () => this.#socket?.send(JSON.stringify({ type: 'ping' })),
      onDead: () => this.#connectNow(),
      onWake: () => this.wake(),
      now: options.now,
    });
  }

  connect(): void {
    this.drop();
    this.#options.onConnecting();
    this.#tryingSinceMs = this.#options.now();
    this.#socket = openTerminalSocket({
      requestTicket: this.#options.requestTicket,
      socketUrl: this.#options.socketUrl,
      onOpen: () => {
        this.#tryingSinceMs = null;
        this.#options.onSocket();
        this.#liveness.watch(true);
      },
      onFrame: (frame) => {
        this.#liveness.heard();
        this.#options.onFrame(frame);
      },
      onMessage: (message) => this.#onMessage(message),
      onRefused: (trouble) => this.#refuse(trouble),
      onClose: (code) => this.#onClose(code),
    });
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket?.send(data);
  }

  /** The network or the reader is back: tries at once what waits, and makes sure of what seems to be there. */
  wake(): void {
    const isStale = this.#tryingSinceMs !== null && this.#options.now() - this.#tryingSinceMs > STALE_TRY_MS;
    if (this.#retry !== undefined || isStale) this.#connectNow();
    else this.#liveness.probe();
  }

  /** Ends the connection and makes no other until `connect`. */
  drop(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#tryingSinceMs = null;
    this.#refusal = null;
    this.#liveness.watch(false);
    this.#socket?.[Symbol.dispose]();
    this.#socket = undefined;
  }

  [Symbol.dispose](): void {
    this.drop();
    this.#liveness[Symbol.dispose]();
  }

  #onMessage(message: ServerMessage): void {
    this.#liveness.heard();
    if (message.type === 'reconnect') return this.#retryLater();
    if (message.type === 'opened') this.#attempt = 0;
    /* Errors that end the terminal are followed by a close, which decides. */
    if (message.type === 'error' && !message.retryable) {
      this.#refusal = { code: message.code, values: message.values ?? {} };
    }
    this.#options.onMessage(message);
  }

  #onClose(closeCode: number): void {
    const refusal = this.#refusal;
    if (refusal === null || CUT_CODES.has(closeCode)) this.#retryLater();
    else this.#refuse(refusal);
  }

  #refuse(trouble: Trouble): void {
    this.drop();
    this.#options.onRefused(trouble);
  }

  #connectNow(): void {
    this.#attempt = 0;
    this.connect();
  }

  #retryLater(): void {
    this.drop();
    const retryInMs = backoffMs(this.#attempt, this.#options.random());
    this.#attempt += 1;
    this.#retry = setTimeout(() => this.connect(), retryInMs);
    this.#options.onWaiting(retryInMs);
  }
}
