/**
 * The one connection of this server to the agent of a sandbox: an exec whose pipes carry the frames of all who are
 * attached. It is never held back for one of them; each is bounded by itself.
 */
import type { Clock } from '../../clock.ts';
import { PodiumError } from '../../errors.ts';
import type { AttachOrder, TerminalEvent } from '../driver.ts';
import { type AgentAttachment, MAX_IN_FLIGHT_BYTES, openChannel } from './agent-attachment.ts';
import {
  AGENT_VERSIONS,
  type AgentFrame,
  CONNECTION_CHANNEL,
  type ConnectionMessage,
  connectionMessage,
  CONTROL,
  createFrameDecoder,
  decodeControl,
  encodeControl,
} from './agent-frames.ts';
import { createBudget } from './budget.ts';
import type { Exec } from './exec.ts';
import type { FloodPace } from './flood-pace.ts';

/** The agent runs already when a sandbox is ready; what takes longer is a container that is just starting again. */
const HELLO_LIMIT_MS = 10_000;
const PING_MS = 15_000;
/** Three pings: as the protocol says, on both sides. */
const SILENCE_LIMIT_MS = 45_000;
/** Forty who paste at once come to a quarter of it; an agent that leaves more unread does not read. */
const MAX_UNSENT_BYTES = 4 * 1024 * 1024;
/**
 * Output is bounded by what browsers have drawn, all else by this: a prompt, a state and a size for forty attachments
 * come to a few KiB. Without it a learner's own agent could keep the server busy.
 */
const CONTROL_BYTES_PER_SECOND = 1024 * 1024;
const CONTROL_BURST_BYTES = 4 * 1024 * 1024;
/** What handling a frame costs, however short it is. */
const FRAME_COST_BYTES = 64;

/** Of an exec: bytes both ways, and how much is not sent yet. */
export type AgentStream = Pick<Exec, 'output' | 'write' | 'unsentBytes'> & Disposable;

export interface AgentConnectionDeps {
  readonly clock: Clock;
  readonly pace: FloodPace;
  /** Of this process: the agent ends an older connection of the same one. */
  readonly serverId: string;
  /** Called once, when the connection is gone; `fault` says which rule the agent broke, if it did. */
  readonly onLost: (fault: string | undefined) => void;
}

/** Disposing it closes the connection; terminals go on. */
export interface AgentConnection extends Disposable {
  /** Random, of this start of the container. */
  readonly instance: string;
  /** Names of the sandbox's terminals, as the agent last said. */
  readonly terminals: readonly string[];
  attach(order: AttachOrder, onEvent: (event: TerminalEvent) => void, onOver: () => void): AgentAttachment;
}

/** Resolves when the agent has said hello. Takes the stream over. Throws `terminal_failed` or `terminal_lost`. */
export async function connectToAgent(stream: AgentStream, deps: AgentConnectionDeps): Promise<AgentConnection> {
  const connection = new Connection(stream, deps);
  await connection.greeted;
  return connection;
}

class Connection implements AgentConnection {
  readonly greeted: Promise<void>;
  readonly #stream: AgentStream;
  readonly #deps: AgentConnectionDeps;
  readonly #channels = new Map<number, AgentAttachment>();
  readonly #greeting = Promise.withResolvers<void>();
  readonly #budget;
  /** That much may still come for browsers that have left. */
  #underwayBytes = 0;
  #timer: Disposable;
  #lastChannel = CONNECTION_CHANNEL;
  #lastHeardAt: number;
  #hello: Extract<ConnectionMessage, { type: 'hello' }> | undefined;
  #isOver = false;

  constructor(stream: AgentStream, deps: AgentConnectionDeps) {
    this.#stream = stream;
    this.#deps = deps;
    this.greeted = this.#greeting.promise;
    this.#budget = createBudget(deps.clock, { perSecond: CONTROL_BYTES_PER_SECOND, burst: CONTROL_BURST_BYTES });
    this.#lastHeardAt = deps.clock.now();
    this.#timer = deps.clock.after(HELLO_LIMIT_MS, () => this.#lose('no hello'));
    this.#send(encodeControl(CONNECTION_CHANNEL, { type: 'hello', versions: AGENT_VERSIONS, server: deps.serverId }));
    void this.#read();
  }

  get instance(): string {
    return this.#hello?.instance ?? '';
  }

  get terminals(): readonly string[] {
    return this.#hello?.terminals ?? [];
  }

  attach(order: AttachOrder, onEvent: (event: TerminalEvent) => void, onOver: () => void): AgentAttachment {
    this.#lastChannel += 1;
    const channel = this.#lastChannel;
    const leave = () => {
      this.#channels.delete(channel);
      this.#underwayBytes += MAX_IN_FLIGHT_BYTES;
      onOver();
    };
    const send = (octets: Uint8Array) => this.#send(octets);
    const { clock, pace } = this.#deps;
    const attachment = openChannel({ clock, pace, channel, send, onEvent, onOver: leave }, order);
    if (this.#isOver) throw new PodiumError('terminal_lost');
    this.#channels.set(channel, attachment);
    attachment.onTerminals(this.terminals);
    return attachment;
  }

  [Symbol.dispose](): void {
    this.#lose();
  }

  async #read(): Promise<void> {
    const decoder = createFrameDecoder((frame) => !this.#isOver && this.#onFrame(frame));
    try {
      for await (const octets of this.#stream.output) {
        this.#lastHeardAt = this.#deps.clock.now();
        if (!decoder.push(octets)) return this.#lose('a frame that is none');
      }
      this.#lose();
    } catch (error) {
      this.#lose(String(error));
    }
  }

  #onFrame(frame: AgentFrame): boolean {
    const attachment = this.#channels.get(frame.channel);
    const isBounded = frame.type !== CONTROL && (attachment !== undefined || this.#isUnderway(frame));
    if (!this.#budget.take(FRAME_COST_BYTES + (isBounded ? 0 : frame.body.length))) return false;
    if (frame.channel !== CONNECTION_CHANNEL) {
      // What was on its way when a browser left is nobody's.
      if (!attachment) return this.#hello !== undefined && frame.channel <= this.#lastChannel;
      return attachment.onFrame(frame);
    }
    const message = frame.type === CONTROL ? decodeControl(connectionMessage, frame.body) : undefined;
    return message !== undefined && this.#onMessage(message);
  }

  /** What was sent to a browser before the agent heard that it has left. */
  #isUnderway({ body }: AgentFrame): boolean {
    if (body.length > this.#underwayBytes) return false;
    this.#underwayBytes -= body.length;
    return true;
  }

  #onMessage(message: ConnectionMessage): boolean {
    if (message.type === 'hello') return this.#onHello(message);
    if (!this.#hello) return false;
    if (message.type === 'ping') this.#send(encodeControl(CONNECTION_CHANNEL, { type: 'pong' }));
    if (message.type === 'terminals') {
      this.#hello = { ...this.#hello, terminals: message.names };
      for (const attachment of [...this.#channels.values()]) attachment.onTerminals(message.names);
    }
    return message.type !== 'error';
  }

  #onHello(message: Extract<ConnectionMessage, { type: 'hello' }>): boolean {
    if (this.#hello || !AGENT_VERSIONS.includes(message.version)) return false;
    this.#hello = message;
    this.#timer[Symbol.dispose]();
    this.#timer = this.#deps.clock.after(PING_MS, () => this.#beat());
    this.#greeting.resolve();
    return true;
  }

  #beat(): void {
    if (this.#deps.clock.now() - this.#lastHeardAt >= SILENCE_LIMIT_MS) return this.#lose();
    this.#send(encodeControl(CONNECTION_CHANNEL, { type: 'ping' }));
    this.#timer = this.#deps.clock.after(PING_MS, () => this.#beat());
  }

  #send(octets: Uint8Array): void {
    if (this.#isOver) return;
    // The end of the connection is heard of by reading.
    this.#stream.write(octets).catch(() => undefined);
    if (this.#stream.unsentBytes > MAX_UNSENT_BYTES) this.#lose('it does not read');
  }

  #lose(fault?: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer[Symbol.dispose]();
    this.#stream[Symbol.dispose]();
    const cause = new Error(fault ?? 'the connection to the agent ended');
    this.#greeting.reject(new PodiumError(fault === undefined ? 'terminal_lost' : 'terminal_failed', { cause }));
    for (const attachment of [...this.#channels.values()]) attachment.onLost();
    this.#deps.onLost(fault);
  }
}
