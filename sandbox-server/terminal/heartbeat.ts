import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';

/** Shorter than the idle limits of common proxies (60 s), so that a quiet terminal stays open. */
const PING_EVERY_MS = 15_000;

/** Pings a socket and cuts it when a whole interval passed without an answer: the learner has lost the network. */
export function startHeartbeat(socket: WebSocket, clock: Clock): Disposable {
  let isAnswered = true;
  let timer: Disposable;
  socket.on('pong', () => (isAnswered = true));
  const beat = () => {
    if (!isAnswered) return socket.terminate();
    isAnswered = false;
    socket.ping();
    timer = clock.after(PING_EVERY_MS, beat);
  };
  timer = clock.after(PING_EVERY_MS, beat);
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
