/** What the pages of a deck weigh in scripts: the deck with a terminal in it before that is started, the presenter's view, the handout. */
import type { Figure } from './figures.ts';
import { weighScripts, withPage } from './page-weight.ts';
import type { PodiumUnderTest } from './run.ts';

const KB = 1024;
const PAGES = [
  { name: 'deck-page-scripts', path: '/en/decks/welcome/', limit: 120 },
  // With its two previews, which are the deck's page again.
  { name: 'presenters-view-scripts', path: '/en/decks/welcome/speaker/', limit: 120 },
  { name: 'handout-scripts', path: '/en/decks/welcome/handout/', limit: 20 },
] as const;

export async function measureDeckPage({ origin }: PodiumUnderTest): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const { name, path, limit } of PAGES) {
    const bytes = await withPage((page) => weighScripts(page, origin + path));
    figures.push({ name, value: bytes / KB, unit: 'KB', limit });
  }
  return figures;
}
