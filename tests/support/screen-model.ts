/** The agent's model of a screen, asked through a program of its module, and terminals of xterm.js to compare it with. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import unicode11 from '@xterm/addon-unicode11';
import headless from '@xterm/headless';
import type { TerminalSize } from '../../sandbox-server/driver/driver.ts';

export class ScreenModel implements AsyncDisposable {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;

  constructor(program: string) {
    this.#process = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  }

  /** What draws the screen as this output leaves it. One question at a time. */
  async draw({ columns, rows }: TerminalSize, output: Uint8Array): Promise<Buffer> {
    const header = Buffer.alloc(12);
    [columns, rows, output.length].forEach((value, index) => header.writeUInt32BE(value, index * 4));
    this.#process.stdin.write(Buffer.concat([header, output]));
    const length = (await this.#read(4)).readUInt32BE();
    return this.#read(length);
  }

  async #read(length: number): Promise<Buffer> {
    if (length === 0) return Buffer.alloc(0);
    for (;;) {
      const bytes = this.#process.stdout.read(length) as Buffer | null;
      if (bytes?.length === length) return bytes;
      if (bytes) throw new Error('the screen model has ended');
      await once(this.#process.stdout, 'readable');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.stdin.end();
    await exited;
  }
}

/** As the page has it, but for lines that have scrolled out: the model keeps none. */
export function makeTerminal({ columns, rows }: TerminalSize): headless.Terminal {
  const terminal = new headless.Terminal({
    cols: columns,
    rows,
    allowProposedApi: true,
    scrollback: 0,
    logLevel: 'off',
  });
  terminal.loadAddon(new unicode11.Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  return terminal;
}

export function write(terminal: headless.Terminal, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => terminal.write(bytes, resolve));
}
