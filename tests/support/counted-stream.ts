/** Output that says by itself where it is: a byte that is missing, doubled or changed is found, and its place told. */
import type { PageTerminal } from './page-terminal.ts';

/** A number, padded, and the line break as a pty gives it. */
const LINE_BYTES = 32;

/** A stream that a shell prints while a test does things to its connection. */
export class CountedStream {
  readonly #page: PageTerminal;
  readonly #expected: Buffer;
  readonly #marker: Buffer;
  #head = Buffer.alloc(0);
  #hasBegun = false;
  #received = 0;
  #difference: string | undefined;

  /** Has the shell of the page, which must wait for a command, print that many lines of 32 bytes. */
  constructor(page: PageTerminal, name: string, lines: number) {
    this.#page = page;
    this.#marker = Buffer.from(`begin-${name}-42\r\n`);
    this.#expected = makeLines(lines);
    page.watch((bytes) => this.#take(Buffer.from(bytes)));
    // Computed by the shell, so that the echo of the command is not taken for its output.
    page.type(`echo begin-${name}-$((40 + 2)); seq -f '%0${LINE_BYTES - 2}.0f' 1 ${lines}\r`);
  }

  get receivedBytes(): number {
    return this.#received;
  }

  /** All of it has come, or something that is wrong. */
  get isOver(): boolean {
    return this.#received >= this.#expected.length || this.#difference !== undefined;
  }

  /** Resolves when all of it was drawn, each byte once; rejects at the first that is wrong. */
  async complete(limitMs: number): Promise<void> {
    await this.reaches(this.#expected.length, limitMs);
  }

  async reaches(bytes: number, limitMs: number): Promise<void> {
    const isThere = () => this.#received >= bytes || this.#difference !== undefined;
    await this.#page.until(isThere, () => `byte ${bytes} of the stream; there are ${this.#received}`, limitMs);
    if (this.#difference !== undefined) throw new Error(this.#difference);
  }

  #take(bytes: Buffer): void {
    if (this.#hasBegun) return this.#compare(bytes);
    this.#head = Buffer.concat([this.#head, bytes]);
    const index = this.#head.indexOf(this.#marker);
    if (index < 0) return;
    this.#hasBegun = true;
    this.#compare(this.#head.subarray(index + this.#marker.length));
  }

  #compare(bytes: Buffer): void {
    const wanted = this.#expected.subarray(this.#received, this.#received + bytes.length);
    const given = bytes.subarray(0, wanted.length);
    if (this.#difference === undefined && !given.equals(wanted)) {
      const at = wanted.findIndex((byte, index) => byte !== given[index]);
      const around = (buffer: Buffer) => JSON.stringify(buffer.toString('latin1', Math.max(0, at - 40), at + 40));
      this.#difference = `Byte ${this.#received + at} is wrong: ${around(given)} instead of ${around(wanted)}.`;
    }
    this.#received += given.length;
  }
}

function makeLines(count: number): Buffer {
  const lines = Buffer.alloc(count * LINE_BYTES, '0');
  for (let line = 1; line <= count; line += 1) {
    const text = `${line}\r\n`;
    lines.write(text, line * LINE_BYTES - text.length, 'latin1');
  }
  return lines;
}
