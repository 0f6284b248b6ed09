import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkName, labDefinition } from '../protocol/lab.ts';
import { slug } from '../protocol/sandbox.ts';
import { decodeCheckHead } from './check-head.ts';
import type { Lab, LabProblem, LoadedLabs, Step } from './lab.ts';
import { loadFiles } from './load-files.ts';
import { loadScripts, type Scripts } from './load-scripts.ts';
import { collectQuestions, loadSteps, type LoadedStep } from './load-steps.ts';
import { decodeYaml } from './yaml-source.ts';

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
  const folders = new Set(entries.map(({ name }) => name));
  for (const [name, lab] of labs) {
    const unknown = findUnknownLabs(lab, folders);
    problems.push(...unknown);
    if (unknown.length > 0) labs.delete(name);
  }
  return { labs, problems };
}

async function loadLab(labsFolder: string, name: string): Promise<LabResult> {
  const shown = `labs/${name}`;
  if (!slug.safeParse(name).success) {
    return { problems: [{ file: shown, message: 'Name a lab in lower-case letters, digits and hyphens.' }] };
  }
  try {
    const folder = join(labsFolder, name);
    const [definition, loaded, checks, solves, home] = await Promise.all([
      readFile(join(folder, 'lab.yaml'), 'utf8'),
      loadSteps(join(folder, 'steps'), `${shown}/steps`),
      loadScripts({ folder: join(folder, 'checks'), shownFolder: `${shown}/checks`, judgeName: judgeCheckName }),
      loadScripts({ folder: join(folder, 'solve'), shownFolder: `${shown}/solve`, judgeName: () => undefined }),
      loadFiles(join(folder, 'files'), `${shown}/files`),
    ]);
    const decoded = decodeYaml(definition, labDefinition, { file: `${shown}/lab.yaml` });
    const english = loaded.steps.filter(({ language }) => language === 'en');
    const problems = [
      ...(decoded.ok ? [] : decoded.problems),
      ...[loaded, checks, solves, home].flatMap((part) => part.problems),
      ...decodeHeads(checks, shown),
      ...compareChecks(english, checks, shown),
      ...compareSolves(english, solves, shown),
    ];
    if (!decoded.ok || problems.length > 0) return { problems };
    const questions = collectQuestions(loaded.steps);
    const steps = english.map((step) => makeStep(step, solves));
    return {
      lab: {
        slug: name,
        definition: decoded.value,
        steps,
        ...indexBlocks(steps),
        questions,
        checks: checks.sources,
        files: home.files,
      },
    };
  } catch (error) {
    return { problems: [{ file: shown, message: `It cannot be read: ${(error as Error).message}.` }] };
  }
}

function judgeCheckName(name: string): string | undefined {
  if (checkName.safeParse(name).success) return undefined;
  return 'Name a check in lower-case letters, digits and hyphens, without an ending.';
}

/** `04-first-pod`, as its files begin. */
function fileNameOf({ number, name }: Pick<LoadedStep, 'number' | 'name'>): string {
  return `${String(number).padStart(2, '0')}-${name}`;
}

function makeStep(step: LoadedStep, { sources }: Scripts): Step {
  const { number, name, blocks, checks } = step;
  return { number, name, blocks, checks, solve: sources.get(fileNameOf(step)) };
}

function indexBlocks(steps: readonly Step[]): Pick<Lab, 'runBlocks' | 'savedFiles'> {
  const blocks = steps.flatMap((step) => step.blocks);
  return {
    runBlocks: new Map(blocks.flatMap((block) => (block.kind === 'run' ? [[block.id, block.command]] : []))),
    savedFiles: new Map(blocks.flatMap((block) => (block.kind === 'save' ? [[block.id, block.file]] : []))),
  };
}

function decodeHeads({ sources }: Scripts, shownLab: string): LabProblem[] {
  return [...sources].flatMap(([name, source]) =>
    decodeCheckHead(source).problems.map((problem) => ({ file: `${shownLab}/checks/${name}`, ...problem })),
  );
}

function compareChecks(steps: readonly LoadedStep[], { sources }: Scripts, shownLab: string): LabProblem[] {
  const uses = new Map(steps.flatMap(({ file, checks }) => checks.map((name) => [name, file] as const)));
  const missing = [...uses].filter(([name]) => !sources.has(name));
  const unused = [...sources.keys()].filter((name) => !uses.has(name));
  return [
    ...missing.map(([name, file]) => ({
      file: `${shownLab}/steps/${file}`,
      message: `It asks for the check ${name}. Write ${shownLab}/checks/${name}.`,
    })),
    ...unused.map((name) => ({
      file: `${shownLab}/checks/${name}`,
      message: `No step asks for it. Write ::check{name=${name}} in a step, or delete it.`,
    })),
  ];
}

function compareSolves(steps: readonly LoadedStep[], { sources }: Scripts, shownLab: string): LabProblem[] {
  const known = new Set(steps.map(fileNameOf));
  return [...sources.keys()]
    .filter((name) => !known.has(name))
    .map((name) => ({
      file: `${shownLab}/solve/${name}`,
      message: `No step is called so. Name it like one: ${[...known].join(', ')}.`,
    }));
}

/** What a lab says should be done before it must be there to be done. */
function findUnknownLabs({ slug: lab, definition }: Lab, folders: ReadonlySet<string>): LabProblem[] {
  return definition.prerequisites
    .filter((name) => !folders.has(name))
    .map((name) => ({ file: `labs/${lab}/lab.yaml`, message: `There is no lab ${name}, which it asks for before.` }));
}
