/** A deck's Markdown as the HTML of its slides: reveal.js's plugin makes the tree, then our differences are applied. */
import { colourCode } from './colour-code.ts';
import type { DeckPicture, DeckSource, DeckWarning, RenderedDeck } from './deck.ts';
import { decodeFrontMatter, type DeckSettings } from './front-matter.ts';
import { drawIcons } from './icons.ts';
import { dropLeftovers } from './leftovers.ts';
import { hasMath, setMath } from './math.ts';
import { placePictures } from './pictures.ts';
import { makePolls } from './polls.ts';
import { runMarkdownPlugin } from './run-plugin.ts';
import { chooseSeparators, maskFences, splitSlides } from './separators.ts';
import { numberRepeatedIds } from './slide-ids.ts';
import { leavesOf, placesOf, readSlides } from './slides.ts';
import { adviseOnSource } from './source-advice.ts';
import { createTelling, type Telling } from './telling.ts';
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
  const texts = splitSlides(masked.body, separators);
  const made = await runMarkdownPlugin(masked, separators, settings.markdown);
  const { slides } = made;
  const leaves = new Map(made.leaves.map((leaf, index) => [leaf, texts[index]?.line ?? 0]));
  const telling = createTelling({ file: source.file, body, bodyLine, leaves });
  adviseOnSource({ masked, slides: texts, separators }, telling);
  const applied = await applyDifferences(slides, { source, settings, telling });
  return {
    ok: true,
    deck: {
      html: slides.innerHTML,
      slides: readSlides(slides, (slide) => telling.lineOf(slide)),
      hiddenCount: leavesOf(slides).length - placesOf(slides).length,
      settings,
      hasTerminal: slides.querySelector('podium-terminal') !== null,
      ...applied,
      warnings: [...head.warnings, ...telling.warnings].toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
      separators,
    },
  };
}

interface Applying {
  readonly source: DeckSource;
  readonly settings: DeckSettings;
  readonly telling: Telling;
}

/** What we do otherwise than reveal.js with its plugins, in the order in which one needs the other. */
async function applyDifferences(
  slides: Element,
  { source, settings, telling }: Applying,
): Promise<{ hasMath: boolean; pictures: DeckPicture[] }> {
  const { pictureOf = () => undefined, captionOf = () => undefined } = source;
  const isMath = settings.math ?? hasMath(slides);
  numberRepeatedIds(slides, telling);
  makePolls(slides);
  await colourCode(slides, telling);
  dropLeftovers(slides);
  if (isMath) setMath(slides, telling);
  drawIcons(slides, telling);
  const pictures = placePictures(slides, (address) => pictureOf(address, settings.base), telling);
  addTerminalStills(slides, captionOf);
  return { hasMath: isMath, pictures };
}
