/**
 * A deck: one Markdown file, or a folder with its pictures, made into slides at build time by the code of reveal.js's
 * own Markdown plugin. What we do otherwise stands in `differences.ts`. The site's build and the commands for authors
 * share this folder; nothing in it writes.
 */
import type { DeckSettings } from './front-matter.ts';
import type { TerminalCaption } from './terminal-still.ts';

/** What an author should know; never a reason not to show the deck. */
export interface DeckWarning {
  /** As messages name it: `decks/welcome.md`. */
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

/** One slide that reveal.js shows, in the order in which it shows them. Hidden ones are not among them. */
export interface Slide {
  /** The author's `id`, else its place: `slide-3`, in a stack `slide-3-2`. No two slides of a deck share one. */
  readonly id: string;
  /** As reveal.js counts, from 0: which column. */
  readonly h: number;
  /** Which slide of the column, from 0. */
  readonly v: number;
  /** Its first heading; empty where it has none. */
  readonly title: string;
  /** HTML; empty where the slide has none. */
  readonly notes: string;
  /** What one reads on it, without notes, as plain text with single blanks. */
  readonly text: string;
  /** Seconds that the author gives it (`data-timing`). */
  readonly timing: number | undefined;
  /** `uncounted`: shown, but not part of the slide number. */
  readonly visibility: 'uncounted' | undefined;
  /** The line of the file that it begins in. */
  readonly line: number;
}

/** A file that a deck shows, and the address under which the site must serve it. */
export interface DeckPicture {
  readonly path: string;
  readonly href: string;
}

export interface DeckSource {
  /** The whole file, with its front matter. */
  readonly source: string;
  /** As warnings name it. */
  readonly file: string;
  /** What the site says of all its decks; a deck's own front matter goes before it. */
  readonly siteDefaults?: DeckDefaults | undefined;
  /** Finds a picture by the address that the author wrote; undefined for one that there is not. */
  readonly pictureOf?: (address: string, base: string | undefined) => DeckPicture | undefined;
  /** What stands on paper below the terminal of a lab; undefined for a lab that there is not. */
  readonly captionOf?: (lab: string) => TerminalCaption | undefined;
}

/** Regular expressions as in reveal.js's `data-separator…`. */
export interface DeckDefaults {
  readonly separator?: string | undefined;
  readonly verticalSeparator?: string | undefined;
  readonly notesSeparator?: string | undefined;
}

export interface RenderedDeck {
  /** The `<section>` elements, for `.reveal .slides`. */
  readonly html: string;
  readonly slides: readonly Slide[];
  /** Slides with `data-visibility="hidden"`: in `html`, but reveal.js takes them away. */
  readonly hiddenCount: number;
  readonly settings: DeckSettings;
  readonly hasTerminal: boolean;
  readonly hasMath: boolean;
  readonly pictures: readonly DeckPicture[];
  readonly warnings: readonly DeckWarning[];
  /** The separators that split it, and whether they were recognised rather than named. */
  readonly separators: Separators;
}

export interface Separators {
  readonly separator: string;
  readonly verticalSeparator: string | undefined;
  readonly notesSeparator: string;
  /** Lines that were taken for vertical separators without being named: `--`, `----`, `___`. */
  readonly recognised: readonly string[];
}
