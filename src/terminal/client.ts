/**
 * One browser's part in a terminal: resumes the same shell at the byte where it was, keeps what was typed until the shell
 * has it, and says who types. It knows nothing of a page: the same code runs in Node under test.
 */
import type { ClientMessage, ServerMessage } from '../../sandbox-server/protocol/frames.ts';
import type { ConnectionState, Standing } from './connection-state.ts';
import { cutInput, encodeAck, encodeInput, type ServerFrame } from './frame-codec.ts';
import { KeptInput, type InputPiece } from './kept-input.ts';
import { OutputTrack } from './output-track.ts';
import { ReconnectingSocket } from './reconnecting-socket.ts';
import { RunClicks, type RunAnswer } from './run-clicks.ts';
import type { TicketAnswer, Trouble } from './terminal-socket.ts';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What the terminal is drawn on. All of it happens in the order in which it is called. */
export interface TerminalScreen {
  /** The size that its window has room for. */
  readonly wantedSize: TerminalSize;
  /** Draws bytes and calls `drawn` when they are on the screen. Only answered bytes may make the terminal reply. */
  draw(bytes: Uint8Array, isAnswered: boolean, drawn: () => void): void;
  resize(size: TerminalSize): void;
  /** Forgets all: what comes next draws the whole screen. */
  clear(): void;
  /** Moves what is there out of sight, for another shell that begins at the top. */
  startAfresh(): void;
}

export type ProgramState = Extract<ServerMessage, { type: 'state' }>;

/** What the page before this one had typed and does not know to have arrived, and the shell that it was for. */
export interface UnsentInput {
  readonly epoch: string;
  readonly pieces: readonly InputPiece[];
}

export interface TerminalClientOptions {
  readonly terminal: string;
  /** The tab's own id, and what others are told of it. */
  readonly client: string;
  readonly device: string;
  readonly unsent: UnsentInput | null;
  readonly requestTicket: (signal: AbortSignal) => Promise<TicketAnswer>;
  readonly socketUrl: (ticket: string) => string;
  readonly screen: TerminalScreen;
  readonly random: () => number;
  readonly now: () => number;
  readonly onState: (state: ConnectionState) => void;
  readonly onStanding: (standing: Standing) => void;
  readonly onProgram: (state: ProgramState) => void;
  readonly onTerminals: (names: readonly string[]) => void;
  /** Output was left out, and the screen is drawn anew. */
  readonly onGap: (bytes: number) => void;
  /** Something was refused and the terminal goes on. */
  readonly onTrouble: (trouble: Trouble) => void;
}

export class TerminalClient implements Disposable {
  readonly #options: TerminalClientOptions;
  readonly #encoder = new TextEncoder();
  readonly #kept = new KeptInput();
  readonly #track = new OutputTrack();
  readonly #clicks = new RunClicks();
  readonly #connection: ReconnectingSocket;
  /** The shell that this page was connected to last. */
  #epoch: string | null = null;
  #isOpen = false;
  /** A first connection is under way: what is clicked meanwhile is for the shell that comes. */
  #isAwaited = false;
  #hasExited = false;
  #standing: Standing = { role: 'viewer', writer: null };

  constructor(options: TerminalClientOptions) {
    this.#options = options;
    this.#connection = new ReconnectingSocket({
      ...options,
      onConnecting: () => this.#onAway({ kind: 'connecting' }),
      onSocket: () => this.#open(),
      onFrame: (frame) => this.#onFrame(frame),
      onMessage: (message) => this.#onMessage(message),
      onWaiting: (retryInMs) => this.#onAway({ kind: 'waiting', retryInMs }),
      onRefused: (trouble) => this.#onEnded({ kind: 'refused', ...trouble }),
    });
  }

  /** Connects; after the shell has exited, to a new one. */
  connect(): void {
    this.#isAwaited = this.#epoch === null;
    this.#connection.connect();
  }

  /** Types a text; says false where there is no shell that takes it from here, or too much is on its way already. */
  type(text: string): boolean {
    return this.typeBytes(this.#encoder.encode(text));
  }

  /** Types bytes as they are, for mouse reports that are not text. */
  typeBytes(bytes: Uint8Array): boolean {
    if (this.#epoch === null || this.#hasExited || this.#standing.role === 'viewer') return false;
    const isKept = this.#kept.push(cutInput(bytes));
    this.#sendInput();
    return isKept;
  }

  /** The window has room for another size now; the screen changes when the server says that output is made for it. */
  fitWindow(): void {
    if (this.#isOpen && this.#standing.role === 'writer') this.#send({ type: 'resize', ...this.#wantedSize });
  }

  /** Has the server type a block of the lab's page. A click that is not answered is sent again, by the same id. */
  run(blockId: string, clickId: string, isConfirmed: boolean): Promise<RunAnswer> {
    if (!this.#isOpen && !this.#isAwaited) return Promise.resolve({ outcome: 'no_shell', program: null });
    const message = { type: 'run', blockId, clickId, isConfirmed } as const;
    if (this.#isOpen) this.#send(message);
    return this.#clicks.add(message);
  }

  /** Becomes the writer. */
  take(): void {
    this.#send({ type: 'take' });
  }

  /** Ends the shell and all that runs in it. */
  end(): void {
    this.#send({ type: 'end' });
  }

  /** The network or the reader is back. */
  wake(): void {
    this.#connection.wake();
  }

  /** What was typed and may not have arrived, for the page that comes after this one. */
  get unsent(): UnsentInput | null {
    if (this.#epoch === null || this.#kept.pieces.length === 0) return null;
    return { epoch: this.#epoch, pieces: this.#kept.pieces };
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
    this.#onEnded({ kind: 'closed' });
  }

  get #wantedSize(): TerminalSize {
    const { columns, rows } = this.#options.screen.wantedSize;
    return { columns, rows };
  }

  #open(): void {
    const { terminal, client, device } = this.#options;
    const resume = { epoch: this.#epoch ?? '', offset: this.#track.received };
    this.#send({
      type: 'open',
      terminal,
      client,
      device,
      wish: 'write',
      ...this.#wantedSize,
      isFresh: this.#hasExited,
      ...(this.#epoch !== null && !this.#hasExited && { resume }),
    });
  }

  #onFrame({ type, number, bytes }: ServerFrame): void {
    const { screen } = this.#options;
    if (type === 'screen') return screen.draw(bytes, false, () => undefined);
    if (type === 'accepted') {
      this.#kept.accept(number);
      return this.#sendInput();
    }
    const isWriter = this.#standing.role === 'writer';
    const epoch = this.#epoch;
    for (const part of this.#track.take(number, bytes)) {
      screen.draw(part.bytes, part.isLive && isWriter, () => this.#epoch === epoch && this.#onDrawn(part.end));
    }
  }

  #onDrawn(end: number): void {
    const offset = this.#isOpen ? this.#track.ackFor(end) : null;
    if (offset !== null) this.#connection.send(encodeAck(offset));
  }

  #onMessage(message: ServerMessage): void {
    const { screen, onGap, onProgram, onTerminals } = this.#options;
    switch (message.type) {
      case 'opened':
        return this.#onOpened(message);
      case 'gap':
        this.#track.open(message.to, message.to);
        screen.clear();
        return onGap(message.to - message.from);
      case 'size':
        return screen.resize(message);
      case 'role':
        return this.#onStanding(message);
      case 'state':
        return onProgram(message);
      case 'terminals':
        return onTerminals(message.names);
      case 'ran':
        return this.#clicks.answer(message.clickId, message);
      case 'exited':
        this.#connection.drop();
        this.#hasExited = true;
        return this.#onEnded({ kind: 'exited', status: message.status });
      case 'error':
        return this.#onError(message);
      case 'reconnect':
      case 'pong':
        return;
    }
  }

  #onOpened(opened: Extract<ServerMessage, { type: 'opened' }>): void {
    const { epoch, offset, liveOffset, lostBytes, inputSequence, restart } = opened;
    const isSameShell = this.#epoch === epoch;
    const isAnotherShell = this.#epoch !== null && !isSameShell;
    const { screen, unsent } = this.#options;
    /* A fresh shell after one that has exited was asked for: that it is another is no news. */
    const isNews = isAnotherShell && !this.#hasExited;
    if (isAnotherShell && offset === 0) screen.startAfresh();
    else if (!isSameShell || offset !== this.#track.received) screen.clear();
    screen.resize(opened);
    this.#track.open(offset, liveOffset);
    const droppedBytes = isAnotherShell ? this.#kept.drop() : 0;
    if (isAnotherShell) this.#clicks.drop();
    this.#kept.resume(inputSequence);
    if (this.#epoch === null && unsent?.epoch === epoch) {
      this.#kept.push(unsent.pieces.filter(({ sequence }) => sequence > inputSequence).map(({ bytes }) => bytes));
    }
    this.#epoch = epoch;
    this.#isOpen = true;
    this.#isAwaited = false;
    this.#hasExited = false;
    this.#onStanding(opened);
    const arrival = { isAnotherShell: isNews, restartReason: restart?.reason ?? null, lostBytes, droppedBytes };
    this.#options.onState({ kind: 'connected', arrival });
    this.#sendInput();
    for (const click of this.#clicks.messages) this.#send(click);
  }

  #onStanding({ role, writer }: Standing): void {
    const hasBecomeWriter = role === 'writer' && this.#standing.role !== 'writer';
    this.#standing = { role, writer };
    if (role === 'viewer') this.#kept.drop();
    this.#options.onStanding(this.#standing);
    /* A viewer's window was not heard: from now on output is to be made for it. */
    if (hasBecomeWriter) this.fitWindow();
  }

  #onError({ code, retryable, values = {} }: Extract<ServerMessage, { type: 'error' }>): void {
    if (code === 'block_unknown') this.#clicks.refuse(values['block']);
    if (!retryable && this.#isOpen) this.#options.onTrouble({ code, values });
  }

  /** There is no connection now; what was typed waits for the next one. */
  #onAway(state: ConnectionState): void {
    this.#isOpen = false;
    this.#options.onState(state);
  }

  /** There will be no connection to this shell. */
  #onEnded(state: ConnectionState): void {
    this.#isAwaited = false;
    this.#kept.drop();
    this.#clicks.drop();
    this.#onAway(state);
  }

  #sendInput(): void {
    if (!this.#isOpen) return;
    for (const { sequence, bytes } of this.#kept.takeUnsent()) this.#connection.send(encodeInput(sequence, bytes));
  }

  #send(message: ClientMessage): void {
    this.#connection.send(JSON.stringify(message));
  }
}
