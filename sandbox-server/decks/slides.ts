/** The slides of a made deck as lists need them: reveal.js's counting, ids, notes, text. */
import type { Slide } from './deck.ts';

const HEADINGS = 'h1, h2, h3, h4, h5, h6';
/** What is in a slide's HTML but not read on it. */
const NOT_READ = 'aside.notes, style, script, template, .terminal-still, .katex-mathml, svg title, code.fragment';

export interface Place {
  readonly section: Element;
  readonly h: number;
  readonly v: number;
  readonly isInStack: boolean;
}

/** Every section that reveal.js shows, where it counts it: it removes hidden ones first. */
export function placesOf(slides: Element): Place[] {
  return [...slides.children].filter(isShown).flatMap((column, h): Place[] => {
    const stack = childSections(column);
    if (stack.length === 0) return [{ section: column, h, v: 0, isInStack: false }];
    return stack.filter(isShown).map((section, v) => ({ section, h, v, isInStack: true }));
  });
}

/** All leaves, hidden ones too, in the order of the file. */
export function leavesOf(slides: Element): Element[] {
  return [...slides.children].filter(isSection).flatMap((column) => {
    const stack = childSections(column);
    return stack.length === 0 ? [column] : stack;
  });
}

function childSections(column: Element): Element[] {
  return [...column.children].filter(isSection);
}

function isSection(element: Element): boolean {
  return element.localName === 'section';
}

function isShown(element: Element): boolean {
  return isSection(element) && element.getAttribute('data-visibility') !== 'hidden';
}

/** `lineOf` tells the line of a leaf. */
export function readSlides(slides: Element, lineOf: (leaf: Element) => number): Slide[] {
  const taken = new Set<string>();
  return placesOf(slides).map((place) => readSlide(place, takeId(place, taken), lineOf(place.section)));
}

function readSlide({ section, h, v }: Place, id: string, line: number): Slide {
  const timing = Number(section.getAttribute('data-timing') ?? NaN);
  return {
    id,
    h,
    v,
    title: plainText(headingOf(section)),
    notes: notesOf(section),
    text: plainText(section),
    timing: Number.isFinite(timing) ? timing : undefined,
    visibility: section.getAttribute('data-visibility') === 'uncounted' ? 'uncounted' : undefined,
    line,
  };
}

function headingOf(section: Element): Element | null {
  return [...section.querySelectorAll(HEADINGS)].find((heading) => heading.closest('aside.notes') === null) ?? null;
}

/** As reveal.js reads them: the attribute goes before the text. */
function notesOf(section: Element): string {
  const attribute = section.getAttribute('data-notes');
  if (attribute !== null) return `<p>${attribute}</p>`;
  return [...section.querySelectorAll('aside.notes')].map(({ innerHTML }) => innerHTML).join('\n');
}

/** The text of an element with single blanks; where it begins a block, there is one. */
export function plainText(element: Element | null): string {
  if (element === null) return '';
  const copy = element.cloneNode(true) as Element;
  for (const unread of copy.querySelectorAll(NOT_READ)) unread.remove();
  for (const block of copy.querySelectorAll('p, li, h1, h2, h3, h4, h5, h6, td, th, pre, br, text, div'))
    block.after(' ');
  return copy.textContent.replace(/\s+/gu, ' ').trim();
}

function takeId({ section, h, v, isInStack }: Place, taken: Set<string>): string {
  const place = isInStack ? `slide-${h + 1}-${v + 1}` : `slide-${h + 1}`;
  return takeFreeName(section.id.trim() === '' ? place : section.id, taken);
}

/** The name, or the name with the first number that makes it free; remembers it. */
export function takeFreeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}-${number}`;
  taken.add(free);
  return free;
}
