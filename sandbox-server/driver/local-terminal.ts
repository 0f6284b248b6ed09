import type { Clock } from '../clock.ts';
import { PodiumError, type ErrorCode } from '../errors.ts';
import type { AttachOrder, TerminalAttachment, TerminalEvent, TerminalSize } from './driver.ts';
import { createBackpressure, type Backpressure } from './local-backpressure.ts';
import { createForeground, isBusy, type Foreground } from './local-foreground.ts';
import { createHistory, type History, type ScreenAt } from './local-history.ts';
import { createInputs } from './local-inputs.ts';
import { createOutputFlow, type OutputFlow } from './local-output.ts';
import { makeBeginning } from './local-resume.ts';
import { createShell, type Shell, type ShellCommand } from './local-shell.ts';
import { createWriterSeat, type Candidate } from './local-writers.ts';

/** A reload or a cut is over by then; until then nobody else is made the writer who did not ask for it. */
const KEPT_PLACE_MS = 5_000;
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
  readonly #backpressure: Backpressure;
  readonly #inputs = createInputs();
  readonly #seat;
  readonly #members = new Set<Member>();
  #isNew = true;
  #isEnding = false;
  #exit: TerminalEvent | undefined;
  #writing: Promise<void> = Promise.resolve();
  #queuedBytes = 0;
  #keptPlace: Disposable | undefined;

  constructor(options: LocalTerminalOptions) {
    const { clock, command, size } = options;
    this.#options = options;
    this.#seat = createWriterSeat<Member>(() => clock.now());
    this.#history = createHistory(size, () => this.#backpressure.balance());
    this.#shell = createShell(command, size, {
      onOutput: (bytes) => this.#onOutput(bytes),
      onExit: (status) => this.#onExit(status),
    });
    this.#backpressure = createBackpressure({
      history: this.#history,
      clock,
      setReading: (isReading) => this.#shell.setReading(isReading),
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
    if (hasNewWriter) this.#backpressure.setWriter(flow);
    if (this.#exit) flow.finish(this.#exit);
    flow.pump();
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
    if (!this.#seat.leave(member) || this.#exit) return;
    this.#backpressure.setWriter(undefined);
    this.#keptPlace?.[Symbol.dispose]();
    this.#keptPlace = this.#options.clock.after(KEPT_PLACE_MS, () => this.#onPlaceReleased());
  }

  #onNewWriter(writer: Member | undefined): void {
    for (const member of [...this.#members])
      member.tell({ type: 'role', role: this.#seat.roleOf(member), writer: this.#seat.writer });
    if (writer) this.#resize(writer.size);
    if (writer?.flow && !this.#exit) this.#backpressure.setWriter(writer.flow);
  }

  #onPlaceReleased(): void {
    if (!this.#exit && this.#seat.release()) this.#onNewWriter(this.#seat.current);
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
    this.#backpressure.balance();
  }

  #onExit(status: number): void {
    this.#exit = { type: 'exited', status };
    this.#foreground[Symbol.dispose]();
    this.#backpressure[Symbol.dispose]();
    if (!this.#isEnding) for (const { flow } of [...this.#members]) flow?.finish(this.#exit);
  }

  #onAck(member: Member, flow: OutputFlow, offset: number): void {
    flow.ack(offset);
    if (this.#seat.current === member && !this.#exit) this.#backpressure.onWriterAck();
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
