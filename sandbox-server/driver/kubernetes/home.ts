/**
 * Files of a home, out of a shell pod and into another. They are read where the learner has no say in what `tar` is: in
 * the container `checker`, which sees the home read-only.
 */
import { makeRestoreCommand, makeSaveCommand, readArchive, requireRestored, requireSaved } from '../home-archive.ts';
import type { CredentialSource } from './credentials.ts';
import { type Exec, openExec } from './exec.ts';
import { CHECKER_CONTAINER, LEARNER_HOME, SHELL_CONTAINER, SHELL_NAMESPACE, shellName } from './names.ts';

/** Of the archive, at a time: as the API server passes it on. */
const PIECE_BYTES = 32 * 1024;

export interface HomePlace {
  readonly source: CredentialSource;
  readonly placeId: string;
}

export async function saveHome(
  place: HomePlace,
  limitBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  return run(place, CHECKER_CONTAINER, makeSaveCommand(LEARNER_HOME), signal, async (exec) => {
    exec.endInput();
    const archive = await readArchive(exec.output, limitBytes);
    return requireSaved(archive, await exec.exited);
  });
}

export async function restoreHome(place: HomePlace, archive: Uint8Array, signal: AbortSignal): Promise<void> {
  await run(place, SHELL_CONTAINER, makeRestoreCommand(LEARNER_HOME), signal, async (exec) => {
    for (let start = 0; start < archive.byteLength; start += PIECE_BYTES) {
      await exec.write(archive.subarray(start, start + PIECE_BYTES));
    }
    exec.endInput();
    requireRestored(await exec.exited);
  });
}

async function run<T>(
  { source, placeId }: HomePlace,
  container: string,
  command: readonly string[],
  signal: AbortSignal,
  work: (exec: Exec) => Promise<T>,
): Promise<T> {
  const request = { namespace: SHELL_NAMESPACE, pod: shellName(placeId), container, command, hasTerminal: false };
  using exec = await openExec(source, request, signal);
  const onAbort = () => exec[Symbol.dispose]();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await work(exec);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
