/**
 * A command in a container, over a WebSocket of our own: the Kubernetes client's has no backpressure, no ping,
 * no time limit for connecting, and cannot be closed from here.
 */
import { WebSocket } from 'ws';
import { PodiumError } from '../../errors.ts';
import { createByteQueue } from '../byte-queue.ts';
import { ApiRefusal } from './api-client.ts';
import type { CredentialSource } from './credentials.ts';
import {
  decodeFrame,
  endOfInput,
  EXEC_SUBPROTOCOL,
  type ExecRequest,
  makeExecPath,
  makeInput,
} from './exec-protocol.ts';

/** From the first packet to the open stream; on a healthy node a tenth of a second. */
const CONNECT_LIMIT_MS = 10_000;
/** Keeps idle streams open through proxies, and finds out within twice this that the other side is gone. */
const PING_MS = 15_000;
/** The kubelet sends pieces of 32 KiB; what is far larger is not of it. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** A few screens with colours; little enough for thousands of terminals that nobody reads. */
const HIGH_WATER_BYTES = 128 * 1024;
const LOW_WATER_BYTES = 32 * 1024;

/** Disposing it closes the connection; the command goes on in the pod (ending it is the caller's). */
export interface Exec extends Disposable {
  /** In order; not reading it holds the command back. Ends with the command or the connection. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Resolves when the bytes have left this process: late when the command does not read. */
  write(bytes: Uint8Array): Promise<void>;
  /** What `write` has taken and the connection has not. */
  readonly unsentBytes: number;
  endInput(): void;
  /** Exit status; null when the connection was lost or the cluster lost the command. Never rejects. */
  readonly exited: Promise<number | null>;
}

/**
 * Starts the command. `signal` cancels the connecting. Throws an ApiRefusal when the API server says no (404: no
 * such pod), else a PodiumError `cluster_unreachable`.
 */
export async function openExec(source: CredentialSource, request: ExecRequest, signal: AbortSignal): Promise<Exec> {
  signal.throwIfAborted();
  const { server, tls, headers } = await source.get();
  const socket = new WebSocket(`${server.replace(/^http/, 'ws')}${makeExecPath(request)}`, EXEC_SUBPROTOCOL, {
    ...tls,
    headers: { ...headers },
    handshakeTimeout: CONNECT_LIMIT_MS,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    skipUTF8Validation: true,
  });
  // Made before the opening: the first output may come in the same packet as the answer.
  const exec = createExec(socket);
  await untilOpen(socket, signal);
  return exec;
}

function untilOpen(socket: WebSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      socket.terminate();
      reject(signal.reason as Error);
    };
    const settle = (action: () => void) => {
      signal.removeEventListener('abort', onAbort);
      action();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('open', () => settle(resolve));
    socket.once('error', (cause) => settle(() => reject(new PodiumError('cluster_unreachable', { cause }))));
    socket.once('unexpected-response', (_request, response) => {
      response.resume();
      const { statusCode = 0, statusMessage = '' } = response;
      settle(() => reject(new ApiRefusal(statusCode, statusMessage, `exec was answered with ${statusCode}`)));
      socket.terminate();
    });
  });
}

function createExec(socket: WebSocket): Exec {
  const { promise: exited, resolve: resolveExited } = Promise.withResolvers<number | null>();
  const queue = createByteQueue({
    highWaterBytes: HIGH_WATER_BYTES,
    lowWaterBytes: LOW_WATER_BYTES,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  });
  const ping = keepAlive(socket);

  function finish(code: number | null): void {
    queue.end();
    resolveExited(code);
  }

  socket.on('message', (message: Buffer) => {
    const frame = decodeFrame(message);
    if (frame.kind === 'output') queue.push(frame.bytes);
    if (frame.kind === 'status') finish(frame.status.kind === 'exited' ? frame.status.code : null);
  });
  socket.on('close', () => {
    ping[Symbol.dispose]();
    finish(null);
  });
  // Each error is followed by a close, which says all that is to be done.
  socket.on('error', () => undefined);

  return {
    output: queue,
    exited,
    write: (bytes) => send(socket, makeInput(bytes)),
    get unsentBytes() {
      return socket.bufferedAmount;
    },
    endInput() {
      if (socket.readyState === WebSocket.OPEN) socket.send(endOfInput);
    },
    [Symbol.dispose]() {
      // A paused socket would never see the answer to a polite closing.
      if (socket.isPaused) socket.terminate();
      else socket.close();
      finish(null);
    },
  };
}

function send(socket: WebSocket, frame: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(frame, (error) => {
      if (error) reject(new PodiumError('terminal_lost', { cause: error }));
      else resolve();
    });
  });
}

/** Ends a connection over which nothing has come since the last ping. While we hold it back, nothing can come. */
function keepAlive(socket: WebSocket): Disposable {
  let isAlive = true;
  const onLife = () => (isAlive = true);
  socket.on('message', onLife);
  socket.on('pong', onLife);
  const timer = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (!isAlive && !socket.isPaused) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, PING_MS).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
