/** `GET /api/terminal?ticket=…`: from an HTTP upgrade to an attached terminal, past everything that may be wrong with it. */
import type { IncomingMessage, Server } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { fastifyCookie } from '@fastify/cookie';
import { WebSocketServer, type WebSocket } from 'ws';
import type { DriverSwitch } from '../driver/driver-switch.ts';
import { PodiumError, makeRefusal, toPodiumError, type ErrorCode } from '../errors.ts';
import { MAX_FRAME_BYTES, SUBPROTOCOL } from '../protocol/frames.ts';
import type { SandboxTable } from '../session/sandbox-table.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { TerminalGrant, TerminalHub } from '../terminal/terminal-hub.ts';
import type { Addresses } from './addresses.ts';
import type { Tickets } from './one-use-codes.ts';
import { COOKIE, type People } from './people.ts';

const PATH = '/api/terminal';

export interface TerminalUpgradeDeps {
  readonly addresses: Addresses;
  readonly people: People;
  readonly tickets: Tickets;
  readonly sandboxes: SandboxTable;
  readonly drivers: DriverSwitch;
  readonly terminals: TerminalHub;
  readonly metrics: Metrics;
}

/** Disposing it takes no new terminals; those that are open are the hub's. */
export function acceptTerminals(server: Server, deps: TerminalUpgradeDeps): Disposable {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    // Keys and echoes are too small to be worth a compressor's memory for each socket.
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  let isClosing = false;

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Until the handshake is done nobody else listens, and a reset must not end the process.
    socket.on('error', () => undefined);
    const refusal = isClosing ? 'shutting_down' : findRefusal(request, deps.addresses);
    if (refusal) {
      deps.metrics.refusals.inc({ code: refusal });
      return refuseUpgrade(socket, refusal);
    }
    sockets.handleUpgrade(request, socket, head, (opened) => admit(opened, socket, request, deps));
  };
  server.on('upgrade', onUpgrade);
  return {
    [Symbol.dispose]() {
      isClosing = true;
    },
  };
}

/** What no honest page does is refused before the handshake. */
function findRefusal({ headers, url = '' }: IncomingMessage, addresses: Addresses): ErrorCode | undefined {
  if (!addresses.isOwnHost(headers.host)) return 'foreign_host';
  if (!addresses.isOwnOrigin(headers.origin, headers.host)) return 'foreign_origin';
  if (new URL(url, 'http://localhost').pathname !== PATH) return 'not_found';
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim());
  return offered.includes(SUBPROTOCOL) ? undefined : 'bad_request';
}

/** What may happen to an honest page is told to it by a frame and a close code: a browser shows it no HTTP status here. */
function admit(socket: WebSocket, stream: Duplex, request: IncomingMessage, deps: TerminalUpgradeDeps): void {
  try {
    deps.terminals.attach(socket, { stream, ...grantAccess(request, deps) });
  } catch (error) {
    const failure = toPodiumError(error);
    deps.metrics.refusals.inc({ code: failure.code });
    socket.on('error', () => undefined);
    socket.send(JSON.stringify({ type: 'error', ...makeRefusal(failure) }));
    socket.close(failure.traits.closeCode);
  }
}

function grantAccess(
  request: IncomingMessage,
  { people, tickets, sandboxes, drivers }: TerminalUpgradeDeps,
): Omit<TerminalGrant, 'stream'> {
  const ticket = new URL(request.url ?? '', 'http://localhost').searchParams.get('ticket') ?? '';
  const admission = tickets.redeem(ticket);
  const ownerHash = people.find(fastifyCookie.parse(request.headers.cookie ?? '')[COOKIE]);
  // A ticket that leaked, from a log or over a shoulder, is worth nothing without the cookie.
  if (!admission || admission.ownerHash !== ownerHash) throw new PodiumError('ticket_refused');
  const entry = sandboxes.requireRunning(ownerHash, admission.sandboxId);
  return {
    sandboxId: entry.id,
    access: admission.access,
    findCommand: (blockId) => entry.lab?.runBlocks.get(blockId),
    async attach(order, onEvent, signal) {
      const driver = await drivers.whenReady(signal);
      return driver.attach(entry.id, order, onEvent, signal);
    },
  };
}

function refuseUpgrade(socket: Duplex, code: ErrorCode): void {
  const error = new PodiumError(code);
  const body = JSON.stringify(makeRefusal(error));
  const { status } = error.traits;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
