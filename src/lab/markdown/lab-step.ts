/**
 * What a step's Markdown becomes: code blocks with the marks that Run, Save and Copy are hung on, diagrams, questions, hints
 * that open, and the place of the check. A plugin of Sätteri, Astro's Markdown processor; `astro.config.mjs` names it. Blocks
 * are counted as the server counts them, in the order of the document, since a click says only which block it was.
 */
import { defineMdastPlugin, type PluginFactoryContext } from 'satteri';
import { blockId, decodeFence, saveId, type Fence } from '../../../sandbox-server/protocol/fence.ts';
import { stepFileName } from '../../../sandbox-server/protocol/lab.ts';
import { isQuestionKind } from '../../../sandbox-server/protocol/question.ts';
import { renderCodeBlock } from './code-block.ts';
import { renderDiagram } from './diagram.ts';
import { escapeAttribute } from './escape.ts';
import { makeQuestion } from './question.ts';

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
  const headings = new Set<string>();
  const nextId = makeCounter(stepNumber);
  return defineMdastPlugin({
    name: 'lab-step',
    async code(node) {
      const result = decodeFence(node.lang, node.meta);
      if (!result.ok) throw new Error(`A block of ${node.lang ?? 'code'}: ${result.message}`);
      const { fence } = result;
      if (fence.kind === 'diagram') return { type: 'html', value: await renderDiagram(node.value, fence.alt) };
      /* Counted before anything is waited for, or blocks would get the numbers of those that were ready first. */
      const block = { source: node.value, language: node.lang ?? 'text', fence, id: nextId(fence) };
      return { type: 'html', value: await renderCodeBlock(block) };
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
      if (isQuestionKind(node.name)) {
        return makeQuestion({ kind: node.name, name: node.attributes?.['name'] ?? '', children: node.children });
      }
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

/** Ids of what a click names, in the order of the document. */
function makeCounter(stepNumber: number): (fence: Fence) => string | null {
  let [runs, saves] = [0, 0];
  return ({ kind }) => {
    if (kind === 'run') return blockId(stepNumber, (runs += 1));
    return kind === 'save' ? saveId(stepNumber, (saves += 1)) : null;
  };
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
