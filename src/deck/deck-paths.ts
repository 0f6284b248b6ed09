/** The pages of decks: each deck under each language, in the language that it has. */
import { languages, type Language } from '../../sandbox-server/protocol/language.ts';
import { decksIn, type Deck } from './deck-list.ts';

export interface DeckProps {
  deck: Deck;
}

export async function deckPaths(): Promise<{ params: { lang: Language; slug: string }; props: DeckProps }[]> {
  const pages = await Promise.all(
    languages.map(async (lang) =>
      (await decksIn(lang)).map((deck) => ({ params: { lang, slug: deck.slug }, props: { deck } })),
    ),
  );
  return pages.flat();
}
