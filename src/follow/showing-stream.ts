/**
 * What happens in a showing, as it happens: by a WebSocket, and by server-sent events where two in a row did not open, as
 * behind a proxy that lets none through. After a cut it connects again, and is told all of it anew.
 */
import {
  BEAT_MS,
  SHOWING_SUBPROTOCOL,
  showingMessage,
  type ShowingMessage,
} from '../../sandbox-server/protocol/showing.ts';
import { backoffMs } from '../terminal/backoff.ts';

/** `gone`: there is no such showing, or it has ended; nothing is tried any more. */
export type StreamState = 'connecting' | 'live' | 'lost' | 'gone';

export interface StreamListeners {
  readonly onMessage: (message: ShowingMessage) => void;
  readonly onState: (state: StreamState) => void;
}

const GONE = 4404;
const FAILURES_BEFORE_EVENTS = 2;
/** No word for so long, and the line is dead, whatever the browser thinks. */
const SILENCE_MS = 2 * BEAT_MS + 5_000;

export class ShowingStream {
  readonly #code: string;
  readonly #ending = new AbortController();
  readonly #listeners: StreamListeners;
  #cut: () => void = () => undefined;
  #state: StreamState = 'connecting';
  #tries = 0;
  #failedSockets = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(code: string, listeners: StreamListeners) {
    this.#code = code;
    this.#listeners = listeners;
    const { signal } = this.#ending;
    addEventListener('online', () => this.#wake(), { signal });
    const onSight = (): void => void (document.visibilityState === 'visible' && this.#wake());
    document.addEventListener('visibilitychange', onSight, { signal });
    this.#connect();
  }

  close(): void {
    this.#ending.abort();
    clearTimeout(this.#timer);
    this.#cut();
  }

  /** A phone that was in a pocket, or a network that is back: at once, not when a wait is over. */
  #wake(): void {
    if (this.#state === 'lost') this.#connect();
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#cut();
    this.#watch();
    const isSocket = this.#failedSockets < FAILURES_BEFORE_EVENTS && 'WebSocket' in globalThis;
    this.#cut = isSocket ? this.#openSocket() : this.#openEvents();
  }

  #openSocket(): () => void {
    const url = new URL(`/api/showings/${this.#code}/socket`, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url, SHOWING_SUBPROTOCOL);
    let isOpened = false;
    socket.addEventListener('open', () => (isOpened = true));
    socket.addEventListener('message', ({ data }) => this.#take(String(data)));
    const onClose = ({ code }: { code: number }): void => {
      this.#failedSockets = isOpened ? 0 : this.#failedSockets + 1;
      if (code === GONE) this.#end();
      else this.#lose();
    };
    socket.addEventListener('close', onClose);
    return () => {
      socket.removeEventListener('close', onClose);
      socket.close();
    };
  }

  #openEvents(): () => void {
    const source = new EventSource(`/api/showings/${this.#code}/events`);
    source.addEventListener('message', ({ data }) => this.#take(String(data)));
    source.addEventListener('error', () => {
      source.close();
      void this.#askWhetherGone();
    });
    return () => source.close();
  }

  /** An event source does not say why it failed. */
  async #askWhetherGone(): Promise<void> {
    const reply = await fetch(`/api/showings/${this.#code}`).catch(() => undefined);
    if (reply?.status === 404) this.#end();
    else this.#lose();
  }

  #take(text: string): void {
    this.#watch();
    const decoded = showingMessage.safeParse(JSON.parse(text));
    // A newer server may say what this page does not know.
    if (!decoded.success) return;
    this.#tries = 0;
    if (decoded.data.type === 'ended') return this.#end();
    this.#become('live');
    this.#listeners.onMessage(decoded.data);
  }

  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lose(), SILENCE_MS);
  }

  #lose(): void {
    if (this.#state === 'gone' || this.#ending.signal.aborted) return;
    this.#cut();
    this.#become('lost');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), backoffMs(this.#tries, Math.random()));
    this.#tries += 1;
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#cut();
    this.#become('gone');
  }

  #become(state: StreamState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#listeners.onState(state);
  }
}
