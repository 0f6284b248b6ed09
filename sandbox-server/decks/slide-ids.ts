/** Ids that an author gave to more than one slide: an address must lead to one of them. */
import { takeFreeName } from './slides.ts';
import type { Telling } from './telling.ts';

/** The first keeps its id, the others get a number behind it. */
export function numberRepeatedIds(slides: Element, telling: Telling): void {
  const taken = new Set<string>();
  for (const slide of slides.querySelectorAll('section[id]')) {
    // Hidden slides are taken away by reveal.js, and with them their ids.
    if (slide.id === '' || slide.closest('[data-visibility="hidden"]') !== null) continue;
    const { id } = slide;
    const free = takeFreeName(id, taken);
    if (free === id) continue;
    slide.id = free;
    telling.warnAt(slide, `"${id}"`, `The id "${id}" is taken by an earlier slide; this one is "${free}".`);
  }
}
