/** Podium's own terminal as a page speaks it: what has come is drawn at once, and acknowledged. */
import { randomBytes } from 'node:crypto';
import {
  FRAME_HEADER_BYTES,
  frameType,
  SUBPROTOCOL,
  type ClientMessage,
} from '../../sandbox-server/protocol/frames.ts';
import { encodeAck, encodeInput } from '../../src/terminal/frame-codec.ts';
import type { WireFormat } from './wire.ts';

export interface PodiumWireOptions {
  readonly origin: string;
  readonly cookie: string;
  readonly ticket: string;
  readonly terminal: string;
}

export function makePodiumWire({ origin, cookie, ticket, terminal }: PodiumWireOptions): WireFormat {
  let sequence = 0;
  const open: ClientMessage = {
    type: 'open',
    terminal,
    client: randomBytes(12).toString('hex'),
    device: 'bench',
    wish: 'write',
    columns: 80,
    rows: 24,
    isFresh: false,
  };
  return {
    url: `${origin.replace('http', 'ws')}/api/terminal?ticket=${ticket}`,
    protocols: [SUBPROTOCOL],
    options: { headers: { origin, cookie } },
    greeting: [JSON.stringify(open)],
    encode: (key) => encodeInput((sequence += 1), Buffer.from(key)),
    read(data, isBinary) {
      if (!isBinary || data[0] !== frameType.output) return { outputBytes: 0 };
      const outputBytes = data.length - FRAME_HEADER_BYTES;
      return { outputBytes, reply: encodeAck(Number(data.readBigUInt64BE(1)) + outputBytes) };
    },
  };
}
