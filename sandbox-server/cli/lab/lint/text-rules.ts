/** What is wrong with the text of a step, as far as a program can tell. Pure. */
import type { MdastNode } from 'satteri';
import type { LabProblem } from '../../../labs/lab.ts';
import type { LabSources, PlacedNode, StepText } from './lab-sources.ts';

/** What links of a step may lead to on the site. */
export interface SiteAddresses {
  readonly labs: ReadonlySet<string>;
  /** `author/lab`, as `/en/docs/author/lab/` has it. */
  readonly docs: ReadonlySet<string>;
}

export function judgeTexts({ steps }: LabSources, addresses: SiteAddresses): LabProblem[] {
  return steps.flatMap((step) => [
    ...step.nodes.flatMap((placed) => judgeNode(step, placed, addresses)),
    ...judgeHeadings(step),
  ]);
}

function judgeNode({ shown }: StepText, { node, line }: PlacedNode, addresses: SiteAddresses): LabProblem[] {
  const message = judgeFence(node) ?? judgeImage(node) ?? judgeLink(node, addresses);
  return message === undefined ? [] : [{ file: shown, line, message }];
}

function judgeFence(node: MdastNode): string | undefined {
  if (node.type !== 'code' || node.lang) return undefined;
  return 'The block has no language. Write one behind ```: bash, yaml, output, text.';
}

function judgeImage(node: MdastNode): string | undefined {
  if (node.type !== 'image' && node.type !== 'imageReference') return undefined;
  if ((node.alt ?? '').trim() !== '') return undefined;
  return 'The picture says nothing to those who do not see it. Write between the brackets what it shows: ![…](…).';
}

function judgeLink(node: MdastNode, addresses: SiteAddresses): string | undefined {
  if (node.type !== 'link' && node.type !== 'definition') return undefined;
  const { url } = node;
  if (node.type === 'link' && textOf(node).trim() === '') return `The link to ${url} has no text. Say where it leads.`;
  if (/^https:\/\//u.test(url)) return URL.canParse(url) ? undefined : `"${url}" is no address.`;
  if (/^http:\/\//u.test(url)) return `Write https: ${url.replace('http:', 'https:')}.`;
  if (/^(mailto:|#)/u.test(url)) return undefined;
  const page = /^\/(?:en|fr)\/(?<part>labs|docs)\/(?<name>.*?)\/?(?:#.*)?$/u.exec(url)?.groups;
  if (!page) return `"${url}" leads nowhere. Write https://…, or an address of the site such as /en/labs/first-steps/.`;
  const { part = '', name = '' } = page;
  const known = part === 'labs' ? addresses.labs : addresses.docs;
  return name === '' || known.has(name) ? undefined : `"${url}" leads nowhere: there is no such page in ${part}.`;
}

/** The title of the step is above them: they begin with ## and leave none out. */
function judgeHeadings({ shown, nodes }: StepText): LabProblem[] {
  const problems: LabProblem[] = [];
  let above = 1;
  for (const { node, line } of nodes) {
    if (node.type !== 'heading') continue;
    const { depth } = node;
    if (textOf(node).trim() === '') problems.push({ file: shown, line, message: 'The heading is empty. Delete it.' });
    if (depth === 1) problems.push({ file: shown, line, message: 'The title stands above. Write ## for a heading.' });
    if (depth > above + 1) {
      const message = `The heading is too deep. Write ${'#'.repeat(above + 1)} for it.`;
      problems.push({ file: shown, line, message });
    }
    above = Math.max(depth, 2);
  }
  return problems;
}

function textOf(node: MdastNode): string {
  if ('children' in node) return node.children.map(textOf).join('');
  if (node.type === 'image') return node.alt ?? '';
  return 'value' in node ? node.value : '';
}
