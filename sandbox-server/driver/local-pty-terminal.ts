import { write as writeToDescriptor } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { spawn, type IPty } from 'node-pty';
import { createByteQueue } from './byte-queue.ts';
import type { Terminal, TerminalSize } from './driver.ts';

/** A screen of a large terminal is about 50 KiB with colours; a few of them keep the reader busy. */
const HIGH_WATER_BYTES = 256 * 1024;
const LOW_WATER_BYTES = 64 * 1024;
/** The pty takes no more until the shell reads; asking again sooner would only burn processor time. */
const WRITE_RETRY_MS = 5;
/** node-pty throws the rest away 200 ms after the shell's end, so while reading is paused we look more often than that. */
const EXIT_WATCH_MS = 50;
/** What a shell may take to save its history when it is hung up. */
const HANGUP_GRACE_MS = 500;

export interface LocalShell {
  readonly file: string;
  readonly args: readonly string[];
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A shell on a pty of this machine. */
export function createLocalTerminal(shell: LocalShell, size: TerminalSize): Terminal {
  const pty = spawn(shell.file, [...shell.args], {
    cols: size.columns,
    rows: size.rows,
    cwd: shell.home,
    env: { ...shell.environment },
    encoding: null,
  });
  let isOpen = true;
  const exited = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      isOpen = false;
      // As a shell says it of a child: 128 and the signal.
      resolve(signal ? 128 + signal : exitCode);
    });
  });
  const output = createOutput(pty, () => isOpen);
  void exited.then(() => output.end());
  return {
    output,
    exited,
    write: (bytes) => writeAll(pty, bytes, () => isOpen),
    resize({ columns, rows }) {
      if (isOpen) pty.resize(columns, rows);
    },
    async [Symbol.asyncDispose]() {
      if (isOpen) await endShell(pty, exited);
    },
  };
}

function createOutput(pty: IPty, isOpen: () => boolean) {
  let watch: NodeJS.Timeout | undefined;
  const resume = () => {
    clearInterval(watch);
    if (isOpen()) pty.resume();
  };
  const queue = createByteQueue({
    highWaterBytes: HIGH_WATER_BYTES,
    lowWaterBytes: LOW_WATER_BYTES,
    resume,
    pause() {
      pty.pause();
      watch = setInterval(() => {
        if (!isAlive(pty.pid)) resume();
      }, EXIT_WATCH_MS);
    },
  });
  // With `encoding: null` node-pty gives bytes, whatever its types say.
  pty.onData((bytes) => queue.push(bytes as unknown as Uint8Array));
  return queue;
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

/** Hangs up as a closed window does, then ends what does not listen: the shell and its foreground job. */
async function endShell(pty: IPty & { destroy?: () => void }, exited: Promise<number>): Promise<void> {
  const foreground = await readForegroundGroup(pty.pid);
  signalGroup(foreground ?? pty.pid, 'SIGHUP');
  pty.kill('SIGHUP');
  // An interactive shell that is stopped or waits for a job notices only when its terminal is gone.
  pty.destroy?.();
  const hasExited = await Promise.race([exited.then(() => true), delay(HANGUP_GRACE_MS).then(() => false)]);
  if (foreground !== undefined && foreground !== pty.pid) signalGroup(foreground, 'SIGKILL');
  if (hasExited) return;
  pty.kill('SIGKILL');
  await exited;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // Nobody is left in the group.
  }
}

/** The process group in the foreground of the shell's terminal (proc(5), stat, field 8); undefined where there is no /proc. */
async function readForegroundGroup(shellPid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${shellPid}/stat`, 'utf8').catch(() => undefined);
  // The name in field 2 may itself hold spaces and parentheses.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const group = Number(fields?.[5]);
  return group > 1 ? group : undefined;
}
