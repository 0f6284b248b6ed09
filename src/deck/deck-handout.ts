/** A deck as an article: each slide's content with its notes below it, in the order in which they are shown. */
import { JSDOM } from 'jsdom';
import { placesOf } from '../../sandbox-server/decks/slides.ts';
import type { RenderedDeck, Slide } from '../../sandbox-server/decks/deck.ts';

export interface HandoutSlide {
  readonly slide: Slide;
  /** What stands on it below its title; nothing in it waits for a key. */
  readonly body: string;
}

/** What only a deck on a screen has. */
const NOT_IN_AN_ARTICLE = 'aside.notes, podium-terminal, script, style, code.fragment';
const TITLE = 'h1, h2, h3, h4, h5, h6';

export function makeHandout(deck: RenderedDeck): HandoutSlide[] {
  const { document } = new JSDOM(`<div>${deck.html}</div>`).window;
  const root = document.querySelector('div');
  const places = root === null ? [] : placesOf(root);
  return deck.slides.map((slide, index) => ({ slide, body: bodyOf(places[index]?.section) }));
}

function bodyOf(section: Element | undefined): string {
  if (section === undefined) return '';
  for (const part of section.querySelectorAll(NOT_IN_AN_ARTICLE)) part.remove();
  section.querySelector(TITLE)?.remove();
  for (const part of section.querySelectorAll(TITLE)) lower(part);
  for (const part of section.querySelectorAll('.fragment')) part.classList.remove('fragment');
  // What is wider than the page is scrolled, by keys too.
  for (const block of section.querySelectorAll('pre')) block.setAttribute('tabindex', '0');
  for (const block of section.querySelectorAll('.has-highlights')) block.classList.remove('has-highlights');
  return section.innerHTML.trim();
}

/** The slide's own title is a heading of the second rank, so what is below it begins with the third. */
function lower(heading: Element): void {
  const replacement = heading.ownerDocument.createElement('h3');
  replacement.innerHTML = heading.innerHTML;
  heading.replaceWith(replacement);
}
