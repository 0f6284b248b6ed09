/** `GET /api/terminal?ticket=…`: from an HTTP upgrade to an attached terminal, past everything that may be wrong with it. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { fastifyCookie } from '@fastify/cookie';
import { WebSocketServer, type WebSocket } from 'ws';
import { PodiumError, makeRefusal, toPodiumError, type ErrorCode } from '../errors.ts';
import { MAX_FRAME_BYTES, SUBPROTOCOL } from '../protocol/frames.ts';
import { awaitRunning, type AwaitRunningDeps } from '../session/await-running.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { TerminalGrant, TerminalHub } from '../terminal/terminal-hub.ts';
import type { Addresses } from './addresses.ts';
import type { Admission, Tickets } from './grants.ts';
import { COOKIE, type People } from './people.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { isShowingSocket } from './showing-stream.ts';

const PATH = '/api/terminal';

export interface TerminalUpgradeDeps extends AwaitRunningDeps {
  readonly addresses: Addresses;
  readonly people: People;
  readonly tickets: Tickets;
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
    if (isShowingSocket(request.url ?? '')) return;
    // Until the handshake is done nobody else listens, and a reset must not end the process.
    socket.on('error', () => undefined);
    const refuse = (code: ErrorCode) => {
      deps.metrics.refusals.inc({ code });
      refuseUpgrade(socket, code);
    };
    const refusal = isClosing ? 'shutting_down' : findRefusal(request, deps.addresses);
    if (refusal) return refuse(refusal);
    // Before the handshake, after which the page's first frame must find somebody who listens.
    void spendTicket(request, deps).then((spent) => {
      if (isClosing) return refuse('shutting_down');
      sockets.handleUpgrade(request, socket, head, (opened) => admit(opened, { stream: socket, spent }, deps));
    });
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
function admit(
  socket: WebSocket,
  { stream, spent }: { readonly stream: Duplex; readonly spent: PromiseSettledResult<Admission> },
  deps: TerminalUpgradeDeps,
): void {
  try {
    if (spent.status === 'rejected') throw spent.reason;
    deps.terminals.attach(socket, { stream, ...grantAccess(spent.value, deps) });
  } catch (error) {
    const failure = toPodiumError(error);
    deps.metrics.refusals.inc({ code: failure.code });
    socket.on('error', () => undefined);
    socket.send(JSON.stringify({ type: 'error', ...makeRefusal(failure) }));
    socket.close(failure.traits.closeCode);
  }
}

/** Never rejects: what is wrong is told when there is somebody to tell it to. */
async function spendTicket(
  request: IncomingMessage,
  deps: TerminalUpgradeDeps,
): Promise<PromiseSettledResult<Admission>> {
  const { people, tickets } = deps;
  const redeem = async () => {
    const ticket = new URL(request.url ?? '', 'http://localhost').searchParams.get('ticket') ?? '';
    const admission = await tickets.redeem(ticket);
    const ownerHash = people.find(fastifyCookie.parse(request.headers.cookie ?? '')[COOKIE]);
    // A ticket that leaked, from a log or over a shoulder, is worth nothing without the cookie.
    if (!admission || admission.ownerHash !== ownerHash) throw new PodiumError('ticket_refused');
    await awaitRunning(deps, ownerHash, admission.sandboxId);
    return admission;
  };
  const [spent] = await Promise.allSettled([redeem()]);
  return spent;
}

function grantAccess(admission: Admission, { sandboxes, drivers }: TerminalUpgradeDeps): Omit<TerminalGrant, 'stream'> {
  const entry = sandboxes.requireRunning(admission.ownerHash, admission.sandboxId);
  return {
    sandboxId: entry.id,
    access: admission.access,
    onActivity: () => sandboxes.noteActivity(entry),
    findCommand: (blockId) => entry.lab?.runBlocks.get(blockId),
    async attach(order, onEvent, signal) {
      const driver = await drivers.whenReady(signal);
      return driver.attach(entry.id, order, onEvent, signal);
    },
  };
}
