import { write as writeToDescriptor } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { spawn, type IPty } from 'node-pty';
import type { TerminalSize } from './driver.ts';
import { listTerminalProcesses } from './local-processes.ts';

/** The pty takes no more until the shell reads; asking again sooner would only burn processor time. */
const WRITE_RETRY_MS = 5;
/** node-pty throws the rest away 200 ms after the shell's end, so while reading is paused we look more often than that. */
const EXIT_WATCH_MS = 50;
/** What a shell may take to save its history when it is hung up. */
const HANGUP_GRACE_MS = 500;

export interface ShellCommand {
  readonly file: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface ShellListener {
  onOutput(bytes: Uint8Array): void;
  /** After the last output, with the status as a shell says it of a child: 128 and the signal. */
  onExit(status: number): void;
}

/** A shell on a pty of this machine. */
export interface Shell {
  readonly pid: number;
  /** Resolves when the terminal has taken all, or the shell is gone. */
  write(bytes: Uint8Array): Promise<void>;
  resize(size: TerminalSize): void;
  /** Whether its output is read; when it is not, the shell waits in the end. */
  setReading(isReading: boolean): void;
  /** Hangs up as a closed window does, then ends what does not listen: everything in this terminal. */
  end(): Promise<void>;
}

export function createShell(command: ShellCommand, size: TerminalSize, listener: ShellListener): Shell {
  const pty = spawn(command.file, [], {
    cols: size.columns,
    rows: size.rows,
    cwd: command.home,
    env: { ...command.environment },
    encoding: null,
  });
  let isOpen = true;
  const exited = new Promise<void>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      isOpen = false;
      listener.onExit(signal ? 128 + signal : exitCode);
      resolve();
    });
  });
  // With `encoding: null` node-pty gives bytes, whatever its types say.
  pty.onData((bytes) => listener.onOutput(bytes as unknown as Uint8Array));
  return {
    pid: pty.pid,
    setReading: createReadingSwitch(pty, () => isOpen),
    write: (bytes) => writeAll(pty, bytes, () => isOpen),
    resize({ columns, rows }) {
      if (isOpen) pty.resize(columns, rows);
    },
    async end() {
      if (!isOpen) return;
      const processes = await listTerminalProcesses(pty.pid);
      isOpen = false;
      await endProcesses(pty, processes, exited);
    },
  };
}

function createReadingSwitch(pty: IPty, isOpen: () => boolean): Shell['setReading'] {
  let watch: NodeJS.Timeout | undefined;
  function resume(): void {
    clearInterval(watch);
    watch = undefined;
    if (isOpen()) pty.resume();
  }
  return (isReading) => {
    if (isReading && watch) resume();
    if (isReading || watch || !isOpen()) return;
    pty.pause();
    watch = setInterval(() => {
      if (!isAlive(pty.pid)) resume();
    }, EXIT_WATCH_MS);
  };
}

/** Not by node-pty's own queue: that one spins while the shell does not read, and cannot say when it is done. */
async function writeAll(pty: IPty, bytes: Uint8Array, isOpen: () => boolean): Promise<void> {
  const { fd } = pty as unknown as { fd: number };
  let offset = 0;
  while (offset < bytes.length && isOpen()) {
    const written = await new Promise<number>((resolve, reject) => {
      writeToDescriptor(fd, bytes, offset, (error, count) => {
        if (!error) resolve(count);
        else if (error.code === 'EAGAIN') resolve(0);
        else reject(error);
      });
    }).catch((error: unknown) => {
      if (isOpen()) throw error;
      return bytes.length;
    });
    offset += written;
    if (written === 0) await delay(WRITE_RETRY_MS);
  }
}

async function endProcesses(
  pty: IPty & { destroy?: () => void },
  processes: readonly number[],
  exited: Promise<void>,
): Promise<void> {
  for (const pid of processes) signalProcess(pid, 'SIGHUP');
  // An interactive shell that is stopped or waits for a job notices only when its terminal is gone.
  pty.destroy?.();
  await waitWhileAlive(processes, HANGUP_GRACE_MS);
  const begunMeanwhile = await listTerminalProcesses(pty.pid);
  for (const pid of [...processes, ...begunMeanwhile]) signalProcess(pid, 'SIGKILL');
  await exited;
}

/** A child of someone else gives no event when it ends. */
async function waitWhileAlive(processes: readonly number[], limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (performance.now() < deadline && processes.some(isAlive)) await delay(WRITE_RETRY_MS);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended by itself.
  }
}
