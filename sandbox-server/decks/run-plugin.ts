/** reveal.js's own Markdown plugin, run on a document of jsdom: what it makes in a browser it makes here. */
import { JSDOM } from 'jsdom';
import createMarkdownPlugin, { type MarkdownSlidifyOptions } from 'reveal.js/plugin/markdown';
import type { RevealApi } from 'reveal.js';
import type { Separators } from './deck.ts';
import type { MarkdownOptions } from './reveal-options.ts';
import type { MaskedBody } from './separators.ts';

export interface PluginSlides {
  /** The `.slides` element of a document of its own, with the slides in it. */
  readonly slides: Element;
  /** The slides of the file in its order, without the sections that an author may have written into them. */
  readonly leaves: readonly Element[];
}

/** Splits the text and turns each slide's Markdown into elements. */
export async function runMarkdownPlugin(
  { body, unmask }: Pick<MaskedBody, 'body' | 'unmask'>,
  separators: Separators,
  markdown: MarkdownOptions,
): Promise<PluginSlides> {
  const { window } = new JSDOM('<div class="reveal"><div class="slides"></div></div>');
  const reveal = requireElement(window.document, '.reveal');
  const slides = requireElement(window.document, '.slides');
  // The plugin asks the browser for nothing but the number of a comment node.
  globalThis.Node ??= window.Node;
  const fill = async (options: MarkdownOptions) => {
    const plugin = createMarkdownPlugin();
    await plugin.init?.(playReveal(reveal, options));
    slides.innerHTML = unmask(plugin.slidify(body, asAttributes(separators)));
    const leaves = [...slides.querySelectorAll('section[data-markdown]')];
    await plugin.convertSlides();
    return leaves;
  };
  try {
    return { slides, leaves: await fill(markdown) };
  } catch (error) {
    // The plugin's own way to make fragments of list items fails where a list is in a list.
    if (markdown.animateLists !== true) throw error;
    const leaves = await fill({ ...markdown, animateLists: false });
    for (const item of slides.querySelectorAll('li')) item.classList.add('fragment');
    return { slides, leaves };
  }
}

function asAttributes({ separator, verticalSeparator, notesSeparator }: Separators): MarkdownSlidifyOptions {
  return { separator, verticalSeparator: verticalSeparator ?? null, notesSeparator };
}
/** The plugin asks the reveal.js instance for two things only. */
function playReveal(reveal: Element, markdown: MarkdownOptions): RevealApi {
  const instance: Pick<RevealApi, 'getConfig' | 'getRevealElement'> = {
    getConfig: () => ({ markdown }),
    getRevealElement: () => reveal as HTMLElement,
  };
  return instance as RevealApi;
}

function requireElement(document: Document, selector: string): Element {
  const element = document.querySelector(selector);
  if (element === null) throw new Error(`The deck's document has no ${selector}.`);
  return element;
}
