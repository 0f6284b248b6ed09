import { spawn } from 'node:child_process';
import { PodiumError } from '../errors.ts';
import type { CheckRun, CheckScript } from './driver.ts';

/** As the driver port promises. */
const MAX_OUTPUT_BYTES = 64 * 1024;

/** Runs a check as a child process with its source on standard input; ends it with all its children at the limit. */
export async function runLocalCheck(
  script: CheckScript,
  { home, environment }: { home: string; environment: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<CheckRun> {
  const timeLimit = AbortSignal.timeout(script.timeLimitMs);
  const stop = AbortSignal.any([signal, timeLimit]);
  stop.throwIfAborted();
  const child = spawn('/bin/sh', ['-s'], {
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
      child.on('error', (cause) => reject(new PodiumError('check_failed', { cause })));
      child.on('close', (code) => resolve(code));
    });
    signal.throwIfAborted();
    if (timeLimit.aborted) throw new PodiumError('check_timeout', { values: { check: script.name } });
    if (exitCode === null) throw new PodiumError('check_failed', { values: { check: script.name } });
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
