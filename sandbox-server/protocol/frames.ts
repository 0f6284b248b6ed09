/**
 * The WebSocket of one terminal, `GET /api/terminal?ticket=…`, subprotocol `podium.v2`.
 *
 * Text frames carry control messages (JSON, one discriminated union for each direction). Binary frames carry bytes
 * behind a fixed header of nine octets: type (1 octet), then an unsigned 64-bit big-endian number whose meaning goes
 * with the type. What is behind the header is never parsed by the server.
 * Specified in `content/docs/reference/terminal-protocol.md`.
 */
import * as z from 'zod/mini';

export const SUBPROTOCOL = 'podium.v2';

export const FRAME_HEADER_BYTES = 9;
/** A paste of this size is already unusual; a larger one is cut into several frames by the client. */
export const MAX_INPUT_BYTES = 64 * 1024;
/** What a browser may have sent and not yet seen accepted: a large paste. It holds the rest back itself. */
export const MAX_PENDING_INPUT_BYTES = 256 * 1024;
/** Terminals of a sandbox: a few tabs and a slide; each is a shell with memory in the learner's own pod. */
export const MAX_TERMINALS = 6;
/** Header and the largest input, the most that a server accepts in one message. */
export const MAX_FRAME_BYTES = FRAME_HEADER_BYTES + MAX_INPUT_BYTES;

export const frameType = {
  /** Number: offset of the first byte. */
  output: 1,
  /** Number: sequence, counted from 1 for each client and terminal. */
  input: 2,
  /** Number: offset at which output goes on. Body: what draws the screen as it was there. */
  screen: 3,
  /** Number: highest sequence that is written to the pty. No body. */
  accepted: 4,
  /** Number: offset up to which output has been drawn. No body. */
  ack: 5,
} as const;

/** A terminal larger than this is a mistake or an attack: redraws cost columns × rows. */
export const MAX_COLUMNS = 1000;
export const MAX_ROWS = 500;
/** Names of terminals are tabs: `1`, `2`, … */
export const TERMINAL_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
/** Random, and the tab's own. */
export const CLIENT_ID = /^[A-Za-z0-9_-]{8,64}$/;
export const MAX_DEVICE_LENGTH = 80;
/** More names than a sandbox may have terminals would be a lie. */
const MAX_NAMES = 32;

const columns = z.int().check(z.minimum(1), z.maximum(MAX_COLUMNS));
const rows = z.int().check(z.minimum(1), z.maximum(MAX_ROWS));
const offset = z.int().check(z.minimum(0));
const id = z.string().check(z.maxLength(80));
const terminalName = z.string().check(z.regex(TERMINAL_NAME));
const device = z.string().check(z.maxLength(MAX_DEVICE_LENGTH));
const epoch = z.string().check(z.maxLength(64));
const program = z.nullable(z.string().check(z.maxLength(64)));

export const role = z.enum(['writer', 'viewer']);
export type Role = z.infer<typeof role>;
/** Who types: on which device, and since when (milliseconds since 1970). */
export const writer = z.nullable(z.object({ device, since: offset }));
export type Writer = z.infer<typeof writer>;

/** What a browser sends as text. The first message is always `open`. */
export const clientMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('open'),
    terminal: terminalName,
    client: z.string().check(z.regex(CLIENT_ID)),
    device,
    wish: z.enum(['write', 'view']),
    columns,
    rows,
    isFresh: z.boolean(),
    resume: z.optional(z.object({ epoch, offset })),
  }),
  z.object({ type: z.literal('resize'), columns, rows }),
  z.object({ type: z.literal('take') }),
  /** Types the block `blockId` of the lab's page, from the server's own copy; a click id is acted on once. */
  z.object({ type: z.literal('run'), blockId: id, clickId: id, isConfirmed: z.boolean() }),
  z.object({ type: z.literal('end') }),
  /** Answered by `pong` at once: a page cannot see WebSocket pings, and looks with this for a socket that is half open. */
  z.object({ type: z.literal('ping') }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;

export const openedMessage = z.object({
  type: z.literal('opened'),
  epoch,
  isNew: z.boolean(),
  offset,
  liveOffset: offset,
  lostBytes: offset,
  inputSequence: offset,
  role,
  writer,
  columns,
  rows,
  restart: z.optional(z.object({ reason: z.string().check(z.maxLength(64)) })),
});
export const gapMessage = z.object({ type: z.literal('gap'), from: offset, to: offset });
export const sizeMessage = z.object({ type: z.literal('size'), columns, rows });
export const roleMessage = z.object({ type: z.literal('role'), role, writer });
export const stateMessage = z.object({
  type: z.literal('state'),
  program,
  isAlternateScreen: z.boolean(),
  prompt: z.enum(['shown', 'running', 'unknown']),
});
export const runOutcome = z.enum(['typed', 'repeated', 'busy', 'not_writer']);
export type RunOutcome = z.infer<typeof runOutcome>;
/** The shell ended by itself; `status` is its exit status, null where it is not known. */
export const exitedMessage = z.object({ type: z.literal('exited'), status: z.nullable(z.int()) });
export const terminalNames = z.array(terminalName).check(z.maxLength(MAX_NAMES));

/** What the server sends as text. `code` is a key of the error table: the page has the sentences. */
export const serverMessage = z.discriminatedUnion('type', [
  openedMessage,
  gapMessage,
  sizeMessage,
  roleMessage,
  stateMessage,
  exitedMessage,
  z.object({ type: z.literal('terminals'), names: terminalNames }),
  z.object({
    type: z.literal('ran'),
    clickId: id,
    outcome: runOutcome,
    program,
    isAlternateScreen: z.boolean(),
  }),
  z.object({
    type: z.literal('error'),
    code: z.string(),
    retryable: z.boolean(),
    values: z.optional(z.record(z.string(), z.string())),
  }),
  /** The server is going away: connect again, soon. */
  z.object({ type: z.literal('reconnect') }),
  z.object({ type: z.literal('pong') }),
]);
export type ServerMessage = z.infer<typeof serverMessage>;
