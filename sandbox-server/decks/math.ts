/** Math set by KaTeX when the site is built, by the rules and the code by which reveal.js's plugin does in the browser. */
import renderMathInElement from 'katex/contrib/auto-render';
import type { Telling } from './telling.ts';

/** As in reveal.js's KaTeX plugin. */
const RULES = {
  delimiters: [
    { left: '$$', right: '$$', display: true },
    { left: '$', right: '$', display: false },
    { left: '\\(', right: '\\)', display: false },
    { left: '\\[', right: '\\]', display: true },
  ],
  ignoredTags: ['script', 'noscript', 'style', 'textarea', 'pre', 'code'],
};

/**
 * Dollars that can only be math: `$$…$$`, or `$…$` as TeX writes it, without blanks inside the dollars, and with a sign
 * of TeX in it. Prices, shell prompts and `$PATH` are none.
 */
const IS_MATH =
  /\$\$[^$]+\$\$|(?<![\w$\\])\$(?![\s$])(?=[^$\n]*[\\^_=])[^$\n]*(?<![\s\\])\$(?!\w)|\\\([^)\n]+\\\)|\\\[[^\]]+\\\]/u;

/** Whether a deck that does not say so has math. */
export function hasMath(slides: Element): boolean {
  const copy = slides.cloneNode(true) as Element;
  for (const ignored of copy.querySelectorAll(RULES.ignoredTags.join(','))) ignored.remove();
  return IS_MATH.test(copy.textContent);
}

/** Sets the math below `slides`. What KaTeX cannot read stays as it was written, with a word to the author. */
export function setMath(slides: Element, telling: Telling): void {
  // KaTeX makes its elements in the browser's document, which is here for as long as it works.
  const before = Object.getOwnPropertyDescriptor(globalThis, 'document');
  Object.defineProperty(globalThis, 'document', { value: slides.ownerDocument, configurable: true, writable: true });
  try {
    renderMathInElement(slides as HTMLElement, {
      ...RULES,
      errorCallback: (message, error) => {
        const [, formula = '$'] = /`(?<formula>[^\n]+)/u.exec(message) ?? [];
        telling.warnAt(slides, formula.replace(/` with $/u, ''), `The math cannot be set: ${error.message}`);
      },
    });
  } finally {
    if (before === undefined) Reflect.deleteProperty(globalThis, 'document');
    else Object.defineProperty(globalThis, 'document', before);
  }
}
