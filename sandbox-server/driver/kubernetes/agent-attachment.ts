/**
 * One channel of a connection to an agent: what a browser does becomes frames, and frames become events, each of
 * them checked against what the terminal has shown so far.
 */
import type { Clock } from '../../clock.ts';
import { PodiumError, type ErrorCode } from '../../errors.ts';
import { frameType } from '../../protocol/frames.ts';
import type { AttachOrder, TerminalAttachment, TerminalEvent } from '../driver.ts';
import {
  type AgentFrame,
  type ChannelMessage,
  channelMessage,
  CONTROL,
  decodeControl,
  encodeAgentFrame,
  encodeControl,
  type MessageToAgent,
} from './agent-frames.ts';
import type { FloodPace } from './flood-pace.ts';
import { createHeldAck, type HeldAck } from './held-ack.ts';

/**
 * What may be on its way to a browser that has not said that it is drawn: the agent's window of 256 KiB, and around a
 * gap a second one and a screen. An agent that does not stop there would otherwise fill the server's memory.
 */
export const MAX_IN_FLIGHT_BYTES = 768 * 1024;
/** The protocol's own limit for a piece of output, so that a key's echo never waits behind a large one. */
const MAX_OUTPUT_BYTES = 32 * 1024;
/** What an agent may refuse with; whatever else it says is `terminal_failed`. */
const agentCodes: readonly ErrorCode[] = ['too_many_terminals', 'terminal_failed', 'input_overflow', 'frame_malformed'];

const nothing = new Uint8Array();

export interface ChannelDeps {
  readonly clock: Clock;
  readonly pace: FloodPace;
  readonly channel: number;
  readonly send: (octets: Uint8Array) => void;
  readonly onEvent: (event: TerminalEvent) => void;
  /** Called once, when nothing more comes and the channel's number is free of meaning. */
  readonly onOver: () => void;
}

export interface AgentAttachment extends TerminalAttachment {
  /** Takes a frame of this channel; false when it breaks a rule, which ends the connection. */
  onFrame(frame: AgentFrame): boolean;
  onTerminals(names: readonly string[]): void;
  /** The connection is gone. */
  onLost(): void;
}

/** Opens a channel: the first frame is sent at once. */
export function openChannel(deps: ChannelDeps, order: AttachOrder): AgentAttachment {
  const attachment = new Channel(deps);
  const { size, ...rest } = order;
  deps.send(encodeControl(deps.channel, { type: 'open', ...rest, ...size }));
  return attachment;
}

class Channel implements AgentAttachment {
  readonly #deps: ChannelDeps;
  #names: readonly string[] = [];
  #isOpened = false;
  #isOver = false;
  /** Where the next output begins. */
  #nextOffset = 0;
  #drawnOffset = 0;
  /** Bytes of screens, and of output before a gap: drawn at the latest when anything behind them is. */
  #heldBytes = 0;
  readonly #acks: HeldAck;

  constructor(deps: ChannelDeps) {
    this.#deps = deps;
    const { clock, pace } = deps;
    this.#acks = createHeldAck({ clock, pace, tell: (offset) => this.#deps.send(this.#encodeAck(offset)) });
  }

  input(sequence: number, bytes: Uint8Array): void {
    this.#deps.pace.noteKey();
    this.#write(this.#encode(frameType.input, sequence, bytes));
  }

  ack(offset: number): void {
    if (this.#isOver || offset > this.#nextOffset) return;
    if (offset >= this.#drawnOffset) [this.#drawnOffset, this.#heldBytes] = [offset, 0];
    this.#acks.hold(offset);
  }

  resize({ columns, rows }: AttachOrder['size']): void {
    this.#send({ type: 'resize', columns, rows });
  }

  take(): void {
    this.#send({ type: 'take' });
  }

  type({ id, text, isForced }: { id: string; text: string; isForced: boolean }): void {
    this.#send({ type: 'type', id, text, isForced });
  }

  end(): void {
    this.#send({ type: 'end' });
  }

  [Symbol.dispose](): void {
    this.#send({ type: 'detach' });
    this.#finish();
  }

  onTerminals(names: readonly string[]): void {
    this.#names = names;
    if (this.#isOpened && !this.#isOver) this.#deps.onEvent({ type: 'terminals', names: [...names] });
  }

  onLost(): void {
    if (this.#finish()) this.#deps.onEvent({ type: 'lost' });
  }

  onFrame({ type, number, body }: AgentFrame): boolean {
    if (type === CONTROL) {
      const message = decodeControl(channelMessage, body);
      return message !== undefined && this.#onMessage(message);
    }
    if (!this.#isOpened) return false;
    switch (type) {
      case frameType.output:
        return this.#onOutput(number, body);
      case frameType.screen:
        return this.#onScreen(number, body);
      case frameType.accepted:
        this.#deps.onEvent({ type: 'accepted', sequence: number });
        return body.length === 0;
      default:
        return false;
    }
  }

  #onMessage(message: ChannelMessage): boolean {
    if (message.type === 'error') {
      this.#finish();
      const code = agentCodes.find((each) => each === message.code) ?? 'terminal_failed';
      this.#deps.onEvent({ type: 'failed', error: new PodiumError(code) });
      return true;
    }
    if (message.type === 'opened') return this.#onOpened(message);
    if (!this.#isOpened) return false;
    if (message.type === 'gap') {
      if (message.from !== this.#nextOffset || message.to < message.from) return false;
      this.#heldBytes += this.#nextOffset - this.#drawnOffset;
      [this.#nextOffset, this.#drawnOffset] = [message.to, message.to];
    }
    if (message.type === 'exited') this.#finish();
    this.#deps.onEvent(message);
    return true;
  }

  #onOpened(message: Extract<ChannelMessage, { type: 'opened' }>): boolean {
    if (this.#isOpened || message.liveOffset < message.offset) return false;
    this.#isOpened = true;
    this.#nextOffset = message.offset;
    this.#drawnOffset = message.offset;
    this.#deps.onEvent(message);
    this.onTerminals(this.#names);
    return true;
  }

  #onOutput(offset: number, bytes: Uint8Array): boolean {
    if (offset !== this.#nextOffset || bytes.length === 0 || bytes.length > MAX_OUTPUT_BYTES) return false;
    this.#nextOffset += bytes.length;
    if (!Number.isSafeInteger(this.#nextOffset)) return false;
    this.#show({ type: 'output', offset, bytes });
    return true;
  }

  #onScreen(offset: number, bytes: Uint8Array): boolean {
    if (offset !== this.#nextOffset || bytes.length > MAX_OUTPUT_BYTES) return false;
    this.#heldBytes += bytes.length;
    this.#show({ type: 'screen', offset, bytes });
    return true;
  }

  #show(event: TerminalEvent): void {
    const inFlightBytes = this.#nextOffset - this.#drawnOffset + this.#heldBytes;
    if (inFlightBytes <= MAX_IN_FLIGHT_BYTES) return this.#deps.onEvent(event);
    this.#send({ type: 'detach' });
    const cause = new Error(`the agent has ${inFlightBytes} bytes in flight`);
    if (this.#finish()) this.#deps.onEvent({ type: 'failed', error: new PodiumError('terminal_failed', { cause }) });
  }

  #send(message: MessageToAgent): void {
    this.#write(encodeControl(this.#deps.channel, message));
  }

  #encode(type: number, number: number, body: Uint8Array): Uint8Array {
    return encodeAgentFrame({ channel: this.#deps.channel, type, number, body });
  }

  #encodeAck(offset: number): Uint8Array {
    return this.#encode(frameType.ack, offset, nothing);
  }

  /** Says first what is drawn, in the same message. */
  #write(octets: Uint8Array): void {
    if (this.#isOver) return;
    const drawn = this.#acks.take();
    this.#deps.send(drawn === undefined ? octets : Buffer.concat([this.#encodeAck(drawn), octets]));
  }

  /** True the first time. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#acks[Symbol.dispose]();
    this.#deps.onOver();
    return true;
  }
}
