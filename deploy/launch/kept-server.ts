/** Keeps one server there for as long as Podium runs: one that dies is started again, at the same address. */
import { setTimeout as wait } from 'node:timers/promises';
import {
  createServerProcess,
  type ServerMessage,
  type ServerProcess,
  type ServerProcessOptions,
} from './server-process.ts';

/** A server that lived this long has done its work: its death says nothing about the next one's. */
const QUICK_DEATH_MS = 30_000;
/** With the waits between them, half a minute: longer than a port or a disk is busy, shorter than a room's patience. */
const MAX_QUICK_DEATHS = 6;
const FIRST_WAIT_MS = 500;

export interface KeptServer extends AsyncDisposable {
  readonly url: string;
  /** Tells the server how far the cluster is; a server that is started later is told the newest of these too. */
  send(message: ServerMessage): void;
  /** Resolves with an exit status when starting it again is given up, or when this is disposed. */
  readonly ended: Promise<number>;
}

export type KeptServerResult =
  | { readonly ok: true; readonly server: KeptServer }
  /** The first one could not listen, and has said why: starting it again would not help. */
  | { readonly ok: false; readonly status: number };

/** How long to wait after so many quick deaths in a row; undefined is "give up". */
export function restartWaitMs(quickDeaths: number): number | undefined {
  return quickDeaths < MAX_QUICK_DEATHS ? FIRST_WAIT_MS * 2 ** Math.max(quickDeaths - 1, 0) : undefined;
}

export async function createKeptServer(
  options: ServerProcessOptions,
  say: (line: string) => void,
): Promise<KeptServerResult> {
  const first = await createServerProcess(options);
  const url = await Promise.race([first.listening, first.exited]);
  if (typeof url !== 'string') return { ok: false, status: url ?? 1 };
  // Pages and their sockets come back to where they were, also when that was any free port.
  const environment = { ...options.environment, PODIUM_PORT: new URL(url).port };
  return { ok: true, server: new Keeper({ ...options, environment }, { first, url, say }) };
}

class Keeper implements KeptServer {
  readonly url: string;
  readonly ended: Promise<number>;
  readonly #options: ServerProcessOptions;
  readonly #say: (line: string) => void;
  readonly #closing = new AbortController();
  #server: ServerProcess;
  #newest: ServerMessage | undefined;

  constructor(
    options: ServerProcessOptions,
    { first, url, say }: { first: ServerProcess; url: string; say: (line: string) => void },
  ) {
    this.#options = options;
    this.url = url;
    this.#server = first;
    this.#say = say;
    this.ended = this.#keep();
    this.ended.catch(() => undefined);
  }

  send(message: ServerMessage): void {
    this.#newest = message;
    this.#server.send(message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#server[Symbol.asyncDispose]();
    await this.ended.catch(() => undefined);
  }

  async #keep(): Promise<number> {
    for (let quickDeaths = 0; ;) {
      const begunAt = performance.now();
      const status = await this.#server.exited;
      if (this.#closing.signal.aborted) return 0;
      quickDeaths = performance.now() - begunAt < QUICK_DEATH_MS ? quickDeaths + 1 : 1;
      const waitMs = restartWaitMs(quickDeaths);
      if (waitMs === undefined) {
        this.#say(`The server ended ${quickDeaths} times soon after its start; what it said stands above.`);
        return status ?? 1;
      }
      const how = status === null ? 'was killed' : `ended with status ${status}`;
      this.#say(`The server ${how}; it is started again in ${waitMs / 1000} s.`);
      await wait(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      if (this.#closing.signal.aborted) return 0;
      await this.#startAgain();
    }
  }

  async #startAgain(): Promise<void> {
    this.#server = await createServerProcess(this.#options);
    if (this.#closing.signal.aborted) return this.#server[Symbol.asyncDispose]();
    const url = await Promise.race([this.#server.listening, this.#server.exited]);
    if (typeof url !== 'string') return;
    if (this.#newest) this.#server.send(this.#newest);
    this.#say(`The server is back at ${url}`);
  }
}
