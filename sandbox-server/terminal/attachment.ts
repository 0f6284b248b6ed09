/** One browser's socket and one shell, joined until either of them ends. */
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { Terminal, TerminalSize } from '../driver/driver.ts';
import { PodiumError, toPodiumError } from '../errors.ts';
import type { ClientMessage, ServerMessage } from '../protocol/frames.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { decodeFrame, encodeOutput } from './decode-frame.ts';
import { createFlowWindow } from './flow-window.ts';
import { createInputQueue, type InputQueue } from './input-queue.ts';
import { createOutputBatch } from './output-batch.ts';
import { startHeartbeat } from './heartbeat.ts';

/** A page opens at once; a socket that says nothing holds a place for nobody. */
const OPEN_LIMIT_MS = 10_000;
/** A page that acks without reading would otherwise fill the server's memory. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** What a browser may take to answer a close. */
const CLOSE_GRACE_MS = 1000;
const NORMAL_CLOSE = 1000;

export interface AttachmentDeps {
  readonly openTerminal: (size: TerminalSize, signal: AbortSignal) => Promise<Terminal>;
  /** The command of a block of this sandbox's lab. */
  readonly findCommand: (blockId: string) => string | undefined;
  /** False for a click that was acted on before. */
  readonly claimClick: (clickId: string) => boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface Attachment {
  /** Resolves when socket and shell are gone. */
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
  readonly #window = createFlowWindow();
  readonly #batch;
  readonly #heartbeat;
  readonly #openLimit: Disposable;
  #terminal: Promise<Terminal> | undefined;
  #input: InputQueue | undefined;
  #lastSequence = 0;
  #isClosing = false;

  constructor(socket: WebSocket, deps: AttachmentDeps) {
    this.#socket = socket;
    this.#deps = deps;
    this.#batch = createOutputBatch((bytes) => this.#sendOutput(bytes), deps.clock);
    this.#openLimit = deps.clock.after(OPEN_LIMIT_MS, () => this.refuse(new PodiumError('open_timeout')));
    this.#heartbeat = startHeartbeat(socket, deps.clock);
    socket.on('message', (data, isBinary) => this.#onFrame(data as Buffer, isBinary));
    // A frame above `maxPayload` comes as an error with the socket already closing.
    socket.on('error', (error) => deps.log.debug({ err: error }, 'terminal socket failed'));
    this.ended = new Promise((resolve) => {
      socket.on('close', () => void this.#cleanUp().then(resolve));
    });
  }

  refuse(error: PodiumError): void {
    const { code, values, traits } = error;
    this.#deps.metrics.refusals.inc({ code });
    if (code === 'internal') this.#deps.log.error({ err: error.cause }, 'terminal failed');
    this.#send({
      type: 'error',
      code,
      retryable: traits.retryable,
      ...(values === undefined ? {} : { values: { ...values } }),
    });
    this.#close(traits.closeCode);
  }

  sendAway(): void {
    this.#batch.flush();
    this.#send({ type: 'reconnect' });
    this.#close(new PodiumError('shutting_down').traits.closeCode);
  }

  #onFrame(data: Buffer, isBinary: boolean): void {
    if (this.#isClosing) return;
    const frame = decodeFrame(data, isBinary);
    if (frame.kind === 'refused') return this.refuse(new PodiumError(frame.code));
    if (frame.kind === 'message') return this.#onMessage(frame.message);
    if (!this.#input || frame.sequence !== this.#lastSequence + 1)
      return this.refuse(new PodiumError('frame_out_of_order'));
    this.#lastSequence = frame.sequence;
    this.#type(frame.bytes);
  }

  #onMessage(message: ClientMessage): void {
    const hasOpened = this.#terminal !== undefined;
    if ((message.type === 'open') === hasOpened) return this.refuse(new PodiumError('frame_out_of_order'));
    switch (message.type) {
      case 'open':
        return this.#open(message);
      case 'resize':
        void this.#terminal?.then((terminal) => terminal.resize(message)).catch(() => undefined);
        return;
      case 'ack':
        if (!this.#window.onAck(message.offset)) this.refuse(new PodiumError('frame_malformed'));
        return;
      case 'run':
        return this.#run(message);
    }
  }

  #open({ columns, rows }: TerminalSize): void {
    this.#openLimit[Symbol.dispose]();
    this.#terminal = this.#deps.openTerminal({ columns, rows }, this.#closed.signal);
    this.#input = createInputQueue(this.#terminal, {
      hold: () => this.#socket.pause(),
      release: () => this.#socket.resume(),
      onError: (error) => this.#onFailure(error),
    });
    this.#terminal.then((terminal) => this.#serve(terminal)).catch((error: unknown) => this.#onFailure(error));
  }

  async #serve(terminal: Terminal): Promise<void> {
    this.#send({ type: 'opened', offset: 0 });
    for await (const bytes of terminal.output) {
      if (this.#isClosing) return;
      this.#batch.push(bytes);
      await this.#window.whenOpen();
      await this.#whenSent();
    }
    this.#batch.flush();
    const status = await terminal.exited;
    if (this.#isClosing) return;
    if (status === null) return this.refuse(new PodiumError('terminal_lost'));
    this.#send({ type: 'exited', status });
    this.#close(NORMAL_CLOSE);
  }

  #onFailure(error: unknown): void {
    if (!this.#isClosing) this.refuse(toPodiumError(error));
  }

  /** Types a command from the server's own copy, as a hand would: Enter is a carriage return. */
  #run({ blockId, clickId }: { blockId: string; clickId: string }): void {
    const command = this.#deps.findCommand(blockId);
    if (command === undefined) {
      const { code, traits } = new PodiumError('block_unknown');
      this.#deps.metrics.refusals.inc({ code });
      return this.#send({ type: 'error', code, retryable: traits.retryable, values: { block: blockId } });
    }
    if (this.#deps.claimClick(clickId)) this.#type(Buffer.from(`${command.trimEnd().replaceAll('\n', '\r')}\r`));
  }

  #type(bytes: Uint8Array): void {
    this.#deps.metrics.terminalBytes.inc({ direction: 'input' }, bytes.length);
    this.#batch.onKey();
    this.#input?.push(bytes);
  }

  #sendOutput(bytes: Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#deps.metrics.terminalBytes.inc({ direction: 'output' }, bytes.length);
    this.#socket.send(encodeOutput(this.#window.sentBytes, bytes), { binary: true });
    this.#window.onSent(bytes.length);
  }

  async #whenSent(): Promise<void> {
    if (this.#socket.bufferedAmount < MAX_BUFFERED_BYTES) return;
    // The callback of an empty ping comes when all before it is written out.
    await new Promise<void>((resolve) => this.#socket.ping(undefined, undefined, () => resolve()));
  }

  #send(message: ServerMessage): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #close(code: number): void {
    this.#isClosing = true;
    this.#socket.close(code);
    const cut = this.#deps.clock.after(CLOSE_GRACE_MS, () => this.#socket.terminate());
    this.#socket.on('close', () => cut[Symbol.dispose]());
    // A socket that is held back would not see the browser's answer.
    this.#socket.resume();
  }

  async #cleanUp(): Promise<void> {
    this.#isClosing = true;
    this.#closed.abort(new PodiumError('terminal_lost'));
    this.#openLimit[Symbol.dispose]();
    this.#heartbeat[Symbol.dispose]();
    this.#window.close();
    const terminal = await this.#terminal?.catch(() => undefined);
    try {
      await terminal?.[Symbol.asyncDispose]();
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'shell could not be ended');
    }
  }
}
