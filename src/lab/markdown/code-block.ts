/** A code block of a step as HTML, highlighted at build time. Buttons come with the page's script, in the page's language. */
import { bundledLanguages, codeToHtml, createCssVariablesTheme } from 'shiki';
import type { Fence } from '../../../sandbox-server/protocol/fence.ts';
import { escapeAttribute } from './escape.ts';

/** Names variables instead of colours; `src/styles/code.css` fills them for every highlighted block of the site. */
const theme = createCssVariablesTheme({ name: 'css-variables', variablePrefix: '--astro-code-' });

export interface CodeBlock {
  readonly source: string;
  /** The first word of the fence's info string. */
  readonly language: string;
  readonly fence: Exclude<Fence, { kind: 'diagram' }>;
  /** What a click on it names; null for a block that is only read and copied. */
  readonly id: string | null;
}

/** A figure around Shiki's `pre`. */
export async function renderCodeBlock({ source, language, fence, id }: CodeBlock): Promise<string> {
  const lang = language in bundledLanguages ? language : 'text';
  const html = await codeToHtml(source, { lang, theme });
  if (fence.kind === 'output')
    return `<figure class="block block-output"${fence.isAgain ? ' data-again' : ''}>${html}</figure>`;
  return `<figure class="block"${attributesOf(fence, id)} data-copy>${html}</figure>`;
}

function attributesOf(fence: CodeBlock['fence'], id: string | null): string {
  if (fence.kind === 'run')
    return ` data-block="${id}"${fence.terminal > 1 ? ` data-terminal="${fence.terminal}"` : ''}`;
  return fence.kind === 'save' ? ` data-save="${id}" data-path="${escapeAttribute(fence.path)}"` : '';
}
