import type { ErrorCode } from '../errors.ts';
import {
  FRAME_HEADER_BYTES,
  MAX_INPUT_BYTES,
  clientMessage,
  frameType,
  type ClientMessage,
} from '../protocol/frames.ts';

/** The longest control message is a `run` with two ids of 80 characters; this is room for white space. */
const MAX_CONTROL_BYTES = 1024;

export type ClientFrame =
  | { readonly kind: 'message'; readonly message: ClientMessage }
  | { readonly kind: 'input'; readonly sequence: number; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly code: ErrorCode };

const refused = (code: ErrorCode): ClientFrame => ({ kind: 'refused', code });

/** What a browser has sent, or why it is refused. Never throws: a browser may send anything. */
export function decodeFrame(data: Buffer, isBinary: boolean): ClientFrame {
  return isBinary ? decodeInput(data) : decodeMessage(data);
}

function decodeInput(data: Buffer): ClientFrame {
  if (data.length <= FRAME_HEADER_BYTES || data[0] !== frameType.input) return refused('frame_malformed');
  if (data.length > FRAME_HEADER_BYTES + MAX_INPUT_BYTES) return refused('frame_too_large');
  const sequence = data.readBigUInt64BE(1);
  if (sequence > BigInt(Number.MAX_SAFE_INTEGER)) return refused('frame_malformed');
  return { kind: 'input', sequence: Number(sequence), bytes: data.subarray(FRAME_HEADER_BYTES) };
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

/** An output frame: `offset` is that of its first byte in the whole output of the terminal. */
export function encodeOutput(offset: number, bytes: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + bytes.length);
  frame[0] = frameType.output;
  frame.writeBigUInt64BE(BigInt(offset), 1);
  frame.set(bytes, FRAME_HEADER_BYTES);
  return frame;
}
