import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { makeRefusal, PodiumError, type ErrorCode } from '../errors.ts';

/** Answers an upgrade with an ordinary refusal, and closes. */
export function refuseUpgrade(socket: Duplex, code: ErrorCode): void {
  const error = new PodiumError(code);
  const body = JSON.stringify(makeRefusal(error));
  const { status } = error.traits;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
