/** Runs the programs that images are made with; the one place that turns their failure into a message. */
import { spawn } from 'node:child_process';
import type { ChildProcess, StdioNull, StdioPipe } from 'node:child_process';
import { ImageError } from './image-error.ts';

/** What of a failed program's output goes into the message: enough for the reason, little enough to read. */
const SHOWN_OUTPUT_LINES = 20;

/** Output above this is dropped from the front; apt prints a few hundred kB when it lists packages. */
const KEPT_OUTPUT_CHARACTERS = 4_000_000;

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What was being done, for the message: “installing the packages of shell”. */
  readonly purpose: string;
}

/** Runs a program to its end and returns what it printed on stdout. Throws ImageError IMAGES_STEP_FAILED, or the abort reason. */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions,
  signal?: AbortSignal,
): Promise<string> {
  signal?.throwIfAborted();
  const result = await collect(program, args, options, signal);
  signal?.throwIfAborted();
  if (result.code === 0) return result.stdout;
  const shown = lastLines(result.stderr || result.stdout);
  const ended = result.code === null ? 'was killed' : `ended with status ${result.code}`;
  throw new ImageError('IMAGES_STEP_FAILED', `Failed while ${options.purpose}: ${program} ${ended}.\n${shown}`);
}

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function collect(
  program: string,
  args: readonly string[],
  options: CommandOptions,
  signal: AbortSignal | undefined,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const stdio: [StdioNull, StdioPipe, StdioPipe] = ['ignore', 'pipe', 'pipe'];
    const child = spawn(program, args, {
      stdio,
      env: { ...process.env, LC_ALL: 'C', ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      // A process group of its own, so that an abort also ends what the program has started.
      detached: true,
    });
    const stop = (): void => endGroup(child.pid, child);
    signal?.addEventListener('abort', stop, { once: true });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout = keepTail(stdout + text)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = keepTail(stderr + text)));
    child.on('error', (cause: NodeJS.ErrnoException) => {
      signal?.removeEventListener('abort', stop);
      reject(startFailure(program, cause, options.purpose));
    });
    child.on('close', (code) => {
      signal?.removeEventListener('abort', stop);
      resolve({ code, stdout, stderr });
    });
  });
}

/** Programs that tidy up (mmdebstrap) get this long for it; unshare ignores SIGTERM and is ended after it. */
const TIDY_MS = 2000;

function endGroup(pid: number | undefined, child: ChildProcess): void {
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  const force = setTimeout(() => signalGroup(pid, 'SIGKILL'), TIDY_MS);
  child.on('close', () => clearTimeout(force));
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // It ended in the meantime.
  }
}

function startFailure(program: string, cause: NodeJS.ErrnoException, purpose: string): ImageError {
  const what =
    cause.code === 'ENOENT' ? `${program} is not installed` : `${program} could not be started (${cause.message})`;
  return new ImageError(
    'IMAGES_NEED_PACKAGES',
    `Failed while ${purpose}: ${what}. “npm run images -- list” names the packages that are needed.`,
    { cause },
  );
}

function keepTail(text: string): string {
  return text.length > KEPT_OUTPUT_CHARACTERS ? text.slice(-KEPT_OUTPUT_CHARACTERS) : text;
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-SHOWN_OUTPUT_LINES).join('\n');
}
