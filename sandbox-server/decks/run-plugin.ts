/** reveal.js's own Markdown plugin, run on a document of jsdom: what it makes in a browser it makes here. */
import { JSDOM } from 'jsdom';
import createMarkdownPlugin from 'reveal.js/plugin/markdown';
import type { RevealApi } from 'reveal.js';
import type { Separators } from './deck.ts';
import type { MarkdownOptions } from './reveal-options.ts';
import type { MaskedBody } from './separators.ts';

/** The `.slides` element of a document of its own, with the slides in it. */
export async function runMarkdownPlugin(
  { body, unmask }: Pick<MaskedBody, 'body' | 'unmask'>,
  separators: Separators,
  markdown: MarkdownOptions,
): Promise<Element> {
  const { window } = new JSDOM('<div class="reveal"><div class="slides"></div></div>');
  const reveal = requireElement(window.document, '.reveal');
  const slides = requireElement(window.document, '.slides');
  // The plugin asks the browser for nothing but the number of a comment node.
  globalThis.Node ??= window.Node;
  const plugin = createMarkdownPlugin();
  await plugin.init?.(playReveal(reveal, markdown));
  slides.innerHTML = unmask(
    plugin.slidify(body, {
      separator: separators.separator,
      verticalSeparator: separators.verticalSeparator ?? null,
      notesSeparator: separators.notesSeparator,
    }),
  );
  await plugin.convertSlides();
  return slides;
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
