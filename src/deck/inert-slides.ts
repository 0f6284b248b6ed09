/** Slides that are not shown take no focus and are not read out; in the overview all of them can be chosen. */
import type { RevealApi } from 'reveal.js';

export function keepHiddenSlidesInert(deck: RevealApi, slides: readonly HTMLElement[]): void {
  const update = (): void => {
    const current = deck.getCurrentSlide();
    const isOverview = deck.isOverview();
    for (const slide of slides) slide.inert = !isOverview && slide !== current;
  };
  for (const event of ['slidechanged', 'overviewshown', 'overviewhidden']) deck.on(event, update);
  update();
}
