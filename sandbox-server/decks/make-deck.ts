/** A deck's Markdown as the HTML of its slides: reveal.js's plugin makes the tree, then our differences are applied. */
import { colourCode } from './colour-code.ts';
import type { DeckSource, DeckWarning, RenderedDeck } from './deck.ts';
import { decodeFrontMatter } from './front-matter.ts';
import { dropLeftovers } from './leftovers.ts';
import { makePolls } from './polls.ts';
import { runMarkdownPlugin } from './run-plugin.ts';
import { chooseSeparators, maskFences, slideLines } from './separators.ts';
import { leavesOf, placesOf, readSlides } from './slides.ts';
import { addTerminalStills } from './terminal-still.ts';

export type MakeResult =
  | { readonly ok: true; readonly deck: RenderedDeck }
  /** The front matter cannot be read. */
  | { readonly ok: false; readonly problem: DeckWarning };

/** Makes the slides of a deck; the same source gives the same HTML. Never throws for what an author wrote. */
export async function makeDeck(source: DeckSource): Promise<MakeResult> {
  const head = decodeFrontMatter(source.source, source.file);
  if (!head.ok) return head;
  const { settings, body, bodyLine } = head;
  const separators = chooseSeparators(body, settings, source.siteDefaults);
  const masked = maskFences(body, separators);
  const slides = await runMarkdownPlugin(masked, separators, settings.markdown);
  const lines = slideLines(masked.body, separators);
  const leaves = new Map(leavesOf(slides).map((leaf, index) => [leaf, (lines[index] ?? 0) + bodyLine]));

  dropLeftovers(slides);
  makePolls(slides);
  await colourCode(slides);
  addTerminalStills(slides, source.captionOf ?? (() => undefined));
  return {
    ok: true,
    deck: {
      html: slides.innerHTML,
      slides: readSlides(slides, (leaf) => leaves.get(leaf) ?? bodyLine),
      hiddenCount: leaves.size - placesOf(slides).length,
      settings,
      hasTerminal: slides.querySelector('podium-terminal') !== null,
      hasMath: false,
      pictures: [],
      warnings: head.warnings,
      separators,
    },
  };
}
