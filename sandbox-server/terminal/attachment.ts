/**
 * One browser's socket and its part in a terminal, joined until either of them ends. It passes bytes on and looks at
 * nothing but headers; what a browser may do is checked here, what a terminal may send is the driver's to check.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { AttachOrder, TerminalAttachment, TerminalEvent } from '../driver/driver.ts';
import { PodiumError, toPodiumError, type ErrorCode } from '../errors.ts';
import type { ClientMessage, Role, ServerMessage } from '../protocol/frames.ts';
import type { TerminalAccess } from '../protocol/requests.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { decodeFrame, encodeFrame } from './browser-frames.ts';
import { startHeartbeat } from './heartbeat.ts';
import { joinWrites } from './joined-writes.ts';
import { createPendingInput } from './pending-input.ts';
import { resumeOutcome } from './resume-outcome.ts';

/** A page opens at once; a socket that says nothing holds a place for nobody. */
const OPEN_LIMIT_MS = 10_000;
/** Output is bounded by what the page has drawn; this is for a page that acks without reading. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** What a browser may take to answer a close. */
const CLOSE_GRACE_MS = 1000;
const NORMAL_CLOSE = 1000;

export interface AttachmentDeps {
  /** What the socket's frames are written to. */
  readonly stream: Duplex;
  /** What the ticket is good for. */
  readonly access: TerminalAccess;
  readonly attach: (
    order: AttachOrder,
    onEvent: (event: TerminalEvent) => void,
    signal: AbortSignal,
  ) => Promise<TerminalAttachment>;
  /** The command of a block of this sandbox's lab. */
  readonly findCommand: (blockId: string) => string | undefined;
  /** Somebody types, or clicks on a command. */
  readonly onActivity: () => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface Attachment {
  /** Resolves when the socket is gone and the terminal is left. */
  readonly ended: Promise<void>;
  /** Says why and closes. */
  refuse(error: PodiumError): void;
  /** Asks the page to connect again, soon. */
  sendAway(): void;
}

export function createAttachment(socket: WebSocket, deps: AttachmentDeps): Attachment {
  return new SocketAttachment(socket, deps);
}

class SocketAttachment implements Attachment {
  readonly ended: Promise<void>;
  readonly #socket: WebSocket;
  readonly #deps: AttachmentDeps;
  readonly #closed = new AbortController();
  readonly #pending = createPendingInput();
  readonly #heartbeat;
  readonly #inputBytes;
  readonly #outputBytes;
  readonly #openLimit: Disposable;
  #order: AttachOrder | undefined;
  #attaching: Promise<TerminalAttachment> | undefined;
  #terminal: TerminalAttachment | undefined;
  /** As the browser was last told; undefined before `opened`. */
  #role: Role | undefined;
  #sentOffset = 0;
  #isClosing = false;

  constructor(socket: WebSocket, deps: AttachmentDeps) {
    this.#socket = socket;
    this.#deps = deps;
    this.#inputBytes = deps.metrics.terminalBytes.labels({ direction: 'input' });
    this.#outputBytes = deps.metrics.terminalBytes.labels({ direction: 'output' });
    this.#openLimit = deps.clock.after(OPEN_LIMIT_MS, () => this.#refuseWith('open_timeout'));
    this.#heartbeat = startHeartbeat(socket, deps.clock);
    socket.on('message', (data, isBinary) => this.#onFrame(data as Buffer, isBinary));
    // A frame above `maxPayload` comes as an error with the socket already closing.
    socket.on('error', (error) => deps.log.debug({ err: error }, 'terminal socket failed'));
    this.ended = new Promise((resolve) => {
      socket.on('close', () => void this.#cleanUp().then(resolve));
    });
  }

  refuse(error: PodiumError): void {
    if (error.code === 'internal') this.#deps.log.error({ err: error.cause }, 'terminal failed');
    this.#say(error);
    this.#close(error.traits.closeCode);
  }

  sendAway(): void {
    this.#send({ type: 'reconnect' });
    this.#close(new PodiumError('shutting_down').traits.closeCode);
  }

  #onFrame(data: Buffer, isBinary: boolean): void {
    if (this.#isClosing) return;
    const frame = decodeFrame(data, isBinary);
    switch (frame.kind) {
      case 'refused':
        return this.#refuseWith(frame.code);
      case 'message':
        return this.#onMessage(frame.message);
      case 'ack':
        return this.#onAck(frame.offset);
      case 'input':
        return this.#onInput(frame.sequence, frame.bytes);
    }
  }

  #onAck(offset: number): void {
    if (this.#role === undefined) return this.#refuseWith('frame_out_of_order');
    if (offset > this.#sentOffset) return this.#refuseWith('frame_malformed');
    this.#act((terminal) => terminal.ack(offset));
  }

  #onInput(sequence: number, bytes: Uint8Array): void {
    if (this.#role === undefined) return this.#refuseWith('frame_out_of_order');
    if (this.#deps.access === 'view') return this.#refuseWith('not_writer');
    // It may have been on its way while another took over: nothing that an honest page is closed for.
    if (this.#role === 'viewer') return this.#say(new PodiumError('not_writer'));
    if (!this.#pending.add(sequence, bytes.length)) return this.#refuseWith('input_overflow');
    this.#inputBytes.inc(bytes.length);
    this.#deps.onActivity();
    this.#act((terminal) => terminal.input(sequence, bytes));
  }

  #onMessage(message: ClientMessage): void {
    if (message.type === 'open') return this.#open(message);
    if (!this.#order) return this.#refuseWith('frame_out_of_order');
    if (message.type === 'ping') return this.#send({ type: 'pong' });
    if (message.type === 'resize') return this.#act((terminal) => terminal.resize(message));
    if (this.#role === undefined) return this.#refuseWith('frame_out_of_order');
    if (this.#deps.access === 'view') return this.#refuseWith('not_writer');
    switch (message.type) {
      case 'take':
        return this.#act((terminal) => terminal.take());
      case 'end':
        return this.#act((terminal) => terminal.end());
      case 'run':
        return this.#run(message);
    }
  }

  #open(message: Extract<ClientMessage, { type: 'open' }>): void {
    const { terminal, client, device, wish, columns, rows, isFresh, resume } = message;
    if (this.#order) return this.#refuseWith('frame_out_of_order');
    if (this.#deps.access === 'view' && wish !== 'view') return this.#refuseWith('not_writer');
    this.#openLimit[Symbol.dispose]();
    this.#order = { terminal, client, device, wish, isFresh, size: { columns, rows }, ...(resume && { resume }) };
    this.#attaching = this.#deps.attach(this.#order, (event) => this.#onEvent(event), this.#closed.signal);
    this.#attaching.then(
      (attached) => (this.#terminal = attached),
      (error: unknown) => {
        if (!this.#isClosing) this.refuse(toPodiumError(error));
      },
    );
  }

  /** Types a command from the server's own copy. */
  #run({ blockId, clickId, isConfirmed }: Extract<ClientMessage, { type: 'run' }>): void {
    const command = this.#deps.findCommand(blockId);
    if (command === undefined) return this.#say(new PodiumError('block_unknown', { values: { block: blockId } }));
    this.#deps.onActivity();
    this.#act((terminal) => terminal.type({ id: clickId, text: asTyped(command), isForced: isConfirmed }));
  }

  /** In order also while the driver is still attaching. */
  #act(action: (terminal: TerminalAttachment) => void): void {
    if (this.#terminal) action(this.#terminal);
    else this.#attaching?.then(action).catch(() => undefined);
  }

  #onEvent(event: TerminalEvent): void {
    if (this.#isClosing) return;
    switch (event.type) {
      case 'output':
        this.#sentOffset = event.offset + event.bytes.length;
        return this.#sendBytes(event.type, event.offset, event.bytes);
      case 'screen':
        return this.#sendBytes(event.type, event.offset, event.bytes);
      case 'accepted':
        this.#pending.onAccepted(event.sequence);
        return this.#sendFrame(encodeFrame('accepted', event.sequence));
      case 'typed': {
        const { id: clickId, outcome, program, isAlternateScreen } = event;
        return this.#send({ type: 'ran', clickId, outcome, program, isAlternateScreen });
      }
      case 'failed':
        return this.refuse(event.error);
      case 'lost':
        return this.#refuseWith('terminal_lost');
      default:
        return this.#onTold(event);
    }
  }

  /** What goes to the browser as it is. */
  #onTold(message: Extract<TerminalEvent, ServerMessage>): void {
    const { terminalLostBytes, terminalResumes } = this.#deps.metrics;
    if (message.type === 'opened') {
      this.#role = message.role;
      this.#sentOffset = message.offset;
      terminalLostBytes.inc(message.lostBytes);
      const outcome = resumeOutcome(this.#order?.resume, message);
      if (outcome) terminalResumes.inc({ outcome });
    }
    if (message.type === 'role') this.#role = message.role;
    if (message.type === 'gap') {
      this.#sentOffset = message.to;
      terminalLostBytes.inc(message.to - message.from);
    }
    this.#send(message);
    if (message.type === 'exited') this.#close(NORMAL_CLOSE);
  }

  #sendBytes(type: 'output' | 'screen', offset: number, bytes: Uint8Array): void {
    this.#outputBytes.inc(bytes.length);
    this.#sendFrame(encodeFrame(type, offset, bytes));
  }

  #send(message: ServerMessage): void {
    this.#sendFrame(JSON.stringify(message));
  }

  #sendFrame(frame: Buffer | string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    joinWrites(this.#deps.stream);
    this.#socket.send(frame);
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) this.#socket.terminate();
  }

  #refuseWith(code: ErrorCode): void {
    this.refuse(new PodiumError(code));
  }

  #say({ code, values, traits }: PodiumError): void {
    this.#deps.metrics.refusals.inc({ code });
    const { retryable } = traits;
    this.#send({ type: 'error', code, retryable, ...(values && { values: { ...values } }) });
  }

  #close(code: number): void {
    this.#isClosing = true;
    this.#socket.close(code);
    const cut = this.#deps.clock.after(CLOSE_GRACE_MS, () => this.#socket.terminate());
    this.#socket.on('close', () => cut[Symbol.dispose]());
  }

  async #cleanUp(): Promise<void> {
    this.#isClosing = true;
    this.#closed.abort(new PodiumError('terminal_lost'));
    this.#openLimit[Symbol.dispose]();
    this.#heartbeat[Symbol.dispose]();
    const terminal = await this.#attaching?.catch(() => undefined);
    terminal?.[Symbol.dispose]();
  }
}

/** A command as a hand would type it: Enter is a carriage return. */
export function asTyped(command: string): string {
  return `${command.trimEnd().replaceAll('\n', '\r')}\r`;
}
