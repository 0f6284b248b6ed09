import { spawn } from 'node:child_process';
import { PodiumError } from '../errors.ts';
import type { CheckRun, CheckScript } from './driver.ts';

/** As the driver port promises. */
const MAX_OUTPUT_BYTES = 64 * 1024;

export interface LocalPlace {
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** How it is run, and what is thrown where it cannot be, or takes too long. */
interface Manner {
  readonly words: readonly string[];
  readonly failed: 'check_failed' | 'script_failed';
  readonly tooLong: 'check_timeout' | 'script_timeout';
}

const asCheck: Manner = { words: ['-s'], failed: 'check_failed', tooLong: 'check_timeout' };
/** From a file, so that what the script starts does not read the rest of the script. */
const AS_LEARNER = `script=$(mktemp) && cat >"$script" || exit 125
trap 'rm -f "$script"' EXIT
/bin/sh "$script" </dev/null 2>&1`;
const asLearner: Manner = { words: ['-c', AS_LEARNER], failed: 'script_failed', tooLong: 'script_timeout' };

/** Runs a check as a child process with its source on standard input; ends it with all its children at the limit. */
export function runLocalCheck(script: CheckScript, place: LocalPlace, signal: AbortSignal): Promise<CheckRun> {
  return run(script, asCheck, place, signal);
}

/** The same for what is done in the learner's place; both of its outputs are one. */
export function runLocalScript(script: CheckScript, place: LocalPlace, signal: AbortSignal): Promise<CheckRun> {
  return run(script, asLearner, place, signal);
}

async function run(
  script: CheckScript,
  { words, failed, tooLong }: Manner,
  { home, environment }: LocalPlace,
  signal: AbortSignal,
): Promise<CheckRun> {
  // Of the table of errors, whose values are named after what they are of.
  const values = failed === 'check_failed' ? { check: script.name } : { script: script.name };
  const timeLimit = AbortSignal.timeout(script.timeLimitMs);
  const stop = AbortSignal.any([signal, timeLimit]);
  stop.throwIfAborted();
  const child = spawn('/bin/sh', words, {
    cwd: home,
    env: { ...environment },
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const end = () => endGroup(child.pid);
  stop.addEventListener('abort', end, { once: true });
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    if (size < MAX_OUTPUT_BYTES) chunks.push(chunk.subarray(0, MAX_OUTPUT_BYTES - size));
    size += chunk.length;
  });
  // A check that ends before it has read all of its source is no error of ours.
  child.stdin.on('error', () => undefined);
  child.stdin.end(script.source);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.on('error', (cause) => reject(new PodiumError(failed, { cause })));
      child.on('close', (code) => resolve(code));
    });
    signal.throwIfAborted();
    if (timeLimit.aborted) throw new PodiumError(tooLong, { values });
    if (exitCode === null) throw new PodiumError(failed, { values });
    return { exitCode, output: Buffer.concat(chunks).toString('utf8') };
  } finally {
    stop.removeEventListener('abort', end);
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}
