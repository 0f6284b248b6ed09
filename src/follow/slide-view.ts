/** One slide, as it flows on a small screen. */
import type { FollowSlide } from './followed-deck.ts';

/** Fragments that the room has not seen are left out; without `fragment` all are there. */
export function showSlide(article: HTMLElement, slide: FollowSlide, fragment = Number.POSITIVE_INFINITY): void {
  if (article.dataset['slide'] !== slide.id) {
    article.dataset['slide'] = slide.id;
    article.innerHTML = slide.html;
    for (const scrolling of article.querySelectorAll<HTMLElement>('pre, figure:has(> svg)')) scrolling.tabIndex = 0;
    for (const table of article.querySelectorAll('table')) wrap(table);
  }
  for (const part of article.querySelectorAll<HTMLElement>('[data-fragment]')) {
    part.hidden = Number(part.dataset['fragment']) > fragment;
  }
  for (const block of article.querySelectorAll('pre')) showLastStep(block);
}

/** A wide table scrolls by itself, never the page. */
function wrap(table: HTMLTableElement): void {
  const frame = document.createElement('div');
  frame.className = 'follow-wide';
  frame.tabIndex = 0;
  table.replaceWith(frame);
  frame.append(table);
}

/** Code that is gone through step by step is there once for each step: the latest one counts. */
function showLastStep(block: HTMLElement): void {
  const copies = [...block.querySelectorAll<HTMLElement>(':scope > code')];
  if (copies.length < 2) return;
  const shown = copies.filter((copy) => copy.dataset['fragment'] === undefined || !copy.hidden).at(-1);
  for (const copy of copies) copy.classList.toggle('follow-passed', copy !== shown);
}
