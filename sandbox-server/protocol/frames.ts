/**
 * The WebSocket of one terminal, `GET /api/terminal?ticket=…`, subprotocol `podium.v1`.
 *
 * Text frames carry control messages (JSON, one discriminated union for each direction). Binary frames carry
 * bytes behind a fixed header of nine octets: type (1 octet), then an unsigned 64-bit big-endian number
 * that means *offset of the first byte* in output and *sequence of this input* in input (each socket counts
 * its input frames from 1, one by one). What is behind the header is never parsed.
 */
import * as z from 'zod/mini';

export const SUBPROTOCOL = 'podium.v1';

export const FRAME_HEADER_BYTES = 9;
/** A paste of this size is already unusual; a larger one is cut into several frames by the client. */
export const MAX_INPUT_BYTES = 64 * 1024;
/** Header and the largest input, the most that a server accepts in one message. */
export const MAX_FRAME_BYTES = FRAME_HEADER_BYTES + MAX_INPUT_BYTES;

export const frameType = { output: 1, input: 2 } as const;

/** A terminal larger than this is a mistake or an attack: redraws cost columns × rows. */
export const MAX_COLUMNS = 1000;
export const MAX_ROWS = 500;

const columns = z.int().check(z.minimum(1), z.maximum(MAX_COLUMNS));
const rows = z.int().check(z.minimum(1), z.maximum(MAX_ROWS));
const offset = z.int().check(z.minimum(0));

/** What a browser sends as text. The first message is always `open`. */
export const clientMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('open'), columns, rows }),
  z.object({ type: z.literal('resize'), columns, rows }),
  /** Bytes up to `offset` have been drawn: the server may send more. */
  z.object({ type: z.literal('ack'), offset }),
  /** Types the block `blockId` of the lab's page, from the server's own copy; a click id is acted on once. */
  z.object({
    type: z.literal('run'),
    blockId: z.string().check(z.maxLength(80)),
    clickId: z.string().check(z.maxLength(80)),
  }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;

/** What the server sends as text. `code` is a key of the error table: the page has the sentences. */
export const serverMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('opened'), offset }),
  /** The shell ended by itself; `status` is its exit status, null where it is not known. */
  z.object({ type: z.literal('exited'), status: z.nullable(z.int()) }),
  z.object({
    type: z.literal('error'),
    code: z.string(),
    retryable: z.boolean(),
    values: z.optional(z.record(z.string(), z.string())),
  }),
  /** The server is going away: connect again, soon. */
  z.object({ type: z.literal('reconnect') }),
]);
export type ServerMessage = z.infer<typeof serverMessage>;
