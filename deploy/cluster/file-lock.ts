import { spawn } from 'node:child_process';
import { ClusterError } from './errors.ts';

/**
 * Runs `work` while this process alone holds the lock on `file`; waits for another holder and says so by `onWait`.
 * The lock is the kernel's, held by a `flock` child whose input ends with this process: nothing stays behind when it is killed.
 */
export async function withFileLock<T>(
  file: string,
  work: () => Promise<T>,
  options: { onWait?: () => void; signal?: AbortSignal } = {},
): Promise<T> {
  const release = (await takeLock(file, ['--nonblock'])) ?? (await waitForLock(file, options));
  try {
    return await work();
  } finally {
    release();
  }
}

async function waitForLock(file: string, options: { onWait?: () => void; signal?: AbortSignal }): Promise<() => void> {
  options.onWait?.();
  const release = await takeLock(file, [], options.signal);
  if (release !== undefined) return release;
  options.signal?.throwIfAborted();
  throw new ClusterError('command-failed', { facts: `flock ${file}`, next: 'see that the folder can be written to' });
}

/** Resolves with how to give the lock back, or with undefined when it could not be taken. */
function takeLock(file: string, flags: string[], signal?: AbortSignal): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn('flock', ['--no-fork', ...flags, file, 'sh', '-c', 'echo taken; exec cat > /dev/null'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
      signal,
    });
    child.once('error', (error) => (signal?.aborted ? resolve(undefined) : reject(error)));
    child.once('exit', () => resolve(undefined));
    child.stdout.once('data', () => resolve(() => child.stdin.end()));
  });
}
