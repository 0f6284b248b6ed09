/** A deck as followers and remotes fetch it: one file for each language, made at build time. */
import type { Language } from '../../sandbox-server/protocol/language.ts';
import type { Position } from '../../sandbox-server/protocol/showing.ts';

export interface FollowSlide {
  readonly id: string;
  readonly h: number;
  readonly v: number;
  readonly title: string;
  /** HTML; empty where there are none. */
  readonly notes: string;
  /** What is on the slide, as HTML that flows; `data-fragment` numbers what appears by a key. */
  readonly html: string;
}

export interface FollowedDeck {
  readonly title: string;
  /** What it is written in: not always what was asked for. */
  readonly language: Language;
  readonly slides: readonly FollowSlide[];
}

/** Undefined where the site has no such deck. */
export async function fetchDeck(language: Language, slug: string): Promise<FollowedDeck | undefined> {
  const reply = await fetch(`/${language}/decks/${slug}/follow.json`);
  return reply.ok ? ((await reply.json()) as FollowedDeck) : undefined;
}

/** The slide's place in the order; by its id, and where this language's deck has no such slide, by its place. */
export function findSlide({ slides }: FollowedDeck, { slide, h, v }: Pick<Position, 'slide' | 'h' | 'v'>): number {
  const byId = slides.findIndex(({ id }) => id === slide);
  return byId >= 0 ? byId : slides.findIndex((each) => each.h === h && each.v === v);
}
