import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { markdownToMdast, type MdastNode } from 'satteri';
import { blockId, isRunBlock } from '../protocol/block-id.ts';
import { stepFileName, stepFrontMatter } from '../protocol/lab.ts';
import type { LabProblem } from './lab.ts';
import { decodeYaml } from './yaml-source.ts';

/** A step is read in minutes; one of this size is a file that does not belong here. */
const MAX_STEP_CHARACTERS = 256 * 1024;

export interface Steps {
  readonly runBlocks: ReadonlyMap<string, string>;
  /** Where each check is asked for, by its name. */
  readonly checkUses: ReadonlyMap<string, string>;
  readonly problems: readonly LabProblem[];
}

interface StepFile {
  readonly file: string;
  readonly number: number;
  readonly name: string;
  readonly language: 'en' | 'fr';
}

interface StepContent {
  readonly commands: readonly string[];
  readonly checks: readonly string[];
  readonly problems: readonly LabProblem[];
}

/** Reads `steps/` of a lab. `folder` is its path for reading, `shownFolder` the one that messages name. */
export async function loadSteps(folder: string, shownFolder: string): Promise<Steps> {
  const runBlocks = new Map<string, string>();
  const checkUses = new Map<string, string>();
  const problems: LabProblem[] = [];
  const { files, problems: nameProblems } = decodeFileNames(await readdir(folder), shownFolder);
  problems.push(...nameProblems);
  const contents = new Map<string, StepContent>();
  for (const { file, number, language } of files) {
    const content = decodeStep(await readFile(join(folder, file), 'utf8'), `${shownFolder}/${file}`);
    contents.set(file, content);
    problems.push(...content.problems);
    if (language !== 'en') continue;
    content.commands.forEach((command, index) => runBlocks.set(blockId(number, index + 1), command));
    for (const check of content.checks) checkUses.set(check, `${shownFolder}/${file}`);
  }
  return { runBlocks, checkUses, problems: [...problems, ...compareLanguages(files, contents, shownFolder)] };
}

/** Which step each file is; pure. */
export function decodeFileNames(
  names: readonly string[],
  folder: string,
): { files: readonly StepFile[]; problems: readonly LabProblem[] } {
  const files: StepFile[] = [];
  const problems: LabProblem[] = [];
  const englishByNumber = new Map<number, string>();
  for (const file of names.toSorted()) {
    const groups = stepFileName.exec(file)?.groups;
    if (!groups) {
      problems.push({ file: `${folder}/${file}`, message: 'Name a step like 01-cluster.md or 01-cluster.fr.md.' });
      continue;
    }
    const step = {
      file,
      number: Number(groups['number']),
      name: groups['name'] ?? '',
      language: groups['language'] ? 'fr' : 'en',
    } as const;
    const other = englishByNumber.get(step.number);
    if (step.language === 'en' && other !== undefined) {
      problems.push({ file: `${folder}/${file}`, message: `${other} has the same number. Give each step its own.` });
    }
    if (step.language === 'en') englishByNumber.set(step.number, file);
    files.push(step);
  }
  if (englishByNumber.size === 0) problems.push({ file: folder, message: 'There is no step. Write 01-….md.' });
  return { files, problems };
}

/** Blocks and checks of one step, in the order in which the page counts them; pure. */
export function decodeStep(source: string, file: string): StepContent {
  if (source.length > MAX_STEP_CHARACTERS) {
    return {
      commands: [],
      checks: [],
      problems: [{ file, message: `Keep a step below ${MAX_STEP_CHARACTERS} characters.` }],
    };
  }
  const match = /^---\r?\n(?<yaml>[\s\S]*?)\r?\n---\r?\n/.exec(source);
  const frontMatter = decodeYaml(match?.groups?.['yaml'] ?? '', stepFrontMatter, { file, firstLine: 2 });
  const problems = frontMatter.ok ? [] : [...frontMatter.problems];
  const commands: string[] = [];
  const checks: string[] = [];
  visit(markdownToMdast(source.slice(match?.[0].length ?? 0), { features: { directive: true } }), (node) => {
    if (node.type === 'code' && isRunBlock(node.meta)) {
      commands.push(node.value);
      if (hasControlCharacter(node.value)) {
        problems.push({
          file,
          message: `The block "${node.value.slice(0, 40)}" has a control character. Write plain text.`,
        });
      }
    }
    if (node.type === 'leafDirective' && node.name === 'check') {
      const name = node.attributes?.['name'];
      if (name) checks.push(name);
      else problems.push({ file, message: 'A check without a name. Write ::check{name=first-pod}.' });
    }
  });
  return { commands, checks, problems };
}

function visit(node: MdastNode, onNode: (node: MdastNode) => void): void {
  onNode(node);
  if ('children' in node) for (const child of node.children) visit(child, onNode);
}

/** A tab or a line end is typed; an escape sequence in a command would be an attack on whoever presses Run. */
function hasControlCharacter(text: string): boolean {
  return /[\p{Cc}]/u.test(text.replace(/[\n\t]/g, ''));
}

/** A click names a block, not a language, so a translation must run the same commands and ask for the same checks. */
function compareLanguages(
  files: readonly StepFile[],
  contents: ReadonlyMap<string, StepContent>,
  folder: string,
): LabProblem[] {
  const problems: LabProblem[] = [];
  for (const translation of files.filter(({ language }) => language !== 'en')) {
    const file = `${folder}/${translation.file}`;
    const original = files.find(({ number, language }) => language === 'en' && number === translation.number);
    if (!original || original.name !== translation.name) {
      problems.push({
        file,
        message: `There is no ${translation.file.replace(/\.fr\.md$/, '.md')}. Name it like the English step.`,
      });
      continue;
    }
    const [there, here] = [contents.get(original.file), contents.get(translation.file)];
    if (!isDeepStrictEqual(there?.commands, here?.commands)) {
      problems.push({
        file,
        message: `Its \`run\` blocks differ from those of ${original.file}. Write the same commands in the same order.`,
      });
    }
    if (!isDeepStrictEqual(there?.checks, here?.checks)) {
      problems.push({ file, message: `Its checks differ from those of ${original.file}. Ask for the same ones.` });
    }
  }
  return problems;
}
