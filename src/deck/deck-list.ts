/** The decks as a reader of one language sees them: in that language where it exists, otherwise in the one that does. */
import { getCollection, type CollectionEntry } from 'astro:content';
import type { DeckPicture, RenderedDeck } from '../../sandbox-server/decks/deck.ts';
import { findPictures } from '../../sandbox-server/decks/find-picture.ts';
import type { DeckSettings } from '../../sandbox-server/decks/front-matter.ts';
import { makeDeck } from '../../sandbox-server/decks/make-deck.ts';
import type { TerminalCaption } from '../../sandbox-server/decks/terminal-still.ts';
import { describeWarning } from '../../sandbox-server/decks/warnings.ts';
import { defaultLanguage, inLanguage, languages, type Language } from '../../sandbox-server/protocol/language.ts';
import { t } from '../i18n/catalogue.ts';
import { pagePath } from '../i18n/paths.ts';
import { contentFolder } from '../site/content-folder.ts';
import { siteIdentity } from '../site/site-entry.ts';

export interface Deck {
  slug: string;
  /** What the deck is written in: not always what the reader asked for. */
  language: Language;
  title: string;
  summary: string;
  date: Date | undefined;
  rendered: RenderedDeck;
}

/** All decks for a reader of `language`, the newest first, those without a date last. */
export async function decksIn(language: Language): Promise<Deck[]> {
  const entries = await getCollection('decks');
  const slugs = new Set(entries.map((entry) => splitId(entry.id).slug));
  const decks = await Promise.all([...slugs].map((slug) => deckFor(entries, slug, language)));
  return decks.sort((a, b) => (b.date?.getTime() ?? 0) - (a.date?.getTime() ?? 0) || a.slug.localeCompare(b.slug));
}

/** The files that decks show, each once. */
export async function allPictures(): Promise<DeckPicture[]> {
  const decks = await Promise.all((await getCollection('decks')).map(renderOnce));
  return [...new Map(decks.flatMap(({ pictures }) => pictures).map((each) => [each.href, each])).values()];
}

async function deckFor(entries: CollectionEntry<'decks'>[], slug: string, language: Language): Promise<Deck> {
  const wanted = [language, defaultLanguage, ...languages].map((candidate) => `${candidate}/${slug}`);
  const entry = wanted
    .map((id) => entries.find((candidate) => candidate.id === id))
    .find((found) => found !== undefined);
  if (entry === undefined) throw new Error(`There is no deck "${slug}" in any language.`);
  const rendered = await renderOnce(entry);
  const { settings } = rendered;
  const written = settings.lang ?? splitId(entry.id).language;
  return {
    slug,
    language: written,
    title: textIn(settings.title, written) ?? (rendered.slides[0]?.title || slug),
    summary: textIn(settings.summary, written) ?? '',
    date: settings.date,
    rendered,
  };
}

type DeckEntry = CollectionEntry<'decks'>['data'];

/** Several pages show the same deck, and rendering one takes a while. */
const renderedByDigest = new Map<string, Promise<RenderedDeck>>();

function renderOnce({ id, digest, data }: CollectionEntry<'decks'>): Promise<RenderedDeck> {
  const key = `${id} ${digest}`;
  const rendered = renderedByDigest.get(key) ?? render(data, splitId(id).language);
  renderedByDigest.set(key, rendered);
  return rendered;
}

/** Tells the author what is to be known, and shows the deck; throws for front matter that cannot be read. */
async function render({ path, file, source }: DeckEntry, language: Language): Promise<RenderedDeck> {
  const titles = new Map(
    (await getCollection('labs')).map(({ id, data }) => [id, inLanguage(data.title, language).text]),
  );
  const result = await makeDeck({
    source,
    file,
    siteDefaults: (await siteIdentity()).decks,
    pictureOf: findPictures({ path, root: contentFolder }),
    captionOf: (lab) => captionFor(lab, titles.get(lab), language),
  });
  if (!result.ok) throw new Error(describeWarning(result.problem));
  for (const warning of result.deck.warnings) console.warn(describeWarning(warning));
  return result.deck;
}

function captionFor(lab: string, title: string | undefined, language: Language): TerminalCaption | undefined {
  if (title === undefined) return undefined;
  return { text: t(language, 'deck.terminalStill', { lab: title }), href: pagePath(language, `labs/${lab}`) };
}

function textIn(text: DeckSettings['title'], language: Language): string | undefined {
  return typeof text === 'object' ? inLanguage(text, language).text : text;
}

function splitId(id: string): { language: Language; slug: string } {
  const [language, slug = ''] = id.split('/');
  return { language: languages.find((known) => known === language) ?? defaultLanguage, slug };
}
