/** The built page of a deck: its HTML, and where what it shows lies. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Language } from '../../protocol/language.ts';
import { DeckFileError } from './deck-file-error.ts';

export interface DeckPage {
  /** The folder of the built site. */
  readonly site: string;
  /** The page's path in the site: `/en/decks/welcome/`. */
  readonly path: string;
  readonly html: string;
  /** Where links into the site lead. */
  readonly base: string;
}

export async function findDeckPage(
  site: string,
  { name, language, base }: { readonly name: string; readonly language: Language; readonly base: string | undefined },
): Promise<DeckPage> {
  const path = `/${language}/decks/${name}/`;
  const html = await readFile(join(site, path, 'index.html'), 'utf8').catch(() => undefined);
  if (html === undefined) {
    const entries = await readdir(join(site, language, 'decks'), { withFileTypes: true }).catch(() => []);
    const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    throw new DeckFileError(`There is no deck “${name}”. There are: ${names.sort().join(', ') || 'none'}.`);
  }
  const builtFor = /<link rel="canonical" href="([^"]+)"/.exec(html)?.[1];
  return { site, path, html, base: base ?? new URL(builtFor ?? 'http://127.0.0.1:4321').origin };
}
