/** Binary frames as the browser writes and reads them; the format is described in `protocol/frames.ts`. */
import { FRAME_HEADER_BYTES, MAX_INPUT_BYTES, frameType } from '../../sandbox-server/protocol/frames.ts';

/** What comes from the server in binary: `number` is what the type says of it. */
export interface ServerFrame {
  readonly type: 'output' | 'screen' | 'accepted';
  readonly number: number;
  readonly bytes: Uint8Array;
}

const serverTypes: Readonly<Record<number, ServerFrame['type']>> = {
  [frameType.output]: 'output',
  [frameType.screen]: 'screen',
  [frameType.accepted]: 'accepted',
};

const NO_BYTES = new Uint8Array();

/** One input frame: the bytes behind their sequence number. */
export function encodeInput(sequence: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return encode(frameType.input, sequence, bytes);
}

/** Tells the server that output up to `offset` is drawn. */
export function encodeAck(offset: number): Uint8Array<ArrayBuffer> {
  return encode(frameType.ack, offset, NO_BYTES);
}

/** What the server sent, or null where it is nothing that a server sends. */
export function decodeServerFrame(frame: ArrayBuffer): ServerFrame | null {
  if (frame.byteLength < FRAME_HEADER_BYTES) return null;
  const header = new DataView(frame);
  const type = serverTypes[header.getUint8(0)];
  const number = header.getBigUint64(1);
  if (type === undefined || number > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  return { type, number: Number(number), bytes: new Uint8Array(frame, FRAME_HEADER_BYTES) };
}

/** Cuts what was typed or pasted into pieces that one frame may carry. */
export function cutInput(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += MAX_INPUT_BYTES) {
    pieces.push(bytes.subarray(start, start + MAX_INPUT_BYTES));
  }
  return pieces;
}

function encode(type: number, number: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(FRAME_HEADER_BYTES + bytes.length);
  const header = new DataView(frame.buffer);
  header.setUint8(0, type);
  header.setBigUint64(1, BigInt(number));
  frame.set(bytes, FRAME_HEADER_BYTES);
  return frame;
}
