import type { Clock } from '../clock.ts';
import { PodiumError, type ErrorCode } from '../errors.ts';
import type { AttachOrder, TerminalAttachment, TerminalEvent, TerminalSize } from './driver.ts';
import { createForeground, isBusy, type Foreground } from './local-foreground.ts';
import { createHistory, type History, type ScreenAt } from './local-history.ts';
import { createInputs } from './local-inputs.ts';
import { createOutputFlow, WINDOW_BYTES, type OutputFlow } from './local-output.ts';
import { makeBeginning } from './local-resume.ts';
import { createShell, type Shell, type ShellCommand } from './local-shell.ts';
import { createWriterSeat, type Candidate } from './local-writers.ts';

/** A writer that draws nothing for so long is away: the shell goes on without it. */
const WRITER_SILENCE_MS = 5_000;
/** What may wait to leave the ring; more than the longest stretch that cannot be cut, or nothing would ever leave it. */
const MAX_EXCESS_BYTES = 512 * 1024;
/** What waits for a program that does not read; a browser sends far less ahead. */
const MAX_QUEUED_INPUT_BYTES = 1024 * 1024;

export interface LocalTerminalOptions {
  readonly command: ShellCommand;
  readonly epoch: string;
  readonly size: TerminalSize;
  readonly clock: Clock;
  /** All terminals of the sandbox. */
  readonly listNames: () => readonly string[];
  /** Somebody who is attached wants it ended. */
  readonly onEnd: () => void;
}

/** One attachment, as the terminal sees it. */
interface Member extends Candidate {
  readonly tell: (event: TerminalEvent) => void;
  size: TerminalSize;
  flow?: OutputFlow;
}

type TypeOrder = Parameters<TerminalAttachment['type']>[0];

/** One shell, what it has printed, and who is attached to it. Lives from its first attachment until it is ended. */
export class LocalTerminal {
  readonly #options: LocalTerminalOptions;
  readonly #history: History;
  readonly #shell: Shell;
  readonly #foreground: Foreground;
  readonly #inputs = createInputs();
  readonly #seat;
  readonly #members = new Set<Member>();
  #isNew = true;
  #isEnding = false;
  #exit: TerminalEvent | undefined;
  #writing: Promise<void> = Promise.resolve();
  #queuedBytes = 0;
  #isWriterSilent = false;
  #silence: Disposable | undefined;

  constructor(options: LocalTerminalOptions) {
    const { clock, command, size } = options;
    this.#options = options;
    this.#seat = createWriterSeat<Member>(() => clock.now());
    this.#history = createHistory(size, () => this.#balance());
    this.#shell = createShell(command, size, {
      onOutput: (bytes) => this.#onOutput(bytes),
      onExit: (status) => this.#onExit(status),
    });
    this.#foreground = createForeground({
      shellPid: this.#shell.pid,
      history: this.#history,
      clock,
      onChange: (state) => this.#tellAll(state),
    });
  }

  get hasExited(): boolean {
    return this.#exit !== undefined;
  }

  attach(order: AttachOrder, onEvent: (event: TerminalEvent) => void): Promise<TerminalAttachment> {
    return new Promise((resolve) => {
      this.#history.withScreen((screen) => resolve(this.#admit(order, onEvent, screen)));
    });
  }

  tellNames(): void {
    this.#tellAll({ type: 'terminals', names: [...this.#options.listNames()] });
  }

  /** Ends all that runs in this terminal; those attached are told `exited`. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#shell.end();
    this.#tellAll({ type: 'exited', status: null });
  }

  /** The same when the whole sandbox goes: those attached are told `lost`. */
  async lose(): Promise<void> {
    this.#isEnding = true;
    await this.#shell.end();
    this.#tellAll({ type: 'lost' });
  }

  #admit(order: AttachOrder, onEvent: (event: TerminalEvent) => void, screen: ScreenAt): TerminalAttachment {
    const history = this.#history;
    const { start, end } = history;
    const { isResumed, offset, lostBytes } = makeBeginning({ epoch: this.#options.epoch, start, end }, order.resume);
    const member = this.#makeMember(order, onEvent);
    const hasNewWriter = this.#seat.join(member);
    if (hasNewWriter) this.#onNewWriter(member);
    member.tell({
      type: 'opened',
      epoch: this.#options.epoch,
      isNew: this.#isNew,
      offset,
      liveOffset: end,
      lostBytes,
      inputSequence: this.#inputs.lastSequence(order.client),
      role: this.#seat.roleOf(member),
      writer: this.#seat.writer,
      ...history.sizeAt(offset).size,
    });
    this.#isNew = false;
    const drawn = isResumed ? undefined : screen.serialize();
    const flow = createOutputFlow({ history, offset, screen: drawn, emit: member.tell });
    member.flow = flow;
    this.#members.add(member);
    member.tell({ type: 'terminals', names: [...this.#options.listNames()] });
    member.tell(this.#foreground.state);
    if (this.#exit) flow.finish(this.#exit);
    flow.pump();
    this.#balance();
    return this.#makeAttachment(member, flow);
  }

  #makeMember({ client, device, wish, size }: AttachOrder, onEvent: (event: TerminalEvent) => void): Member {
    let isOver = false;
    const member: Member = {
      client,
      device,
      wish,
      size,
      tell: (event) => {
        if (isOver) return;
        isOver = event.type === 'exited' || event.type === 'failed' || event.type === 'lost';
        if (isOver) this.#leave(member);
        onEvent(event);
      },
    };
    return member;
  }

  #makeAttachment(member: Member, flow: OutputFlow): TerminalAttachment {
    const ifAttached = (act: () => void) => {
      if (this.#members.has(member)) act();
    };
    return {
      input: (sequence, bytes) => ifAttached(() => this.#onInput(member, sequence, bytes)),
      ack: (offset) => ifAttached(() => this.#onAck(member, flow, offset)),
      resize: (size) => ifAttached(() => this.#onResize(member, size)),
      take: () => ifAttached(() => this.#seat.take(member) && this.#onNewWriter(member)),
      type: (order) => ifAttached(() => void this.#onType(member, order)),
      end: () => ifAttached(this.#options.onEnd),
      [Symbol.dispose]: () => this.#leave(member),
    };
  }

  #leave(member: Member): void {
    member.flow?.stop();
    this.#members.delete(member);
    if (this.#seat.leave(member)) this.#onNewWriter(this.#seat.current);
    this.#balance();
  }

  #onNewWriter(writer: Member | undefined): void {
    this.#isWriterSilent = false;
    this.#endSilence();
    for (const member of [...this.#members])
      member.tell({ type: 'role', role: this.#seat.roleOf(member), writer: this.#seat.writer });
    if (writer) this.#resize(writer.size);
    this.#balance();
  }

  #onResize(member: Member, size: TerminalSize): void {
    member.size = size;
    if (this.#seat.current === member) this.#resize(size);
  }

  #resize(size: TerminalSize): void {
    if (this.#exit) return;
    this.#shell.resize(size);
    this.#history.resize(size);
    this.#pumpAll();
  }

  #onOutput(bytes: Uint8Array): void {
    this.#history.append(bytes);
    this.#pumpAll();
    this.#foreground.onActivity();
    this.#balance();
  }

  #onExit(status: number): void {
    this.#exit = { type: 'exited', status };
    this.#foreground[Symbol.dispose]();
    this.#endSilence();
    if (!this.#isEnding) for (const { flow } of [...this.#members]) flow?.finish(this.#exit);
  }

  #onAck(member: Member, flow: OutputFlow, offset: number): void {
    if (this.#seat.current === member) {
      this.#isWriterSilent = false;
      this.#endSilence();
    }
    flow.ack(offset);
    this.#balance();
  }

  /** Reads the pty, or lets the shell wait: for a writer who still draws, or for what has to leave the ring. */
  #balance(): void {
    const drawn = this.#seat.current?.flow?.ackedOffset;
    const isFarAhead = drawn !== undefined && this.#history.end - drawn >= WINDOW_BYTES;
    const isHeldForWriter = isFarAhead && !this.#isWriterSilent && !this.#exit;
    if (!isHeldForWriter) this.#endSilence();
    else this.#silence ??= this.#options.clock.after(WRITER_SILENCE_MS, () => this.#onSilence());
    this.#shell.setReading(!isHeldForWriter && this.#history.excessBytes < MAX_EXCESS_BYTES);
  }

  #onSilence(): void {
    this.#silence = undefined;
    this.#isWriterSilent = true;
    this.#balance();
  }

  #endSilence(): void {
    this.#silence?.[Symbol.dispose]();
    this.#silence = undefined;
  }

  #onInput(member: Member, sequence: number, bytes: Uint8Array): void {
    if (this.#queuedBytes + bytes.length > MAX_QUEUED_INPUT_BYTES) return this.#fail(member, 'input_overflow');
    // Taken from a viewer as well, and dropped: what was in flight when somebody else took over is not typed later.
    const isTyped = this.#inputs.take(member.client, sequence) && this.#seat.current === member;
    this.#write(isTyped ? bytes : new Uint8Array(), () => {
      const accepted: TerminalEvent = { type: 'accepted', sequence: this.#inputs.lastSequence(member.client) };
      for (const each of [...this.#members]) if (each.client === member.client) each.tell(accepted);
    });
  }

  #write(bytes: Uint8Array, onWritten: () => void): void {
    this.#queuedBytes += bytes.length;
    this.#writing = this.#writing
      .then(() => this.#shell.write(bytes))
      // Only a shell that is going takes no input; its exit says so.
      .then(onWritten, () => undefined)
      .finally(() => (this.#queuedBytes -= bytes.length));
    this.#foreground.onActivity();
  }

  async #onType(member: Member, { id, text, isForced }: TypeOrder): Promise<void> {
    const state = await this.#foreground.look();
    const { program, isAlternateScreen } = state;
    const answer = (outcome: 'typed' | 'repeated' | 'busy' | 'not_writer') =>
      member.tell({ type: 'typed', id, outcome, program, isAlternateScreen });
    if (this.#seat.current !== member) return answer('not_writer');
    if (this.#inputs.wasTyped(id)) return answer('repeated');
    if (isBusy(state) && !isForced) return answer('busy');
    this.#inputs.rememberTyped(id);
    this.#write(Buffer.from(text), () => answer('typed'));
  }

  #fail(member: Member, code: ErrorCode): void {
    member.tell({ type: 'failed', error: new PodiumError(code) });
  }

  #pumpAll(): void {
    for (const { flow } of [...this.#members]) flow?.pump();
  }

  #tellAll(event: TerminalEvent): void {
    for (const member of [...this.#members]) member.tell(event);
  }
}
