import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { buildParts } from '../../deploy/cluster/parts.ts';
import { cacheDirectory } from '../../deploy/launch/directories.ts';

/** The kubectl on PATH, otherwise that of the embedded cluster. */
export async function findKubectl(): Promise<string> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const onPath = folders.map((folder) => join(folder, 'kubectl')).find((file) => existsSync(file));
  return onPath ?? join((await buildParts({ cacheDir: cacheDirectory(process.env) })).binaries, 'kubectl');
}
