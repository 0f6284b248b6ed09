/** A code block of a step as HTML, highlighted at build time. Buttons come with the page's script, in the page's language. */
import { bundledLanguages, codeToHtml, createCssVariablesTheme } from 'shiki';

/** Names variables instead of colours; `src/styles/code.css` fills them for every highlighted block of the site. */
const theme = createCssVariablesTheme({ name: 'css-variables', variablePrefix: '--astro-code-' });

export interface CodeBlock {
  readonly source: string;
  /** The first word of the fence's info string; `output` is what the learner should see. */
  readonly language: string;
  /** The id that Run sends; null for a block that is only read and copied. */
  readonly id: string | null;
}

/** A figure around Shiki's `pre`. */
export async function renderCodeBlock({ source, language, id }: CodeBlock): Promise<string> {
  const isOutput = language === 'output';
  const lang = language in bundledLanguages ? language : 'text';
  const html = await codeToHtml(source, { lang, theme });
  if (isOutput) return `<figure class="block block-output">${html}</figure>`;
  const run = id === null ? '' : ` data-block="${id}"`;
  return `<figure class="block"${run} data-copy>${html}</figure>`;
}
