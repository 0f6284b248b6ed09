/**
 * A TCP proxy on loopback that breaks connections on command, as networks do. It knows nothing of what it carries, so it
 * stands between a browser and a server as well as between a server and a cluster.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, connect, type Socket } from 'node:net';

/** `down` is towards whoever connected, `up` towards the target. */
export type Direction = 'down' | 'up';

export type Fault =
  | { readonly kind: 'none' }
  /** Nothing passes; all of it does once the fault is over. */
  | { readonly kind: 'stall' }
  /** Whatever is open now or opened meanwhile is swallowed for good, and neither end is told: a router has forgotten it. */
  | { readonly kind: 'half-open' }
  /** Every byte in a write of its own. */
  | { readonly kind: 'trickle' }
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** What is open is reset, and what is opened too: there is no network. */
  | { readonly kind: 'offline' };

export interface CutOrder {
  readonly direction: Direction;
  /** Passed on from now, over all connections together, before the connection that carries the next one is reset. */
  readonly afterBytes: number;
}

export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** Connections made so far. */
  readonly connectionsMade: number;
  /** Where later connections go. */
  retarget(port: number): void;
  setFault(fault: Fault): void;
  /** Resets every connection now. */
  resetAll(): void;
  /** Resolves when the cut has been made. A later order takes the place of one that has not come due. */
  cutAfter(order: CutOrder): Promise<void>;
}

export interface FaultProxyTarget {
  readonly host?: string;
  readonly port: number;
}

/** Listens on a free port of 127.0.0.1; disposing it resets what is open. */
export async function createFaultProxy({ host = '127.0.0.1', port }: FaultProxyTarget): Promise<FaultProxy> {
  const links = new Set<Link>();
  const state: ProxyState = { fault: { kind: 'none' }, cut: undefined };
  let targetPort = port;
  let connectionsMade = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    connectionsMade += 1;
    if (state.fault.kind === 'offline') {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const target = connect({ host, port: targetPort, allowHalfOpen: true, noDelay: true });
    const link = new Link(client, target, state);
    links.add(link);
    void link.closed.then(() => links.delete(link));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const resetAll = () => links.forEach((link) => link.reset());
  return {
    port: (server.address() as AddressInfo).port,
    get connectionsMade() {
      return connectionsMade;
    },
    retarget: (next) => (targetPort = next),
    setFault(fault) {
      state.fault = fault;
      if (fault.kind === 'offline') resetAll();
      else links.forEach((link) => link.onFault());
    },
    resetAll,
    cutAfter: ({ direction, afterBytes }) =>
      new Promise((resolve) => (state.cut = { direction, leftBytes: afterBytes, onCut: resolve })),
    async [Symbol.asyncDispose]() {
      server.close();
      resetAll();
      await Promise.all([...links].map(({ closed }) => closed));
    },
  };
}

interface ProxyState {
  fault: Fault;
  cut: { readonly direction: Direction; leftBytes: number; readonly onCut: () => void } | undefined;
}

/** Two sockets and the bytes between them. */
class Link {
  readonly closed: Promise<unknown>;
  readonly #client: Socket;
  readonly #target: Socket;
  readonly #lanes: readonly Lane[];
  readonly #state: ProxyState;
  #isForgotten = false;

  constructor(client: Socket, target: Socket, state: ProxyState) {
    this.#client = client;
    this.#target = target;
    this.#state = state;
    const makeLane = (direction: Direction, from: Socket, to: Socket) => {
      const take = (bytes: Buffer) => this.#pass(direction, bytes);
      return new Lane({ from, to, take, isForgotten: () => this.#isForgotten, state });
    };
    this.#lanes = [makeLane('up', client, target), makeLane('down', target, client)];
    this.closed = Promise.all([client, target].map((socket) => new Promise((resolve) => socket.on('close', resolve))));
    // One end that breaks breaks the other, unless both are to believe that all is well.
    for (const socket of [client, target]) {
      socket.on('error', () => undefined);
      socket.on('close', (hadError) => {
        if (hadError && !this.#isForgotten) this.reset();
      });
    }
    this.onFault();
  }

  reset(): void {
    for (const socket of [this.#client, this.#target]) {
      // libuv refuses a reset after a shutdown, and Node then never says that the socket is closed.
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  onFault(): void {
    if (this.#state.fault.kind === 'half-open') this.#isForgotten = true;
    for (const lane of this.#lanes) lane.onFault();
  }

  /** What of these bytes goes on; a cut that has come due is made after it. */
  #pass(direction: Direction, bytes: Buffer): Buffer {
    if (this.#isForgotten) return bytes.subarray(0, 0);
    const { cut } = this.#state;
    if (cut?.direction !== direction) return bytes;
    if (bytes.length <= cut.leftBytes) {
      cut.leftBytes -= bytes.length;
      return bytes;
    }
    this.#state.cut = undefined;
    // After the write of what goes on: a reset that overtakes it would make the place of the cut a matter of luck.
    setImmediate(() => {
      this.reset();
      cut.onCut();
    });
    this.#isForgotten = true;
    return bytes.subarray(0, cut.leftBytes);
  }
}

interface LaneOptions {
  readonly from: Socket;
  readonly to: Socket;
  /** What of these bytes goes on. */
  readonly take: (bytes: Buffer) => Buffer;
  readonly isForgotten: () => boolean;
  readonly state: ProxyState;
}

interface Waiting {
  readonly dueAt: number;
  readonly action: () => void;
}

/** One direction of a link; holds its source back when its sink is full. */
class Lane {
  readonly #options: LaneOptions;
  /** In order: what comes after a delay was lifted does not overtake what is still delayed. */
  readonly #waiting: Waiting[] = [];

  constructor(options: LaneOptions) {
    this.#options = options;
    const { from, to, take } = options;
    from.on('data', (bytes: Buffer) => this.#send(take(bytes)));
    from.on('end', () => {
      if (!options.isForgotten()) this.#inTurn(() => to.end());
    });
    to.on('drain', () => this.#resume());
  }

  onFault(): void {
    if (this.#options.state.fault.kind === 'stall') this.#options.from.pause();
    else this.#resume();
  }

  #resume(): void {
    const { from, to, state } = this.#options;
    if (state.fault.kind !== 'stall' && !to.writableNeedDrain) from.resume();
  }

  #send(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const isTrickle = this.#options.state.fault.kind === 'trickle';
    this.#inTurn(() => {
      for (const piece of isTrickle ? Array.from(bytes, (byte) => Buffer.of(byte)) : [bytes]) this.#write(piece);
    });
  }

  #write(bytes: Buffer): void {
    const { from, to } = this.#options;
    if (to.destroyed || to.writableEnded) return;
    if (!to.write(bytes)) from.pause();
  }

  #inTurn(action: () => void): void {
    const { fault } = this.#options.state;
    const delayMs = fault.kind === 'delay' ? fault.delayMs : 0;
    if (delayMs === 0 && this.#waiting.length === 0) return action();
    this.#waiting.push({ dueAt: performance.now() + delayMs, action });
    if (this.#waiting.length === 1) this.#wait();
  }

  #wait(): void {
    const [next] = this.#waiting;
    if (next === undefined) return;
    const onDue = () => {
      next.action();
      this.#waiting.shift();
      this.#wait();
    };
    setTimeout(onDue, Math.max(0, next.dueAt - performance.now()));
  }
}
