/**
 * The hop between server and agent, as octets: `length u32 | channel u32 | type u8 | number u64 | body`, big-endian.
 * Pure. What comes in was written by a program that lives beside the learner, so nothing of it is believed.
 * Specified in `content/docs/reference/terminal-protocol.md`.
 */
import * as z from 'zod/mini';
import {
  exitedMessage,
  FRAME_HEADER_BYTES,
  gapMessage,
  openedMessage,
  roleMessage,
  runOutcome,
  sizeMessage,
  stateMessage,
  terminalNames,
} from '../../protocol/frames.ts';

/** Numbers of the versions that this server speaks, newest first: pods outlive an upgrade of the server. */
export const AGENT_VERSIONS: readonly number[] = [1];

/** Control messages are frames of this type; the types of bytes are those of a browser's frames. */
export const CONTROL = 0;
/** The connection itself; each other channel is an attachment. */
export const CONNECTION_CHANNEL = 0;
export const MAX_BODY_BYTES = 64 * 1024;

const LENGTH_BYTES = 4;
const CHANNEL_BYTES = 4;
const HEADER_BYTES = CHANNEL_BYTES + FRAME_HEADER_BYTES;

export interface AgentFrame {
  readonly channel: number;
  readonly type: number;
  readonly number: number;
  readonly body: Uint8Array;
}

/** Throws a RangeError for a body that the agent would refuse. */
export function encodeAgentFrame({ channel, type, number, body }: AgentFrame): Uint8Array {
  if (body.length > MAX_BODY_BYTES) throw new RangeError(`a frame of ${body.length} bytes is too long`);
  const octets = Buffer.allocUnsafe(LENGTH_BYTES + HEADER_BYTES + body.length);
  octets.writeUInt32BE(HEADER_BYTES + body.length, 0);
  octets.writeUInt32BE(channel, LENGTH_BYTES);
  octets.writeUInt8(type, LENGTH_BYTES + CHANNEL_BYTES);
  octets.writeBigUInt64BE(BigInt(number), LENGTH_BYTES + CHANNEL_BYTES + 1);
  octets.set(body, LENGTH_BYTES + HEADER_BYTES);
  return octets;
}

export function encodeControl(channel: number, message: MessageToAgent): Uint8Array {
  return encodeAgentFrame({ channel, type: CONTROL, number: 0, body: Buffer.from(JSON.stringify(message)) });
}

export interface FrameDecoder {
  /** Takes the next octets, cut anywhere. False when they break the form: then the rest is worth nothing. */
  push(octets: Uint8Array): boolean;
}

/**
 * Calls `onFrame` for each whole frame, in order, until it answers false. A body is a view of what was pushed where
 * the frame came in one piece; a frame in pieces is put together once, so that single octets cost no more than that.
 */
export function createFrameDecoder(onFrame: (frame: AgentFrame) => boolean): FrameDecoder {
  const length = Buffer.alloc(LENGTH_BYTES);
  let lengthFill = 0;
  let partial: Buffer | undefined;
  let partialFill = 0;

  /** How many octets of `from` belong to the frame that is being put together; -1 when it breaks the form. */
  function fill(from: Buffer): number {
    if (!partial) {
      const taken = from.copy(length, lengthFill);
      lengthFill += taken;
      if (lengthFill < LENGTH_BYTES) return taken;
      const size = length.readUInt32BE(0);
      if (!isFrameLength(size)) return -1;
      partial = Buffer.allocUnsafe(size);
      [lengthFill, partialFill] = [0, 0];
      return taken;
    }
    const taken = from.copy(partial, partialFill);
    partialFill += taken;
    if (partialFill < partial.length) return taken;
    const whole = partial;
    partial = undefined;
    return deliver(whole) ? taken : -1;
  }

  function deliver(octets: Buffer): boolean {
    const frame = readFrame(octets);
    return frame !== undefined && onFrame(frame);
  }

  return {
    push(octets) {
      let rest = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
      while (rest.length > 0) {
        const whole = !partial && lengthFill === 0 ? wholeLength(rest) : 0;
        const taken = whole > 0 && !deliver(rest.subarray(LENGTH_BYTES, whole)) ? -1 : whole || fill(rest);
        if (taken < 0) return false;
        rest = rest.subarray(taken);
      }
      return true;
    },
  };
}

function isFrameLength(size: number): boolean {
  return size >= HEADER_BYTES && size <= HEADER_BYTES + MAX_BODY_BYTES;
}

/** Length of the frame at the beginning, with its own length; 0 unless all of it is there and may be one. */
function wholeLength(octets: Buffer): number {
  if (octets.length < LENGTH_BYTES) return 0;
  const size = octets.readUInt32BE(0);
  return isFrameLength(size) && octets.length >= LENGTH_BYTES + size ? LENGTH_BYTES + size : 0;
}

function readFrame(octets: Buffer): AgentFrame | undefined {
  const number = octets.readBigUInt64BE(CHANNEL_BYTES + 1);
  if (number > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return {
    channel: octets.readUInt32BE(0),
    type: octets.readUInt8(CHANNEL_BYTES),
    number: Number(number),
    body: octets.subarray(HEADER_BYTES),
  };
}

/** Control messages of the server; on channel 0 `hello`, `ping` and `pong`. */
export type MessageToAgent =
  | { readonly type: 'hello'; readonly versions: readonly number[]; readonly server: string }
  | { readonly type: 'ping' | 'pong' | 'take' | 'end' | 'detach' }
  | {
      readonly type: 'open';
      readonly terminal: string;
      readonly client: string;
      readonly device: string;
      readonly wish: 'write' | 'view';
      readonly columns: number;
      readonly rows: number;
      readonly isFresh: boolean;
      readonly resume?: { readonly epoch: string; readonly offset: number };
    }
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly type: 'type'; readonly id: string; readonly text: string; readonly isForced: boolean };

const code = z.string().check(z.maxLength(64));

export const connectionMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    version: z.int(),
    instance: z.string().check(z.minLength(1), z.maxLength(64)),
    terminals: terminalNames,
  }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('pong') }),
  z.object({ type: z.literal('terminals'), names: terminalNames }),
  z.object({ type: z.literal('error'), code }),
]);
export type ConnectionMessage = z.infer<typeof connectionMessage>;

export const channelMessage = z.discriminatedUnion('type', [
  // Why a shell is gone is the cluster's to say, not the agent's.
  z.omit(openedMessage, { restart: true }),
  gapMessage,
  sizeMessage,
  roleMessage,
  stateMessage,
  exitedMessage,
  z.object({
    type: z.literal('typed'),
    id: z.string().check(z.maxLength(80)),
    outcome: runOutcome,
    program: z.nullable(z.string().check(z.maxLength(64))),
    isAlternateScreen: z.boolean(),
  }),
  z.object({ type: z.literal('error'), code }),
]);
export type ChannelMessage = z.infer<typeof channelMessage>;

/** The message of a control frame, undefined when it is none. */
export function decodeControl<Schema extends z.ZodMiniType>(
  schema: Schema,
  body: Uint8Array,
): z.infer<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
