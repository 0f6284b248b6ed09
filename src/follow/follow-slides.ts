/**
 * The slides of a deck for a small screen, made at build time: plain HTML that flows, without what only reveal.js
 * understands. What appears by a key keeps its number, so that nobody sees an answer before the room does.
 */
import { JSDOM } from 'jsdom';
import type { Slide } from '../../sandbox-server/decks/deck.ts';
import type { FollowSlide } from './followed-deck.ts';

/** Makes a follower's slides of the `<section>` elements of a deck and of what is known of each slide. */
export function makeFollowSlides(html: string, slides: readonly Slide[]): FollowSlide[] {
  const { document } = new JSDOM(`<main>${html}</main>`).window;
  const columns = shownSections(document.querySelector('main'));
  return slides.flatMap(({ id, h, v, title, notes }) => {
    const column = columns[h];
    const section = shownSections(column)[v] ?? column;
    return section === undefined ? [] : [{ id, h, v, title, notes, html: makeHtml(section) }];
  });
}

/** Hidden ones are taken away by reveal.js before it counts. */
function shownSections(parent: Element | null | undefined): Element[] {
  return [...(parent?.children ?? [])].filter((each) => each.matches('section:not([data-visibility="hidden"])'));
}

function makeHtml(section: Element): string {
  numberFragments(section);
  reflow(section);
  addBackground(section);
  return section.innerHTML.trim();
}

/**
 * As reveal.js does it when it shows a slide: those with a number of their author's first, by it, then the others in
 * their order; each place that is left gets the next number.
 */
function numberFragments(section: Element): void {
  const numbered: Element[][] = [];
  const others: Element[][] = [];
  for (const fragment of section.querySelectorAll('.fragment')) {
    const given = Number.parseInt(fragment.getAttribute('data-fragment-index') ?? '', 10);
    if (Number.isNaN(given)) others.push([fragment]);
    else (numbered[given] ??= []).push(fragment);
  }
  [...numbered.filter((group) => group !== undefined), ...others].forEach((group, index) => {
    for (const fragment of group) fragment.setAttribute('data-fragment', String(index));
  });
}

function reflow(section: Element): void {
  for (const gone of section.querySelectorAll('aside.notes, podium-terminal, script, style')) gone.remove();
  for (const frame of section.querySelectorAll('iframe')) replaceByLink(frame);
  for (const element of section.querySelectorAll('*')) {
    for (const { name } of [...element.attributes]) if (isForReveal(name)) element.removeAttribute(name);
    // Sizes and places are those of a slide; pictures and coloured code are drawn by theirs.
    if (!element.closest('svg, pre')) element.removeAttribute('style');
    element.classList.remove('fragment', 'r-stretch', 'r-fit-text', 'r-stack', 'code-wrapper');
  }
}

function isForReveal(name: string): boolean {
  return (name.startsWith('data-') && name !== 'data-fragment' && name !== 'data-poll') || name.startsWith('on');
}

function replaceByLink(frame: Element): void {
  const link = frame.ownerDocument.createElement('a');
  link.href = frame.getAttribute('src') ?? frame.getAttribute('data-src') ?? '';
  link.textContent = frame.getAttribute('title') ?? link.href;
  frame.replaceWith(link);
}

/** A picture behind a slide may be all that is on it. */
function addBackground(section: Element): void {
  const source = section.getAttribute('data-background-image') ?? section.getAttribute('data-background');
  if (source === null || !/\.(?:avif|gif|jpe?g|png|svg|webp)$/i.test(source)) return;
  const picture = section.ownerDocument.createElement('img');
  picture.setAttribute('src', source);
  picture.setAttribute('alt', '');
  section.append(picture);
}
