/** Cases of the checks: `checks/<name>.cases/<case>`, scripts that bring about one situation each. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabProblem } from '../../labs/lab.ts';
import { loadScripts } from '../../labs/load-scripts.ts';
import { decodeExpectation, type Expectation } from './verify/expectation.ts';

const ENDING = '.cases';

export interface Case {
  readonly check: string;
  readonly name: string;
  /** As messages name it. */
  readonly file: string;
  readonly source: string;
  readonly expectation: Expectation;
}

export interface LoadedCases {
  readonly cases: readonly Case[];
  readonly problems: readonly LabProblem[];
}

/** `checksFolder` is `checks/` of a lab; `shownFolder` the one that messages name. */
export async function loadCases(checksFolder: string, shownFolder: string): Promise<LoadedCases> {
  const entries = await readdir(checksFolder, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const checks = new Set(entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name));
  const cases: Case[] = [];
  const problems: LabProblem[] = [];
  for (const folder of folders.toSorted()) {
    const check = folder.slice(0, -ENDING.length);
    const shown = `${shownFolder}/${folder}`;
    if (!folder.endsWith(ENDING) || !checks.has(check)) {
      problems.push({ file: shown, message: `It belongs to no check. Name it like one, with ${ENDING} behind it.` });
      continue;
    }
    const judgeName = () => undefined;
    const scripts = await loadScripts({ folder: join(checksFolder, folder), shownFolder: shown, judgeName });
    problems.push(...scripts.problems);
    for (const [name, source] of scripts.sources) {
      const file = `${shown}/${name}`;
      const result = decodeExpectation(source);
      if (result.ok) cases.push({ check, name, file, source, expectation: result.expectation });
      else problems.push({ file, line: 2, message: result.message });
    }
  }
  return { cases, problems };
}
