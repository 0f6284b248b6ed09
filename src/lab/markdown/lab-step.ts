/**
 * What a step's Markdown becomes: code blocks with the marks that Run and Copy are hung on, hints that open, and the place
 * of the check. A plugin of Sätteri, Astro's Markdown processor; `astro.config.mjs` names it. Run blocks are counted as the
 * server counts them, in the order of the document, since a click says only which block it was.
 */
import { defineMdastPlugin, type PluginFactoryContext } from 'satteri';
import { blockId, decodeFence } from '../../../sandbox-server/protocol/fence.ts';
import { stepFileName } from '../../../sandbox-server/protocol/lab.ts';
import { renderCodeBlock } from './code-block.ts';

const stepPath = /\/labs\/[^/]+\/steps\/([^/]+)$/;

/** The plugin for one document; null leaves every file alone that is not a step of a lab. */
export function labStepMarkdown({
  fileURL,
}: Pick<PluginFactoryContext, 'fileURL'>): ReturnType<typeof makePlugin> | null {
  const fileName = stepPath.exec(decodeURIComponent(fileURL?.pathname ?? ''))?.[1] ?? '';
  const groups = stepFileName.exec(fileName)?.groups;
  if (groups === undefined) return null;
  return makePlugin(Number(groups['number']), groups['language'] === 'fr' ? 'Indice' : 'Hint');
}

function makePlugin(stepNumber: number, hintTitle: string) {
  let runBlocks = 0;
  const headings = new Set<string>();
  return defineMdastPlugin({
    name: 'lab-step',
    async code(node) {
      /* Counted before anything is waited for, or blocks would get the numbers of those that were ready first. */
      const result = decodeFence(node.lang, node.meta);
      const id = result.ok && result.fence.kind === 'run' ? blockId(stepNumber, (runBlocks += 1)) : null;
      return { type: 'html', value: await renderCodeBlock({ source: node.value, language: node.lang ?? 'text', id }) };
    },
    heading(node, context) {
      const id = uniqueId(`step-${stepNumber}-${slugOf(context.textContent(node))}`, headings);
      context.setProperty(node, 'data', { ...node.data, hProperties: { id } });
      /* The page gives h1 to the lab and h2 to the step. */
      context.setProperty(node, 'depth', Math.min(node.depth + 1, 6) as typeof node.depth);
    },
    leafDirective(node) {
      const check = node.name === 'check' ? node.attributes?.['name'] : undefined;
      if (!check) return undefined;
      return { type: 'html', value: `<div class="check" data-check="${escapeAttribute(check)}"></div>` };
    },
    containerDirective(node, context) {
      if (node.name !== 'hint') return undefined;
      const [first] = node.children;
      if (first?.type === 'paragraph' && first.data?.directiveLabel === true) {
        context.setProperty(first, 'data', { hName: 'summary' });
      } else {
        context.prependChild(node, {
          type: 'paragraph',
          data: { hName: 'summary' },
          children: [{ type: 'text', value: hintTitle }],
        });
      }
      context.setProperty(node, 'data', { hName: 'details', hProperties: { className: ['hint'] } });
      return undefined;
    },
  });
}

/** Steps stand on one page, so a heading's id begins with its step's. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}

function uniqueId(wanted: string, taken: Set<string>): string {
  let id = wanted;
  for (let count = 2; taken.has(id); count += 1) id = `${wanted}-${count}`;
  taken.add(id);
  return id;
}

function escapeAttribute(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
