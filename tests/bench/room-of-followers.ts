/** Followers of one bench: real sockets, and when each of them heard of each slide. */
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

export interface Room extends Disposable {
  readonly sockets: readonly WebSocket[];
  /** Milliseconds from the request that moves the deck until each follower knows. */
  move(slide: number, send: (slide: number) => Promise<void>): Promise<readonly number[]>;
  /** A follower more, and how long until it knew the present slide. */
  join(slide: number | undefined): Promise<number>;
}

/** `open` makes a socket; each message holds the slide's number as `"h":<number>`. */
export function createRoom(open: () => WebSocket): Room {
  const sockets: WebSocket[] = [];
  const waiting = new Map<number, (at: number) => void>();
  const hear = (slide: number): void => waiting.get(slide)?.(performance.now());
  return {
    sockets,
    async move(slide, send) {
      const heard: number[] = [];
      const all = Promise.withResolvers<void>();
      const begun = performance.now();
      waiting.set(slide, (at) => {
        heard.push(at - begun);
        if (heard.length >= sockets.length) all.resolve();
      });
      await Promise.all([send(slide), all.promise]);
      waiting.delete(slide);
      return heard;
    },
    async join(slide) {
      const begun = performance.now();
      const socket = open();
      const known = Promise.withResolvers<void>();
      socket.on('message', (data: Buffer) => {
        const h = /"h":(\d+)/.exec(data.toString())?.[1];
        if (slide === undefined || Number(h) >= slide) known.resolve();
        if (h !== undefined && !data.includes('"type":"state"')) hear(Number(h));
      });
      socket.on('close', () => sockets.splice(sockets.indexOf(socket), 1));
      await once(socket, 'open');
      sockets.push(socket);
      if (slide !== undefined) await known.promise;
      return performance.now() - begun;
    },
    [Symbol.dispose]() {
      for (const socket of [...sockets]) socket.terminate();
    },
  };
}

const agent = new Agent({ keepAlive: true });

/** As a page posts: on a connection that stays. */
export async function post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  const outgoing = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers } });
  outgoing.end(JSON.stringify(body));
  const [reply] = (await once(outgoing, 'response')) as [{ statusCode?: number; resume(): void }];
  reply.resume();
  if (reply.statusCode !== 204) throw new Error(`${url} was answered with ${reply.statusCode}.`);
}

/** What has gone over a socket in both directions, without what TCP adds. */
export function readTraffic(socket: WebSocket): number {
  const { bytesRead, bytesWritten } = (socket as unknown as { _socket: Socket })._socket;
  return bytesRead + bytesWritten;
}
