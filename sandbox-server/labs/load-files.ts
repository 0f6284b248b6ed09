/** What a lab puts into the learner's home: its folder `files/`. */
import { constants } from 'node:fs';
import { access, readFile, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { HomeFile, LabProblem } from './lab.ts';

/** It is sent at each start. */
const MAX_FILES_BYTES = 1024 * 1024;

/** A lab without the folder has none. */
export async function loadFiles(
  folder: string,
  shownFolder: string,
): Promise<{ files: readonly HomeFile[]; problems: readonly LabProblem[] }> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(paths.toSorted().map((path) => loadFile(folder, path)));
  const odd = entries.filter((entry) => !entry.isFile() && !entry.isDirectory());
  const size = files.reduce((sum, { content }) => sum + content.byteLength, 0);
  const tooMuch = `Keep it below ${MAX_FILES_BYTES} bytes in all: it is sent at each start.`;
  return {
    files,
    problems: [
      ...odd.map(({ name }) => ({ file: `${shownFolder}/${name}`, message: 'Put a file there, no link.' })),
      ...(size > MAX_FILES_BYTES ? [{ file: shownFolder, message: tooMuch }] : []),
    ],
  };
}

async function loadFile(folder: string, path: string): Promise<HomeFile> {
  const isExecutable = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  return { path: relative(folder, path).split(sep).join('/'), content: await readFile(path), isExecutable };
}
