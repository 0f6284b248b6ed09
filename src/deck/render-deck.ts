/**
 * A deck's Markdown as the HTML of its slides, made at build time by the code of reveal.js's own Markdown plugin,
 * run on a document of jsdom: what reveal.js would show is what is shown.
 *
 * What we do otherwise: code is coloured here by Shiki instead of in the browser, a line of its own with `--`
 * separates vertical slides by default, and a live terminal has a still beside it.
 */
import { JSDOM } from 'jsdom';
import createMarkdownPlugin from 'reveal.js/plugin/markdown';
import type { RevealApi } from 'reveal.js';
import { highlightCode } from './highlight-code.ts';
import { addTerminalStills, type TerminalCaption } from './terminal-still.ts';

const DEFAULT_SEPARATOR = '\r?\n---\r?\n';
const DEFAULT_VERTICAL_SEPARATOR = '\r?\n--\r?\n';

export interface DeckSource {
  markdown: string;
  separator?: string | undefined;
  verticalSeparator?: string | undefined;
  notesSeparator?: string | undefined;
  /** What stands on paper below the terminal of a lab; undefined for a lab that there is not. */
  captionOf?: (lab: string) => TerminalCaption | undefined;
}

export interface RenderedSlide {
  title: string;
  /** HTML; empty where the slide has none. */
  notes: string;
  /** What one reads on it, as plain text. */
  text: string;
  /** Seconds that the author gives it (`data-timing`). */
  timing: number | undefined;
  /** As reveal.js counts, from 0. */
  h: number;
  v: number;
}

export interface RenderedDeck {
  /** The `<section>` elements, for `.reveal .slides`. */
  html: string;
  /** Every slide, vertical ones too, in the order in which they are shown. */
  slides: RenderedSlide[];
  hasTerminal: boolean;
}

/** Makes the slides of a deck; the same source gives the same HTML. */
export async function renderDeck(source: DeckSource): Promise<RenderedDeck> {
  const { window } = new JSDOM('<div class="reveal"><div class="slides"></div></div>');
  const reveal = requireElement(window.document, '.reveal');
  const slides = requireElement(window.document, '.slides');
  slides.append(makeDeckSection(window.document, source));
  await runMarkdownPlugin(window, reveal);
  for (const section of slides.querySelectorAll('[data-markdown]')) dropPluginMarks(section);
  await highlightCode(slides);
  addTerminalStills(slides, source.captionOf ?? (() => undefined));
  return {
    html: slides.innerHTML,
    slides: [...slides.querySelectorAll('section')]
      .filter((section) => !section.querySelector('section'))
      .map((section) => readSlide(section, slides)),
    hasTerminal: slides.querySelector('podium-terminal') !== null,
  };
}

function requireElement(document: Document, selector: string): Element {
  const element = document.querySelector(selector);
  if (element === null) throw new Error(`The deck's document has no ${selector}.`);
  return element;
}

/** The one section that the plugin splits, as an author of a reveal.js page would write it. */
function makeDeckSection(document: Document, source: DeckSource): Element {
  const section = document.createElement('section');
  section.setAttribute('data-markdown', '');
  section.setAttribute('data-separator', source.separator ?? DEFAULT_SEPARATOR);
  section.setAttribute('data-separator-vertical', source.verticalSeparator ?? DEFAULT_VERTICAL_SEPARATOR);
  if (source.notesSeparator !== undefined) section.setAttribute('data-separator-notes', source.notesSeparator);
  const template = document.createElement('script');
  template.setAttribute('type', 'text/template');
  template.textContent = source.markdown;
  section.append(template);
  return section;
}

/** The plugin asks the reveal.js instance for two things only, and the browser for `Node`. */
async function runMarkdownPlugin(window: JSDOM['window'], reveal: Element): Promise<void> {
  globalThis.Node ??= window.Node;
  const instance: Pick<RevealApi, 'getConfig' | 'getRevealElement'> = {
    getConfig: () => ({}),
    getRevealElement: () => reveal as HTMLElement,
  };
  await createMarkdownPlugin().init?.(instance as RevealApi);
}

/** Without its marks the plugin would have nothing to do if an author loaded it in the browser as well. */
function dropPluginMarks(section: Element): void {
  for (const name of ['data-markdown', 'data-markdown-parsed']) section.removeAttribute(name);
}

function readSlide(section: Element, slides: Element): RenderedSlide {
  const column = section.parentElement === slides ? section : section.parentElement;
  const timing = Number(section.getAttribute('data-timing') ?? NaN);
  return {
    h: [...slides.children].findIndex((child) => child === column),
    v: column === section ? 0 : [...(column?.children ?? [])].indexOf(section),
    text: section.textContent.replace(/\s+/g, ' ').trim(),
    timing: Number.isFinite(timing) ? timing : undefined,
    title: section.querySelector('h1, h2, h3')?.textContent.trim() ?? '',
    notes: section.getAttribute('data-notes') ?? section.querySelector('aside.notes')?.innerHTML ?? '',
  };
}
