/** Colours the code of slides at build time, and lays out its highlighted lines as reveal.js's own plugin does. */
import { bundledLanguages, codeToHtml, createCssVariablesTheme, type BundledLanguage } from 'shiki';

/** Shiki writes variables, code.css fills them with tokens: both themes from one markup. */
const theme = createCssVariablesTheme({ variablePrefix: '--astro-code-' });

/** Replaces the text of every code block below `root` by coloured lines. */
export async function colourCode(root: Element): Promise<void> {
  for (const code of root.querySelectorAll('pre > code')) {
    const lines = await colouredLines(code.textContent, code.className.trim());
    const pre = code.parentElement;
    if (pre === null) continue;
    pre.classList.add('code-wrapper');
    pre.setAttribute('tabindex', '0');
    code.className = 'coloured';
    code.innerHTML = lines.join('\n');
    if (code.hasAttribute('data-line-numbers')) showLineSteps(pre, code);
  }
}

async function colouredLines(text: string, language: string): Promise<string[]> {
  const lang = language in bundledLanguages ? (language as BundledLanguage) : 'text';
  const html = await codeToHtml(text.replace(/\n$/, ''), { lang, theme });
  const inner = /<code>(.*)<\/code>/s.exec(html)?.[1] ?? '';
  return inner.split('\n');
}

/** `1|3-4` shows line 1 first and lines 3 and 4 at the next key: one copy of the code a step, as fragments. */
function showLineSteps(pre: Element, code: Element): void {
  const first = Number(code.getAttribute('data-ln-start-from') ?? '1');
  code.setAttribute('style', `counter-reset: line ${first - 1}`);
  const steps = lineSteps(code.getAttribute('data-line-numbers') ?? '');
  const copies = steps.map((_step, index) => (index === 0 ? code : (code.cloneNode(true) as Element)));
  copies.forEach((copy, index) => {
    markLines(copy, steps[index] ?? new Set());
    if (index === 0) return;
    copy.classList.add('fragment');
    pre.append(copy);
  });
}

/** The lines of each step; an empty set highlights nothing, and so all. */
export function lineSteps(attribute: string): Set<number>[] {
  return attribute.split('|').map((step) => {
    const lines = new Set<number>();
    for (const range of step.split(',')) {
      const [from, to = from] = range.trim().split('-').map(Number);
      if (!from || !to) continue;
      for (let line = from; line <= to; line += 1) lines.add(line);
    }
    return lines;
  });
}

function markLines(code: Element, lines: Set<number>): void {
  code.classList.toggle('has-highlights', lines.size > 0);
  [...code.querySelectorAll('.line')].forEach((line, index) => {
    line.classList.toggle('highlight-line', lines.has(index + 1));
  });
}
