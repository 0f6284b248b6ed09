/** `podium lab lint`: what an author must change, with file and line, without a cluster. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LAB_IMAGE_REFS, writtenForms } from '../../../deploy/images/catalogue.ts';
import type { LabProblem } from '../../labs/lab.ts';
import { loadLabs } from '../../labs/load-labs.ts';
import type { LabInvocation } from './lab-options.ts';
import { judgeChecks, listForgeable } from './lint/check-rules.ts';
import { judgeImages, judgePins } from './lint/image-rules.ts';
import { type LabSources, readLabSources } from './lint/lab-sources.ts';
import { judgeOnlineLinks } from './lint/online-links.ts';
import { runShellcheck } from './lint/shellcheck.ts';
import { judgeTexts, type SiteAddresses } from './lint/text-rules.ts';
import { judgeTranslations } from './lint/translation-rules.ts';

export interface LintDeps {
  readonly contentDirectory: string;
  /** Where the docs of Podium are, which every site has. */
  readonly ownContent: string;
  readonly say: (line: string) => void;
}

/** Prints what is found and returns the exit status: 0 when that is nothing. */
export async function runLintCommand(
  { names, imageNames, isOnline }: Pick<LabInvocation, 'names' | 'imageNames' | 'isOnline'>,
  { contentDirectory, ownContent, say }: LintDeps,
  signal: AbortSignal,
): Promise<number> {
  const { labs, problems } = await loadLabs(contentDirectory);
  const folders = await foldersIn(join(contentDirectory, 'labs'));
  const missing = names.filter((name) => !folders.includes(name));
  const found: LabProblem[] = missing.map((name) => ({ file: `labs/${name}`, message: 'There is no such lab.' }));
  const chosen = names.length === 0 ? folders : folders.filter((name) => names.includes(name));
  found.push(...problems.filter(({ file }) => file === 'labs' || chosen.includes(file.split('/')[1] ?? '')));

  const sources = await Promise.all(chosen.map((name) => readLabSources(contentDirectory, name)));
  const images = new Set(writtenForms([...LAB_IMAGE_REFS, ...imageNames]));
  const own = new Set(writtenForms(imageNames));
  const addresses = await readAddresses(folders, [ownContent, contentDirectory]);
  for (const each of sources) {
    found.push(...judge(each, addresses));
    found.push(...judgeImages(each, images), ...judgePins(each, own));
    found.push(...judgeChecks(each, labs.get(each.slug)));
  }
  const shellProblems = await runShellcheck(
    contentDirectory,
    sources.flatMap(({ scripts }) => scripts),
    signal,
  );
  found.push(...(shellProblems ?? []));
  if (isOnline) found.push(...(await judgeOnlineLinks(sources, fetch, signal)));
  for (const line of [...describeProblems(found), ...sources.flatMap(listForgeable)]) say(line);
  if (!shellProblems)
    say('The scripts were not looked over: shellcheck is not installed (Debian: apt-get install shellcheck).');
  say(`${chosen.length} labs, ${found.length} to change`);
  return found.length === 0 ? 0 : 1;
}

function judge(sources: LabSources, addresses: SiteAddresses): LabProblem[] {
  return [...sources.problems, ...judgeTexts(sources, addresses), ...judgeTranslations(sources)];
}

/** In the order of files and lines. Pure. */
export function describeProblems(problems: readonly LabProblem[]): string[] {
  const ordered = problems.toSorted((a, b) => a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0));
  return ordered.map(({ file, line, message }) => `${file}${line === undefined ? '' : `:${line}`}: ${message}`);
}

async function readAddresses(labs: readonly string[], contents: readonly string[]): Promise<SiteAddresses> {
  const docs = await Promise.all(
    contents.map((content) => readdir(join(content, 'docs'), { recursive: true }).catch(() => [])),
  );
  const pages = docs.flat().filter((name) => /\.mdx?$/u.test(name));
  return {
    labs: new Set(labs),
    docs: new Set(pages.map((name) => name.replace(/(\.fr)?\.mdx?$/u, '').replace(/(^|\/)index$/u, ''))),
  };
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
