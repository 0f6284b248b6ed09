/** `podium deck pdf` and `podium deck export`: a deck as one file that is given to others. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildSiteIfStale } from '../../../deploy/launch/site-build.ts';
import { defaultLanguage, languages, type Language } from '../../protocol/language.ts';
import { slug } from '../../protocol/sandbox.ts';
import { DeckFileError } from './deck-file-error.ts';
import { exportDeck } from './export-deck.ts';
import { findDeckPage } from './deck-page.ts';
import { printDeck } from './print-deck.ts';

export const HANDED_OUT_USAGE = `  pdf NAME             writes the deck as a PDF: a page a slide, its links working
  export NAME          writes the deck as one HTML file that needs no network and no server
Options of pdf and export
  --out FILE           otherwise NAME.pdf or NAME.html, here
  --language LANGUAGE  ${languages.join(' or ')} (${defaultLanguage})
  --base ADDRESS       where links into the site lead; otherwise the address that the site was built for
Options of pdf
  --notes              a page with its notes after each slide`;

export interface HandOutDeps {
  readonly say: (line: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface HandOutWishes {
  readonly format: 'pdf' | 'export';
  readonly name: string;
  readonly language: Language;
  readonly out: string;
  readonly hasNotes: boolean;
  readonly base: string | undefined;
}

const ROOT = join(import.meta.dirname, '../../..');
const OPTIONS = {
  out: { type: 'string' },
  language: { type: 'string', default: defaultLanguage },
  base: { type: 'string' },
  notes: { type: 'boolean', default: false },
} as const;

/** Reads the arguments after the format; a mistake is a sentence. */
export function parseHandOut(
  format: HandOutWishes['format'],
  args: readonly string[],
): { readonly ok: true; readonly wishes: HandOutWishes } | { readonly ok: false; readonly reason: string } {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return { ok: false, reason: (error as Error).message };
  }
  const { values, positionals } = parsed;
  const [name = '', ...rest] = positionals;
  const language = languages.find((known) => known === values.language);
  if (!slug.safeParse(name).success || rest.length > 0)
    return { ok: false, reason: 'Name one deck, as in its address.' };
  if (language === undefined) return { ok: false, reason: `The site has the languages ${languages.join(' and ')}.` };
  if (values.base !== undefined && !URL.canParse(values.base))
    return { ok: false, reason: `“${values.base}” is no address. Write one like https://podium.example.org.` };
  if (values.notes && format === 'export')
    return { ok: false, reason: '--notes is for pdf; an export shows slides alone.' };
  const out = values.out ?? `${name}.${format === 'pdf' ? 'pdf' : 'html'}`;
  return { ok: true, wishes: { format, name, language, out, hasNotes: values.notes, base: values.base } };
}

/** Builds the site if it must, makes the file, and returns the exit status. */
export async function handOutDeck(
  wishes: HandOutWishes,
  { say, environment }: HandOutDeps,
  signal: AbortSignal,
): Promise<number> {
  const { PODIUM_DIST: given, PODIUM_CHROMIUM: chromium, PATH: searchPath = '' } = environment;
  if (given === undefined) await buildSiteIfStale(ROOT, say, signal);
  try {
    const page = await findDeckPage(given ?? join(ROOT, 'dist'), wishes);
    const file =
      wishes.format === 'pdf'
        ? await printDeck(page, { ...wishes, chromium, searchPath }, signal)
        : await exportDeck(page, ROOT);
    await writeFile(wishes.out, file);
  } catch (error) {
    if (!(error instanceof DeckFileError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
  say(`Written: ${wishes.out}`);
  return 0;
}
