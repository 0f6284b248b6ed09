/** Binary frames as the browser writes and reads them; the format is described in `protocol/frames.ts`. */
import { FRAME_HEADER_BYTES, MAX_INPUT_BYTES, frameType } from '../../sandbox-server/protocol/frames.ts';

export interface OutputFrame {
  /** Offset of the first byte in the output of this terminal. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** One input frame: the bytes behind their sequence number. */
export function encodeInput(sequence: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(FRAME_HEADER_BYTES + bytes.length);
  const header = new DataView(frame.buffer);
  header.setUint8(0, frameType.input);
  header.setBigUint64(1, BigInt(sequence));
  frame.set(bytes, FRAME_HEADER_BYTES);
  return frame;
}

/** The output in a frame, or null where it is not an output frame. */
export function decodeOutput(frame: ArrayBuffer): OutputFrame | null {
  if (frame.byteLength < FRAME_HEADER_BYTES) return null;
  const header = new DataView(frame);
  if (header.getUint8(0) !== frameType.output) return null;
  return { offset: Number(header.getBigUint64(1)), bytes: new Uint8Array(frame, FRAME_HEADER_BYTES) };
}

/** Cuts what was typed or pasted into pieces that one frame may carry. */
export function cutInput(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += MAX_INPUT_BYTES) {
    pieces.push(bytes.subarray(start, start + MAX_INPUT_BYTES));
  }
  return pieces;
}
