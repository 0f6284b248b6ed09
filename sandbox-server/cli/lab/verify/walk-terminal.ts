/**
 * A learner's terminal without a window: what comes is drawn by xterm.js, so that what is compared is what one would see.
 * The shell marks its prompts (OSC 133), which tells where the output of each command begins and ends.
 */
import { randomBytes } from 'node:crypto';
import headless from '@xterm/headless';
import type { AttachOrder, TerminalAttachment, TerminalEvent } from '../../../driver/driver.ts';
import { withSignal } from '../../../with-signal.ts';

const SIZE = { columns: 120, rows: 40 };
/** What a step prints in all; more than this a learner would not scroll back to either. */
const SCROLLBACK_LINES = 10_000;
/** Lines that were typed ahead are read at once: a prompt that stays this long is the last one. */
const SETTLE_MS = 300;
/** A prompt may be shown a moment before the shell reads from it. */
const TYPE_LIMIT_MS = 5000;
const TYPE_RETRY_MS = 100;
/** A shell on a busy machine; one of an image without marks is taken as it is after this. */
const PROMPT_LIMIT_MS = 10_000;

type Marker = headless.IMarker;

interface PrintedPart {
  readonly start: Marker | undefined;
  end: { readonly marker: Marker | undefined; readonly column: number } | undefined;
}

export type Attach = (
  order: AttachOrder,
  onEvent: (event: TerminalEvent) => void,
  signal: AbortSignal,
) => Promise<TerminalAttachment>;

/** Opens a terminal of that name and waits for its first prompt. Disposing it leaves the shell running. */
export async function openWalkTerminal(attach: Attach, name: string, signal: AbortSignal): Promise<WalkTerminal> {
  const terminal = new WalkTerminal();
  await terminal.connect(attach, name, signal);
  return terminal;
}

export class WalkTerminal implements Disposable {
  readonly #screen = new headless.Terminal({
    cols: SIZE.columns,
    rows: SIZE.rows,
    scrollback: SCROLLBACK_LINES,
    allowProposedApi: true,
    logLevel: 'off',
  });
  #attachment: TerminalAttachment | undefined;
  #sequence = 0;
  #parts: PrintedPart[] = [];
  #ends = 0;
  #isPrompt = false;
  #hasMarks = false;
  /** Undefined until it is known. */
  #program: string | null | undefined;
  readonly #gone = Promise.withResolvers<never>();
  #changedAt = performance.now();
  readonly #answers = new Map<string, (outcome: string) => void>();
  readonly #watchers = new Set<() => void>();

  /** What the block has printed so far; of a program on the alternate screen, what it shows. */
  get printed(): string {
    const { active } = this.#screen.buffer;
    if (active.type === 'alternate') return this.#read(0, active.length);
    return this.#parts.map((part) => this.#readPart(part)).join('\n');
  }

  /** Whether the shell has shown its prompt again since `begin`, and shows it still. */
  get isOver(): boolean {
    return this.#hasMarks ? this.#isPrompt && this.#ends > 0 : this.#program === null;
  }

  /** Whether what is typed now is the shell's. */
  get isFree(): boolean {
    return this.#hasMarks ? this.#isPrompt : this.#program === null;
  }

  async connect(attach: Attach, name: string, signal: AbortSignal): Promise<void> {
    const order: AttachOrder = {
      terminal: name,
      client: randomBytes(12).toString('hex'),
      device: 'podium lab verify',
      wish: 'write',
      size: SIZE,
      isFresh: false,
    };
    this.#gone.promise.catch(() => undefined);
    this.#screen.parser.registerOscHandler(133, (mark) => this.#onMark(mark));
    // A program that asks the terminal what it is waits for the answer.
    this.#screen.onData((text) => this.press(text));
    this.#attachment = await attach(order, (event) => this.#onEvent(event), signal);
    if (await this.waitForRest(() => this.#hasMarks && this.isFree, PROMPT_LIMIT_MS, signal)) return;
    if (!this.isFree) throw new Error('the shell has shown no prompt');
  }

  /** What is printed from now on is the next block's: all of it where a program without marks has the terminal. */
  begin(isInside: boolean): void {
    this.#parts = isInside ? [{ start: this.#screen.registerMarker(0), end: undefined }] : [];
    this.#ends = 0;
  }

  /** As a click types: false where something else than the prompt would have had it for too long. */
  async type(text: string, isForced: boolean, signal: AbortSignal): Promise<boolean> {
    const deadline = performance.now() + TYPE_LIMIT_MS;
    for (;;) {
      const id = randomBytes(8).toString('hex');
      const { promise, resolve } = Promise.withResolvers<string>();
      this.#answers.set(id, resolve);
      this.#attachment?.type({ id, text, isForced });
      const outcome = await withSignal(Promise.race([promise, this.#gone.promise]), signal);
      if (outcome === 'typed') return true;
      if (performance.now() > deadline) return false;
      await this.waitFor(() => false, TYPE_RETRY_MS, signal);
    }
  }

  /** Keys, whoever gets them. */
  press(keys: string): void {
    this.#sequence += 1;
    this.#attachment?.input(this.#sequence, Buffer.from(keys));
  }

  /** Whether it becomes so within the limit; looked at whenever something has come. */
  async waitFor(isSo: () => boolean, limitMs: number, signal: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const look = () => {
      if (isSo()) resolve(true);
    };
    const timer = setTimeout(() => resolve(isSo()), limitMs);
    this.#watchers.add(look);
    try {
      look();
      return await withSignal(Promise.race([promise, this.#gone.promise]), signal);
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(look);
    }
  }

  /** The same, and it stays so while nothing comes any more. */
  async waitForRest(isSo: () => boolean, limitMs: number, signal: AbortSignal, restMs = SETTLE_MS): Promise<boolean> {
    const deadline = performance.now() + limitMs;
    while (await this.waitFor(isSo, Math.max(deadline - performance.now(), 0), signal)) {
      const still = this.#changedAt + restMs - performance.now();
      if (still <= 0) return true;
      await this.waitFor(() => false, still, signal);
    }
    return false;
  }

  [Symbol.dispose](): void {
    this.#attachment?.[Symbol.dispose]();
    this.#screen.dispose();
  }

  #onEvent(event: TerminalEvent): void {
    if (event.type === 'output' || event.type === 'screen') {
      this.#screen.write(event.bytes, () => {
        if (event.type === 'output') this.#attachment?.ack(event.offset + event.bytes.length);
        this.#tell();
      });
      return;
    }
    if (event.type === 'opened') this.#sequence = event.inputSequence;
    if (event.type === 'state') this.#program = event.program;
    if (event.type === 'typed') this.#answers.get(event.id)?.(event.outcome);
    if (event.type === 'failed') this.#gone.reject(event.error);
    if (event.type === 'exited' || event.type === 'lost')
      this.#gone.reject(new Error(`the terminal was ${event.type}`));
    this.#tell();
  }

  #tell(): void {
    this.#changedAt = performance.now();
    for (const look of [...this.#watchers]) look();
  }

  #onMark(mark: string): boolean {
    this.#hasMarks = true;
    const kind = mark.at(0);
    this.#isPrompt = kind === 'B';
    // A prompt is drawn again when the window changes; an end is told once.
    if (kind === 'D') this.#ends += 1;
    if (kind === 'C') this.#parts.push({ start: this.#screen.registerMarker(0), end: undefined });
    const last = this.#parts.at(-1);
    if (kind === 'D' && last && !last.end) {
      last.end = { marker: this.#screen.registerMarker(0), column: this.#screen.buffer.active.cursorX };
    }
    return false;
  }

  #readPart({ start, end }: PrintedPart): string {
    const { active } = this.#screen.buffer;
    const first = Math.max(start?.line ?? 0, 0);
    if (!end) return this.#read(first, active.baseY + active.cursorY + 1);
    const last = Math.max(end.marker?.line ?? 0, first);
    return `${this.#read(first, last)}\n${active.getLine(last)?.translateToString(true, 0, end.column) ?? ''}`;
  }

  /** Lines that were too long for the terminal are one again. */
  #read(from: number, to: number): string {
    const { active } = this.#screen.buffer;
    let text = '';
    for (let at = from; at < to; at += 1) {
      const isContinued = active.getLine(at + 1)?.isWrapped === true;
      text += `${active.getLine(at)?.translateToString(!isContinued) ?? ''}${isContinued ? '' : '\n'}`;
    }
    return text;
  }
}
