/** Files of a lab, written into the home of a learner: those that are there from the start, and those of a click on Save. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { packTar } from 'modern-tar';
import type { Driver } from '../driver/driver.ts';
import type { DriverSwitch } from '../driver/driver-switch.ts';
import { PodiumError } from '../errors.ts';
import type { HomeFile } from '../labs/lab.ts';
import type { SandboxEntry } from './sandbox-entry.ts';
import type { SandboxTable } from './sandbox-table.ts';

/** A few files, on a cluster under load. */
const WRITE_LIMIT_MS = 20_000;
const FILE_MODE = 0o644;
const PROGRAM_MODE = 0o755;

/** An archive as `Driver.restoreHome` takes it. */
export async function archiveFiles(files: readonly HomeFile[]): Promise<Uint8Array> {
  const entries = files.map(({ path, content, isExecutable }) => ({
    header: { name: path, size: content.byteLength, mode: isExecutable ? PROGRAM_MODE : FILE_MODE },
    body: content,
  }));
  return promisify(gzip)(await packTar(entries));
}

/** Over what is there. Throws what `Driver.restoreHome` does. */
export async function writeFiles(
  driver: Driver,
  sandboxId: string,
  files: readonly HomeFile[],
  signal: AbortSignal,
): Promise<void> {
  if (files.length === 0) return;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(WRITE_LIMIT_MS)]);
  await driver.restoreHome(sandboxId, await archiveFiles(files), limit);
}

export interface SaveFileDeps {
  readonly drivers: DriverSwitch;
  readonly sandboxes: SandboxTable;
}

/** Resolves when the file of this block is in the home. Throws `block_unknown`, or `save_failed`. */
export type SaveFile = (ownerHash: string, sandboxId: string, blockId: string) => Promise<HomeFile>;

export function createSaveFile({ drivers, sandboxes }: SaveFileDeps): SaveFile {
  return async (ownerHash, sandboxId, blockId) => {
    const entry: SandboxEntry = sandboxes.requireRunning(ownerHash, sandboxId);
    const file = entry.lab?.savedFiles.get(blockId);
    if (!file) throw new PodiumError('block_unknown');
    sandboxes.noteActivity(entry);
    const driver = await drivers.whenReady(entry.abort.signal);
    try {
      await writeFiles(driver, entry.id, [file], entry.abort.signal);
    } catch (error) {
      if (entry.abort.signal.aborted) throw new PodiumError('sandbox_ended');
      throw new PodiumError('save_failed', { values: { path: file.path }, cause: error });
    }
    return file;
  };
}
