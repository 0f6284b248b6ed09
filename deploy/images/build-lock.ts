/** One build of images at a time in a cache folder, also between programs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageError } from './image-error.ts';

/**
 * Waits until no other program builds images in `directory`, and keeps others waiting until disposed.
 * The kernel holds the lock (flock), for as long as a child of ours lives whose standard input we hold:
 * however this program ends, nothing stale is left. `onWait` hears the process that is waited for.
 */
export async function lockBuilds(
  directory: string,
  onWait: (holder: string) => void,
  signal?: AbortSignal,
): Promise<AsyncDisposable> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'lock');
  const held = (await tryLock(file, ['--nonblock'])) ?? (await waitForLock(file, onWait, signal));
  await writeFile(file, String(process.pid));
  return held;
}

async function waitForLock(
  file: string,
  onWait: (holder: string) => void,
  signal: AbortSignal | undefined,
): Promise<AsyncDisposable> {
  onWait(await readFile(file, 'utf8').catch(() => 'unknown'));
  const held = await tryLock(file, [], signal);
  signal?.throwIfAborted();
  if (!held)
    throw new ImageError('IMAGES_STEP_FAILED', `The lock ${file} cannot be taken. May this user write to its folder?`);
  return held;
}

async function tryLock(
  file: string,
  options: readonly string[],
  signal?: AbortSignal,
): Promise<AsyncDisposable | undefined> {
  const child = spawn('flock', [...options, file, 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  const stop = (): void => void child.kill();
  signal?.addEventListener('abort', stop, { once: true });
  const isLocked = await Promise.race([once(child.stdout, 'data').then(() => true), ended.then(() => false)]);
  signal?.removeEventListener('abort', stop);
  if (!isLocked) return undefined;
  return {
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
