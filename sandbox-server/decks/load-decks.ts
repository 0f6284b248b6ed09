/**
 * The decks of a content folder: `decks/welcome.md`, its French sibling `decks/welcome.fr.md`, and folders with pictures
 * beside the text, `decks/welcome/deck.md`.
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { defaultLanguage, languages, type Language } from '../protocol/language.ts';

/** A deck's file as it is read, before anything is made of it. */
export interface DeckFile {
  readonly slug: string;
  readonly language: Language;
  readonly path: string;
  /** As messages name it: `decks/welcome.md`. */
  readonly file: string;
  readonly source: string;
}

/** What the text of a deck's folder may be called; otherwise it is the only Markdown file in it. */
const TEXT_NAMES = ['deck', 'index', 'slides', 'presentation'];
const MARKDOWN = /\.(?:md|markdown)$/iu;
/** What people put beside a deck that is no deck. */
const NO_DECK = /^(?:readme|license|licence|changelog|contributing|code_of_conduct)$/iu;

/** Reads every deck below `<content>/decks`, in the order of their names. */
export async function loadDecks(contentDirectory: string): Promise<DeckFile[]> {
  const folder = join(contentDirectory, 'decks');
  const paths = await findDeckFiles(folder);
  return Promise.all(paths.map((path) => loadDeckFile(path, contentDirectory)));
}

/** The texts of decks in a folder and in the folders below it, one level deep. */
export async function findDeckFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && isDeckName(entry.name)).map(({ name }) => name);
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const below = await Promise.all(folders.map(({ name }) => findTexts(join(folder, name))));
  return [...files.map((name) => join(folder, name)), ...below.flat()].toSorted((a, b) => a.localeCompare(b));
}

/** The texts of one deck's folder, one for each language. */
async function findTexts(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && isDeckName(entry.name)).map(({ name }) => name);
  const stems = new Set(names.map((name) => splitDeckName(name).name.toLowerCase()));
  const stem = TEXT_NAMES.find((each) => stems.has(each)) ?? (stems.size === 1 ? [...stems][0] : undefined);
  return names.filter((name) => splitDeckName(name).name.toLowerCase() === stem).map((name) => join(folder, name));
}

function isDeckName(name: string): boolean {
  return MARKDOWN.test(name) && !name.startsWith('.') && !NO_DECK.test(name.replace(MARKDOWN, ''));
}

async function loadDeckFile(path: string, contentDirectory: string): Promise<DeckFile> {
  const { name, language } = splitDeckName(basename(path));
  const folder = dirname(path);
  const slug = folder === join(contentDirectory, 'decks') ? name : basename(folder);
  const file = path.slice(contentDirectory.length + 1).replaceAll('\\', '/');
  return { slug: slugify(slug), language, path, file, source: await readFile(path, 'utf8') };
}

/** `welcome.fr.md` → `welcome` and `fr`; without a suffix a file is in the default language. */
export function splitDeckName(fileName: string): { name: string; language: Language } {
  const bare = fileName.replace(MARKDOWN, '');
  const suffixed = languages.find((language) => bare.endsWith(`.${language}`));
  return suffixed === undefined
    ? { name: bare, language: defaultLanguage }
    : { name: bare.slice(0, -suffixed.length - 1), language: suffixed };
}

/** The name as it stands in an address. */
export function slugify(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/gu, '-').replace(/^-|-$/gu, '') || 'deck';
}
