import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkName, labDefinition } from '../protocol/lab.ts';
import { slug } from '../protocol/sandbox.ts';
import { decodeCheckHead } from './check-head.ts';
import type { Lab, LabProblem, LoadedLabs } from './lab.ts';
import { loadSteps } from './load-steps.ts';
import { decodeYaml } from './yaml-source.ts';

/** A check travels to the pod on standard input at each click. */
const MAX_CHECK_BYTES = 64 * 1024;

type LabResult = { readonly lab: Lab } | { readonly problems: readonly LabProblem[] };

/** Reads all labs below `<content>/labs`. Never throws for what an author wrote: a broken lab is a list of problems. */
export async function loadLabs(contentDirectory: string): Promise<LoadedLabs> {
  const labs = new Map<string, Lab>();
  const problems: LabProblem[] = [];
  const folder = join(contentDirectory, 'labs');
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!entries)
    return {
      labs,
      problems: [{ file: 'labs', message: `There is no folder ${folder}. Make it, or set PODIUM_CONTENT.` }],
    };
  for (const entry of entries.filter((each) => each.isDirectory())) {
    const result = await loadLab(folder, entry.name);
    if ('lab' in result) labs.set(entry.name, result.lab);
    else problems.push(...result.problems);
  }
  return { labs, problems };
}

async function loadLab(labsFolder: string, name: string): Promise<LabResult> {
  const shown = `labs/${name}`;
  if (!slug.safeParse(name).success) {
    return { problems: [{ file: shown, message: 'Name a lab in lower-case letters, digits and hyphens.' }] };
  }
  try {
    const [definition, steps, checks] = await Promise.all([
      readFile(join(labsFolder, name, 'lab.yaml'), 'utf8'),
      loadSteps(join(labsFolder, name, 'steps'), `${shown}/steps`),
      loadChecks(join(labsFolder, name, 'checks'), `${shown}/checks`),
    ]);
    const decoded = decodeYaml(definition, labDefinition, { file: `${shown}/lab.yaml` });
    const problems = [
      ...(decoded.ok ? [] : decoded.problems),
      ...steps.problems,
      ...checks.problems,
      ...compareChecks(steps.checkUses, checks.checks, shown),
    ];
    if (!decoded.ok || problems.length > 0) return { problems };
    return { lab: { slug: name, definition: decoded.value, runBlocks: steps.runBlocks, checks: checks.checks } };
  } catch (error) {
    return { problems: [{ file: shown, message: `It cannot be read: ${(error as Error).message}.` }] };
  }
}

async function loadChecks(
  folder: string,
  shownFolder: string,
): Promise<{ checks: ReadonlyMap<string, string>; problems: readonly LabProblem[] }> {
  const checks = new Map<string, string>();
  const problems: LabProblem[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const file = `${shownFolder}/${name}`;
    const source = await readFile(join(folder, name), 'utf8');
    if (!checkName.safeParse(name).success) {
      problems.push({ file, message: 'Name a check in lower-case letters, digits and hyphens, without an ending.' });
    } else if (!source.startsWith('#!/bin/sh\n')) {
      problems.push({ file, line: 1, message: 'Begin a check with #!/bin/sh.' });
    } else if (Buffer.byteLength(source) > MAX_CHECK_BYTES) {
      problems.push({ file, message: `Keep a check below ${MAX_CHECK_BYTES} bytes.` });
    } else {
      checks.set(name, source);
      problems.push(...decodeCheckHead(source).problems.map((problem) => ({ file, ...problem })));
    }
  }
  return { checks, problems };
}

function compareChecks(
  uses: ReadonlyMap<string, string>,
  checks: ReadonlyMap<string, string>,
  shownLab: string,
): LabProblem[] {
  const missing = [...uses].filter(([name]) => !checks.has(name));
  const unused = [...checks.keys()].filter((name) => !uses.has(name));
  return [
    ...missing.map(([name, file]) => ({
      file,
      message: `It asks for the check ${name}. Write ${shownLab}/checks/${name}.`,
    })),
    ...unused.map((name) => ({
      file: `${shownLab}/checks/${name}`,
      message: `No step asks for it. Write ::check{name=${name}} in a step, or delete it.`,
    })),
  ];
}
