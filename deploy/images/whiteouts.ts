/** Turns what an overlay file system notes about deleted files into what an image layer says about them. */
import { lstat, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runCommand } from './command.ts';

/**
 * A deleted file is a character device 0:0 in the overlay and an empty `.wh.NAME` in a layer; a folder that replaces
 * one below carries the attribute trusted.overlay.opaque, and `.wh..wh..opq` in a layer.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/layer.md#whiteouts
 */
export async function convertWhiteouts(upper: string, signal?: AbortSignal): Promise<void> {
  for (const folder of await findOpaqueFolders(upper, signal)) await writeFile(join(folder, '.wh..wh..opq'), '');
  for (const entry of await readdir(upper, { recursive: true, withFileTypes: true })) {
    if (!entry.isCharacterDevice()) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await lstat(path)).rdev !== 0) continue;
    await rm(path);
    await writeFile(join(dirname(path), `.wh.${basename(path)}`), '');
  }
}

async function findOpaqueFolders(upper: string, signal: AbortSignal | undefined): Promise<string[]> {
  const args = [
    '--recursive',
    '--physical',
    '--no-dereference',
    '--absolute-names',
    '--match=^trusted\\.overlay\\.opaque$',
    upper,
  ];
  const printed = await runCommand('getfattr', args, { purpose: 'reading what a build step replaced' }, signal);
  return [...printed.matchAll(/^# file: (.+)$/gm)].map(([, path = '']) => path);
}
