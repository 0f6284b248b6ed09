/** One connection: a ticket, a WebSocket, and what comes over it, decoded. It is made once and never again; `client.ts` makes the next. */
import { SUBPROTOCOL, serverMessage, type ServerMessage } from '../../sandbox-server/protocol/frames.ts';
import { decodeServerFrame, type ServerFrame } from './frame-codec.ts';

/** Ticket and upgrade together: behind some proxies a refused upgrade hangs, and on a network that came back so does an old request. */
const OPEN_LIMIT_MS = 4_000;

/** What the server said it cannot do, by a code of its error table. */
export interface Trouble {
  readonly code: string;
  readonly values: Readonly<Record<string, string>>;
}

export type TicketAnswer =
  { readonly ok: true; readonly ticket: string } | ({ readonly ok: false; readonly retryable: boolean } & Trouble);

/** A browser's close without a status (RFC 6455, 7.1.5); also what stands for a connection that never was. */
const NO_CLOSE_CODE = 1006;

export interface TerminalSocketOptions {
  readonly requestTicket: (signal: AbortSignal) => Promise<TicketAnswer>;
  readonly socketUrl: (ticket: string) => string;
  readonly onOpen: () => void;
  readonly onFrame: (frame: ServerFrame) => void;
  readonly onMessage: (message: ServerMessage) => void;
  /** There is no ticket, and asking again does not help. */
  readonly onRefused: (trouble: Trouble) => void;
  readonly onClose: (code: number) => void;
}

export interface TerminalSocket extends Disposable {
  /** Sends on an open socket; anything else is forgotten, since the next connection says all anew. */
  send(data: string | Uint8Array<ArrayBuffer>): void;
}

/** Opens a connection. After its disposal nothing is heard of it any more. */
export function openTerminalSocket(options: TerminalSocketOptions): TerminalSocket {
  return new TicketSocket(options);
}

class TicketSocket implements TerminalSocket {
  readonly #options: TerminalSocketOptions;
  readonly #limit: ReturnType<typeof setTimeout>;
  readonly #over = new AbortController();
  #socket: WebSocket | undefined;

  constructor(options: TerminalSocketOptions) {
    this.#options = options;
    this.#limit = setTimeout(() => this.#end(NO_CLOSE_CODE), OPEN_LIMIT_MS);
    options.requestTicket(this.#over.signal).then(
      (answer) => this.#onTicket(answer),
      () => this.#end(NO_CLOSE_CODE),
    );
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(data);
  }

  [Symbol.dispose](): void {
    this.#over.abort();
    clearTimeout(this.#limit);
    this.#socket?.close();
  }

  #onTicket(answer: TicketAnswer): void {
    if (this.#over.signal.aborted) return;
    if (answer.ok) return this.#open(answer.ticket);
    if (answer.retryable) return this.#end(NO_CLOSE_CODE);
    this[Symbol.dispose]();
    this.#options.onRefused({ code: answer.code, values: answer.values });
  }

  #open(ticket: string): void {
    const socket = new WebSocket(this.#options.socketUrl(ticket), SUBPROTOCOL);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.addEventListener('open', () => {
      clearTimeout(this.#limit);
      if (!this.#over.signal.aborted) this.#options.onOpen();
    });
    socket.addEventListener(
      'message',
      ({ data }: MessageEvent<unknown>) => !this.#over.signal.aborted && this.#onData(data),
    );
    socket.addEventListener('close', ({ code }) => this.#end(code));
  }

  #onData(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      const frame = decodeServerFrame(data);
      if (frame !== null) this.#options.onFrame(frame);
      return;
    }
    const message = decodeServerMessage(data);
    if (message !== null) this.#options.onMessage(message);
  }

  #end(code: number): void {
    if (this.#over.signal.aborted) return;
    this[Symbol.dispose]();
    this.#options.onClose(code);
  }
}

/** A message of a newer server that this page does not know is passed over. */
function decodeServerMessage(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const result = serverMessage.safeParse(JSON.parse(data));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}
