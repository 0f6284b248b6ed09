/** What archives a home and brings it back, for drivers: GNU tar, which knows what to do with everything that a home may hold. */
import { PodiumError } from '../errors.ts';

/** Some file changed while it was read, or went away: the others are in the archive. */
const SOME_DIFFER = 1;
const NOTHING_THERE = 3;

/**
 * Prints the archive, or ends with a status of its own where there is nothing to keep. A link stays a link, and nothing
 * beyond the home's own volume is read. Left out are credentials and contexts, which are made anew for each sandbox, and
 * caches, which fill themselves; and the home itself, which is not the learner's to change.
 */
export function makeSaveCommand(home: string): readonly string[] {
  const script = `cd "$1" || exit 125
names() { find . -mindepth 1 -maxdepth 1 ! -name .kube ! -name .cache "$@"; }
[ -n "$(names -print -quit)" ] || exit ${NOTHING_THERE}
names -print0 | tar --null --files-from=- --one-file-system --ignore-failed-read -czf -`;
  return ['/bin/sh', '-c', script, 'save', home];
}

/** Reads the archive from its input. */
export function makeRestoreCommand(home: string): readonly string[] {
  return ['tar', '--directory', home, '--no-same-owner', '-xzf', '-'];
}

/** Throws `home_too_large` as soon as it is. */
export async function readArchive(output: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of output) {
    size += chunk.byteLength;
    if (size > limitBytes) throw new PodiumError('home_too_large');
    // The bytes of a chunk may be used again once the next one is asked for.
    chunks.push(Uint8Array.from(chunk));
  }
  return Buffer.concat(chunks);
}

/** What the command has printed, by the status with which it ended; undefined for a home with nothing in it. */
export function requireSaved(archive: Uint8Array, exitCode: number | null): Uint8Array | undefined {
  if (exitCode === NOTHING_THERE) return undefined;
  if (exitCode !== 0 && exitCode !== SOME_DIFFER) throw failed(exitCode);
  return archive;
}

export function requireRestored(exitCode: number | null): void {
  if (exitCode !== 0) throw failed(exitCode);
}

function failed(exitCode: number | null): PodiumError {
  return new PodiumError('home_failed', { cause: new Error(`tar ended with ${exitCode}`) });
}
