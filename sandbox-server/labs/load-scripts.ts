/** The scripts of a lab: its checks and its solves. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabProblem } from './lab.ts';

/** A script travels to the pod on standard input at each click. */
const MAX_SCRIPT_BYTES = 64 * 1024;

export interface Scripts {
  /** Sources by file name. */
  readonly sources: ReadonlyMap<string, string>;
  readonly problems: readonly LabProblem[];
}

export interface ScriptFolder {
  readonly folder: string;
  /** As messages name it. */
  readonly shownFolder: string;
  /** Says what is wrong with a name. */
  readonly judgeName: (name: string) => string | undefined;
}

/** Reads what is in the folder, but for folders in it; a folder that is not there has none. */
export async function loadScripts({ folder, shownFolder, judgeName }: ScriptFolder): Promise<Scripts> {
  const sources = new Map<string, string>();
  const problems: LabProblem[] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const { name } of entries.filter((entry) => !entry.isDirectory())) {
    const file = `${shownFolder}/${name}`;
    const source = await readFile(join(folder, name), 'utf8');
    const wrongName = judgeName(name);
    if (wrongName !== undefined) problems.push({ file, message: wrongName });
    else if (!source.startsWith('#!/bin/sh\n')) problems.push({ file, line: 1, message: 'Begin it with #!/bin/sh.' });
    else if (Buffer.byteLength(source) > MAX_SCRIPT_BYTES)
      problems.push({ file, message: `Keep it below ${MAX_SCRIPT_BYTES} bytes.` });
    else sources.set(name, source);
  }
  return { sources, problems };
}
