/** A code block of a step as HTML, highlighted at build time. Buttons come with the page's script, in the page's language. */
import { bundledLanguages, codeToHtml, createCssVariablesTheme, type ShikiTransformer } from 'shiki';
import type { Fence } from '../../../sandbox-server/protocol/fence.ts';
import { escapeAttribute } from './escape.ts';

/** Names variables instead of colours; `src/styles/code.css` fills them for every highlighted block of the site. */
const theme = createCssVariablesTheme({ name: 'css-variables', variablePrefix: '--astro-code-' });

/** Browsers break a line behind each hyphen, also behind the two of an option: `--` alone at its end reads as an option too. */
const hyphenated = /([^\s]*-[^\s]*)/;

type Part = Parameters<NonNullable<ShikiTransformer['span']>>[0]['children'][number];

/** Says how far a line is set in, for the part of it that does not fit; and keeps words with hyphens together. */
const wrapping: ShikiTransformer = {
  line(node, number) {
    const indent = /^ */.exec(this.source.split('\n')[number - 1] ?? '')?.[0].length ?? 0;
    if (indent > 0) node.properties['style'] = `--indent:${indent}ch`;
  },
  span(node) {
    node.children = node.children.flatMap((part) => (part.type === 'text' ? wordsOf(part.value) : [part]));
  },
};

function wordsOf(token: string): readonly Part[] {
  return token.split(hyphenated).map((value, index): Part => {
    if (index % 2 === 0) return { type: 'text', value };
    return { type: 'element', tagName: 'span', properties: { class: 'word' }, children: [{ type: 'text', value }] };
  });
}

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
  const html = await codeToHtml(source, { lang, theme, transformers: lang === 'text' ? [] : [wrapping] });
  if (fence.kind === 'output')
    return `<figure class="block block-output"${fence.isAgain ? ' data-again' : ''}>${html}</figure>`;
  return `<figure class="block"${attributesOf(fence, id)} data-copy>${html}</figure>`;
}

function attributesOf(fence: CodeBlock['fence'], id: string | null): string {
  if (fence.kind === 'run')
    return ` data-block="${id}"${fence.terminal > 1 ? ` data-terminal="${fence.terminal}"` : ''}`;
  return fence.kind === 'save' ? ` data-save="${id}" data-path="${escapeAttribute(fence.path)}"` : '';
}
