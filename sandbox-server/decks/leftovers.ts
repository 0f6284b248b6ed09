/** What only the plugin's own run needs, and what a browser would run that reveal.js would not have. */

/** The plugin's marks, with which it would begin anew in the browser. */
const MARKS = ['data-markdown', 'data-markdown-parsed'];

/** Scripts are inert where the plugin writes them; in the page that we build they would run. */
export function dropLeftovers(slides: Element): void {
  for (const element of slides.querySelectorAll('[data-markdown]')) {
    for (const name of MARKS) element.removeAttribute(name);
  }
  for (const script of slides.querySelectorAll('script')) script.remove();
}
