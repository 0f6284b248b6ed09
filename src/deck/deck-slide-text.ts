/** The words of a piece of our own HTML, for search and for notes in plain text. */
import { JSDOM } from 'jsdom';

export function textOfHtml(html: string): string {
  return JSDOM.fragment(html).textContent.replace(/\s+/g, ' ').trim();
}
