import type { APIRoute } from 'astro';
import { deckPaths, type DeckProps } from '../../../../deck/deck-paths.ts';
import { makeFollowSlides } from '../../../../follow/follow-slides.ts';
import type { FollowedDeck } from '../../../../follow/followed-deck.ts';

export const getStaticPaths = deckPaths;

export const GET: APIRoute<DeckProps> = ({ props: { deck } }) =>
  Response.json({
    title: deck.title,
    language: deck.language,
    slides: makeFollowSlides(deck.rendered.html, deck.rendered.slides),
  } satisfies FollowedDeck);
