/** Colours the code of slides at build time, and lays out its highlighted lines as reveal.js's own plugin does. */
import { bundledLanguages, codeToHtml, createCssVariablesTheme, type BundledLanguage } from 'shiki';
import type { Telling } from './telling.ts';

/** Shiki writes variables, code.css fills them with tokens: both themes from one markup. */
const theme = createCssVariablesTheme({ variablePrefix: '--astro-code-' });

/** Replaces the text of every code block below `root` by coloured lines. */
export async function colourCode(root: Element, telling: Telling): Promise<void> {
  for (const code of root.querySelectorAll('pre code')) {
    const pre = code.parentElement;
    if (pre === null) continue;
    if (code.classList.contains('mermaid')) telling.warnAt(code, 'mermaid', 'Mermaid is not drawn; the text is shown.');
    pre.classList.add('code-wrapper');
    pre.setAttribute('tabindex', '0');
    const lines = await linesOf(code);
    code.classList.add('coloured');
    code.innerHTML = lines.join('\n');
    if (code.hasAttribute('data-line-numbers')) showLineSteps(pre, code);
  }
}

/** The lines as HTML: coloured, or, where the author keeps markup of their own in code, as they are. */
async function linesOf(code: Element): Promise<string[]> {
  const template = code.querySelector('script[type="text/template"]');
  if (template !== null) code.textContent = template.innerHTML;
  if (code.hasAttribute('data-trim')) code.innerHTML = trimCode(code.innerHTML);
  if (code.hasAttribute('data-noescape')) {
    const lines = code.innerHTML.replace(/\n$/u, '').split('\n');
    return lines.map((line) => `<span class="line">${line}</span>`);
  }
  // Markup in the code of raw HTML is shown, not obeyed: as reveal.js's plugin has it.
  code.innerHTML = code.innerHTML.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return colouredLines(code.textContent, languageOf(code));
}

/** Without empty lines around it, and without the indentation that all lines share. */
function trimCode(html: string): string {
  const lines = html
    .replace(/^(?:[^\S\n]*\n)+/u, '')
    .replace(/\s+$/u, '')
    .split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const shared = Math.min(...indents, Infinity);
  return lines.map((line) => line.slice(shared === Infinity ? 0 : shared)).join('\n');
}

function languageOf(code: Element): BundledLanguage | 'text' {
  const names = [...code.classList].map((name) => name.replace(/^lang(?:uage)?-/u, '').toLowerCase());
  return names.find((name): name is BundledLanguage => Object.hasOwn(bundledLanguages, name)) ?? 'text';
}

async function colouredLines(text: string, lang: BundledLanguage | 'text'): Promise<string[]> {
  const html = await codeToHtml(text.replace(/\n$/, ''), { lang, theme });
  const inner = /<code>(.*)<\/code>/s.exec(html)?.[1] ?? '';
  return inner.split('\n');
}

/** `1|3-4` shows line 1 first and lines 3 and 4 at the next key: one copy of the code a step, as fragments. */
function showLineSteps(pre: Element, code: Element): void {
  const first = Number(code.getAttribute('data-ln-start-from') ?? '1');
  code.setAttribute('style', `counter-reset: line ${first - 1}`);
  const written = (code.getAttribute('data-line-numbers') ?? '').replace(/\s/gu, '').split('|');
  const firstIndex = Number.parseInt(code.getAttribute('data-fragment-index') ?? '', 10);
  if (written.length > 1) code.removeAttribute('data-fragment-index');
  const copies = written.map((_step, index) => (index === 0 ? code : (code.cloneNode(true) as Element)));
  copies.forEach((copy, index) => {
    const step = written[index] ?? '';
    copy.setAttribute('data-line-numbers', step);
    markLines(copy, linesOfStep(step));
    if (index === 0) return;
    copy.classList.add('fragment');
    if (!Number.isNaN(firstIndex)) copy.setAttribute('data-fragment-index', String(firstIndex + index - 1));
    pre.append(copy);
  });
}

/** The lines of each step; an empty set highlights nothing, and so all. */
export function lineSteps(attribute: string): Set<number>[] {
  return attribute.split('|').map(linesOfStep);
}

function linesOfStep(step: string): Set<number> {
  const lines = new Set<number>();
  for (const range of step.split(',')) {
    const [from, to = from] = range.trim().split('-').map(Number);
    if (!from || !to) continue;
    for (let line = from; line <= to; line += 1) lines.add(line);
  }
  return lines;
}

function markLines(code: Element, lines: Set<number>): void {
  code.classList.toggle('has-highlights', lines.size > 0);
  [...code.querySelectorAll('.line')].forEach((line, index) => {
    line.classList.toggle('highlight-line', lines.has(index + 1));
  });
}
