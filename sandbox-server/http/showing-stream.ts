/**
 * How a page follows: a WebSocket, and server-sent events (HTML standard, 9.2) where a proxy lets none through. Both say
 * the same and take nothing: whoever wants something asks for it by a request.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { WebSocketServer, type WebSocket } from 'ws';
import { PodiumError, toPodiumError, type ErrorCode } from '../errors.ts';
import type { Audience } from '../follow/audience.ts';
import type { Connection } from '../follow/member.ts';
import { SHOWING_SUBPROTOCOL } from '../protocol/showing.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Addresses } from './addresses.ts';
import type { RateLimits } from './rate-limits.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import type { ShowingAccess } from './showing-access.ts';

const SOCKET_PATH = /^\/api\/showings\/(?<code>[^/]{1,40})\/socket$/;
export const SHOWING_EVENTS_ROUTE = '/api/showings/:code/events';
/** Pages say nothing here but that they are alive. */
const MAX_HEARD_BYTES = 64;
/** A page that does not read comes back later and gets the present state. */
const MAX_UNREAD_BYTES = 64 * 1024;

export interface ShowingStreamDeps {
  readonly audience: Audience;
  readonly access: ShowingAccess;
  readonly addresses: Addresses;
  readonly limits: RateLimits;
  readonly metrics: Metrics;
}

export function registerShowingEvents(app: FastifyInstance, { audience, access, limits }: ShowingStreamDeps): void {
  app.get<{ Params: { code: string } }>(
    SHOWING_EVENTS_ROUTE,
    { preHandler: limits.following },
    async (request, reply) => {
      const { code, role } = await access.enter(request.params.code, request.raw);
      const stream = reply.raw;
      const connection = makeStreamConnection(stream, () => {
        void reply
          .header('content-type', 'text/event-stream')
          .header('cache-control', 'no-store')
          .header('x-accel-buffering', 'no');
        for (const [name, value] of Object.entries(reply.getHeaders()))
          if (value !== undefined) stream.setHeader(name, value);
        reply.hijack();
      });
      const membership = await audience.join(code, role, connection);
      stream.on('close', () => membership[Symbol.dispose]());
      if (stream.destroyed) membership[Symbol.dispose]();
      return reply;
    },
  );
}

/** `begin` is called before the first word, so that a refusal is still an ordinary answer. */
function makeStreamConnection(stream: ServerResponse, begin: () => void): Connection {
  let isBegun = false;
  const send = (text: string) => {
    if (!isBegun) begin();
    isBegun = true;
    if (stream.writableLength > MAX_UNREAD_BYTES) stream.destroy();
    else stream.write(`data: ${text}\n\n`);
  };
  return { send, beat: send, close: () => stream.end() };
}

export function isShowingSocket(url: string): boolean {
  return SOCKET_PATH.test(pathOf(url));
}

/** Disposing it takes no new sockets; those that are open are the audience's. */
export function acceptFollowers(server: Server, deps: Omit<ShowingStreamDeps, 'limits'>): Disposable {
  const { audience, access, addresses, metrics } = deps;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_HEARD_BYTES,
    // A compressor's memory for each of two thousand sockets would be most of what they cost.
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SHOWING_SUBPROTOCOL) ? SHOWING_SUBPROTOCOL : false),
  });
  let isClosing = false;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const code = SOCKET_PATH.exec(pathOf(request.url ?? ''))?.groups?.['code'];
    if (code === undefined) return;
    socket.on('error', () => undefined);
    const refusal = isClosing ? 'shutting_down' : findRefusal(request, addresses);
    if (refusal) {
      metrics.refusals.inc({ code: refusal });
      return refuseUpgrade(socket, refusal);
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      const connection = makeSocketConnection(opened);
      admit(opened, async () => {
        const visit = await access.enter(decodeURIComponent(code), request);
        return audience.join(visit.code, visit.role, connection);
      }).catch((error: unknown) => {
        const failure = toPodiumError(error);
        metrics.refusals.inc({ code: failure.code });
        connection.close(failure.code);
      });
    });
  });
  return {
    [Symbol.dispose]() {
      isClosing = true;
    },
  };
}

function findRefusal({ headers }: IncomingMessage, addresses: Addresses): ErrorCode | undefined {
  if (!addresses.isOwnHost(headers.host)) return 'foreign_host';
  return addresses.isOwnOrigin(headers.origin, headers.host) ? undefined : 'foreign_origin';
}

async function admit(socket: WebSocket, join: () => Promise<Disposable>): Promise<void> {
  // A message that is too large, for example; the socket closes by itself.
  socket.on('error', () => undefined);
  const membership = await join();
  socket.on('close', () => membership[Symbol.dispose]());
  // It may have gone while it was let in.
  if (socket.readyState !== socket.OPEN) membership[Symbol.dispose]();
}

function makeSocketConnection(socket: WebSocket): Connection {
  let isAnswered = true;
  socket.on('pong', () => (isAnswered = true));
  const send = (text: string) => {
    if (socket.bufferedAmount > MAX_UNREAD_BYTES) socket.terminate();
    else socket.send(text);
  };
  return {
    send,
    beat(text) {
      if (!isAnswered) return socket.terminate();
      isAnswered = false;
      socket.ping();
      send(text);
    },
    // A browser shows a page no HTTP status of a socket, so what is wrong is told by the close code.
    close: (code) => socket.close(new PodiumError(code).traits.closeCode),
  };
}

function pathOf(url: string): string {
  return url.split('?')[0] ?? '';
}
