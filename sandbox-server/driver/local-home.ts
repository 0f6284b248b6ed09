/** Files of a home of this machine, as an archive and back. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { PodiumError } from '../errors.ts';
import { makeRestoreCommand, makeSaveCommand, readArchive, requireRestored, requireSaved } from './home-archive.ts';

export async function saveLocalHome(
  home: string,
  limitBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const tar = start(makeSaveCommand(home), signal);
  try {
    tar.child.stdin.end();
    const archive = await readArchive(tar.child.stdout, limitBytes);
    return requireSaved(archive, await tar.exited);
  } finally {
    tar.child.kill();
  }
}

export async function restoreLocalHome(home: string, archive: Uint8Array, signal: AbortSignal): Promise<void> {
  const { child, exited } = start(makeRestoreCommand(home), signal);
  child.stdout.resume();
  // What tar does not read of a damaged archive is told by its status.
  await pipeline([archive], child.stdin).catch(() => undefined);
  requireRestored(await exited);
}

function start([program = '', ...words]: readonly string[], signal: AbortSignal) {
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'ignore'], signal });
  const exited = once(child, 'close').then(
    ([code]) => code as number | null,
    (cause: unknown) => {
      signal.throwIfAborted();
      throw new PodiumError('home_failed', { cause });
    },
  );
  exited.catch(() => undefined);
  return { child, exited };
}
