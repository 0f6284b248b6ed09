import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { stepFileName } from '../protocol/lab.ts';
import type { Language } from '../protocol/language.ts';
import type { LabProblem, LabQuestion, StepBlock } from './lab.ts';
import { decodeStep, type StepDocument } from './step-document.ts';

export interface StepFile {
  readonly file: string;
  readonly number: number;
  readonly name: string;
  readonly language: Language;
}

export interface LoadedStep extends StepFile, StepDocument {}

export interface LoadedSteps {
  /** Of both languages, in their order. */
  readonly steps: readonly LoadedStep[];
  readonly problems: readonly LabProblem[];
}

/** Reads `steps/` of a lab. `folder` is its path for reading, `shownFolder` the one that messages name. */
export async function loadSteps(folder: string, shownFolder: string): Promise<LoadedSteps> {
  const { files, problems } = decodeFileNames(await readdir(folder), shownFolder);
  const steps = await Promise.all(
    files.map(async (step) => {
      const source = await readFile(join(folder, step.file), 'utf8');
      return { ...step, ...decodeStep({ source, file: `${shownFolder}/${step.file}`, number: step.number }) };
    }),
  );
  const found = [...problems, ...steps.flatMap((step) => step.problems)];
  return { steps, problems: [...found, ...findTwice(steps, shownFolder), ...compareLanguages(steps, shownFolder)] };
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
  const gap = [...englishByNumber.keys()].find((number, index) => number !== index + 1);
  if (gap !== undefined) {
    const file = `${folder}/${englishByNumber.get(gap)}`;
    problems.push({ file, message: 'Number the steps from 01 without a gap: the page counts them so.' });
  }
  if (englishByNumber.size === 0) problems.push({ file: folder, message: 'There is no step. Write 01-….md.' });
  return { files, problems };
}

/** The questions of all steps by name, with why it is so in each language; pure. */
export function collectQuestions(steps: readonly LoadedStep[]): ReadonlyMap<string, LabQuestion> {
  const questions = new Map<string, LabQuestion>();
  // English comes first in the order of the files' names.
  for (const { language, questions: asked } of steps.toSorted((a, b) => a.language.localeCompare(b.language))) {
    for (const { name, kind, answerCount, right, explanation } of asked) {
      const explanations = { ...questions.get(name)?.explanations, [language]: explanation };
      questions.set(name, { kind, answerCount, right, explanations });
    }
  }
  return questions;
}

/** The page asks by name, so a name is one question, and one check. */
function findTwice(steps: readonly LoadedStep[], folder: string): LabProblem[] {
  const seen = new Map<string, string>();
  const problems: LabProblem[] = [];
  for (const { file, checks, questions } of steps.filter(({ language }) => language === 'en')) {
    for (const name of [...checks, ...questions.map((question) => question.name)]) {
      const before = seen.get(name);
      const message = `${before} has a check or a question ${name} already. Give each its own name.`;
      if (before !== undefined) problems.push({ file: `${folder}/${file}`, message });
      seen.set(name, file);
    }
  }
  return problems;
}

/** A click names a block, not a language, so a translation must run and save the same, and ask for the same. */
function compareLanguages(steps: readonly LoadedStep[], folder: string): LabProblem[] {
  const problems: LabProblem[] = [];
  for (const translation of steps.filter(({ language }) => language !== 'en')) {
    const original = steps.find(({ number, language }) => language === 'en' && number === translation.number);
    const file = `${folder}/${translation.file}`;
    if (!original || original.name !== translation.name) {
      const message = `There is no ${translation.file.replace(/\.fr\.md$/, '.md')}. Name it like the English step.`;
      problems.push({ file, message });
      continue;
    }
    problems.push(...compareSteps(original, translation).map((problem) => ({ file, ...problem })));
  }
  return problems;
}

function compareSteps(original: LoadedStep, translation: LoadedStep): Omit<LabProblem, 'file'>[] {
  const differs = <T>(read: (step: LoadedStep) => T) => !isDeepStrictEqual(read(original), read(translation));
  const there = original.file;
  /** Of the first block that differs; where the English one has no counterpart, of the last there is. */
  const lineWhere = (read: (block: StepBlock) => unknown): { line?: number } => {
    const { blocks } = translation;
    const index = blocks.findIndex((block, at) => {
      const english = original.blocks[at];
      return !english || !isDeepStrictEqual(read(block), read(english));
    });
    const block = blocks.at(index);
    if (!block) return {};
    return { line: read === whatIsSeen && block.kind === 'run' ? (block.output?.line ?? block.line) : block.line };
  };
  const problems: Omit<LabProblem, 'file'>[] = [];
  if (differs(({ blocks }) => blocks.map(whatIsDone))) {
    const message = `Its \`run\` or \`save\` blocks differ from those of ${there}. Write the same ones in the same order.`;
    problems.push({ ...lineWhere(whatIsDone), message });
  } else if (differs(({ blocks }) => blocks.map(whatIsSeen))) {
    const message = `Its \`output\` blocks differ from those of ${there}. A cluster answers the same in every language.`;
    problems.push({ ...lineWhere(whatIsSeen), message });
  }
  if (differs(({ checks }) => checks)) {
    problems.push({ message: `Its checks differ from those of ${there}. Ask for the same ones.` });
  }
  const asked = ({ questions }: LoadedStep) =>
    questions.map(({ name, kind, answerCount, right }) => [name, kind, answerCount, right]);
  if (differs(asked)) {
    const message = `Its questions differ from those of ${there}. Ask the same, with the right answers at the same place.`;
    problems.push({ message });
  }
  return problems;
}

function whatIsSeen(block: StepBlock): readonly unknown[] {
  return block.kind === 'run' ? [block.output?.text, block.output?.isAgain] : [];
}

function whatIsDone(block: StepBlock): readonly unknown[] {
  if (block.kind === 'run') return [block.terminal, block.command];
  return [block.file.path, block.file.content];
}
