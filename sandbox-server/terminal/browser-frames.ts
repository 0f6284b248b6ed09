/** Frames of a browser's socket, as octets. Pure. What is behind a header is never looked at. */
import type { ErrorCode } from '../errors.ts';
import {
  FRAME_HEADER_BYTES,
  MAX_INPUT_BYTES,
  clientMessage,
  frameType,
  type ClientMessage,
} from '../protocol/frames.ts';

/** The longest control message is an `open` with a device of 80 characters; this is room for white space. */
const MAX_CONTROL_BYTES = 1024;

export type ClientFrame =
  | { readonly kind: 'message'; readonly message: ClientMessage }
  | { readonly kind: 'input'; readonly sequence: number; readonly bytes: Uint8Array }
  | { readonly kind: 'ack'; readonly offset: number }
  | { readonly kind: 'refused'; readonly code: ErrorCode };

const refused = (code: ErrorCode): ClientFrame => ({ kind: 'refused', code });

/** What a browser has sent, or why it is refused. Never throws: a browser may send anything. */
export function decodeFrame(data: Buffer, isBinary: boolean): ClientFrame {
  return isBinary ? decodeBytes(data) : decodeMessage(data);
}

function decodeBytes(data: Buffer): ClientFrame {
  if (data.length < FRAME_HEADER_BYTES) return refused('frame_malformed');
  const number = data.readBigUInt64BE(1);
  if (number > BigInt(Number.MAX_SAFE_INTEGER)) return refused('frame_malformed');
  const bytes = data.subarray(FRAME_HEADER_BYTES);
  if (bytes.length > MAX_INPUT_BYTES) return refused('frame_too_large');
  if (data[0] === frameType.ack && bytes.length === 0) return { kind: 'ack', offset: Number(number) };
  if (data[0] !== frameType.input || bytes.length === 0 || number === 0n) return refused('frame_malformed');
  return { kind: 'input', sequence: Number(number), bytes };
}

function decodeMessage(data: Buffer): ClientFrame {
  if (data.length > MAX_CONTROL_BYTES) return refused('frame_too_large');
  try {
    const result = clientMessage.safeParse(JSON.parse(data.toString('utf8')));
    return result.success ? { kind: 'message', message: result.data } : refused('frame_malformed');
  } catch {
    return refused('frame_malformed');
  }
}

const none = new Uint8Array();

/** One frame for a browser: the header and, behind it, the bytes as they are. */
export function encodeFrame(type: keyof typeof frameType, number: number, bytes: Uint8Array = none): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + bytes.length);
  frame[0] = frameType[type];
  frame.writeBigUInt64BE(BigInt(number), 1);
  frame.set(bytes, FRAME_HEADER_BYTES);
  return frame;
}
