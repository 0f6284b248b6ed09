/**
 * How each difference that we mean takes itself out of a comparison with reveal.js. A rule touches nothing but what its
 * difference is about; what is left must be equal.
 */
import { decodePoll } from '../../sandbox-server/decks/polls.ts';
import { classesOf, mapTree, textOf, type TreeNode } from './tree.ts';

export interface RuleContext {
  /** Address in the site → address that the author wrote. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Gives back what a fence had masked. */
  readonly unmask: (text: string) => string;
}

export interface Rule {
  /** Of the difference in `differences.ts`. */
  readonly name: string;
  readonly onReference?: (tree: TreeNode, context: RuleContext) => TreeNode;
  readonly onOurs?: (tree: TreeNode, context: RuleContext) => TreeNode;
}

const both = (name: string, change: (tree: TreeNode, context: RuleContext) => TreeNode): Rule => ({
  name,
  onReference: change,
  onOurs: change,
});

function without({ attributes }: TreeNode, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
}

/** Code as its text, its classes without those of colouring, and its highlighted lines. */
function plainCode(code: TreeNode): TreeNode {
  const rows = findAll(code, (each) => each.name === 'tr' || classesOf(each).includes('line'));
  const lines = rows.length > 0 ? rows : textOf(code).replace(/\n$/u, '').split('\n');
  const lit = rows.flatMap((row, index) => (classesOf(row).includes('highlight-line') ? [index + 1] : []));
  const own = classesOf(code).filter((each) => !/^(?:hljs|coloured|language-.*|has-highlights)$/u.test(each));
  const shown = without(code, ['class', 'style', 'data-highlighted']);
  const text = lines.map((line) => textOf(line).replace(/\s+$/u, '')).join('\n');
  return {
    name: 'code',
    attributes: { ...shown, class: own.toSorted().join(' '), lines: lit.join(',') },
    children: [text.replace(/\s+$/u, '')],
  };
}

function findAll(node: TreeNode, isWanted: (each: TreeNode) => boolean): TreeNode[] {
  return node.children.flatMap((child) => {
    if (typeof child === 'string') return [];
    return [...(isWanted(child) ? [child] : []), ...findAll(child, isWanted)];
  });
}

function plainPre(node: TreeNode): TreeNode {
  if (!classesOf(node).includes('code-wrapper')) return node;
  const children = node.children.map((child) =>
    typeof child === 'string' || child.name !== 'code' ? child : plainCode(child),
  );
  return { ...node, attributes: without(node, ['tabindex']), children };
}

const KEPT_OF_PICTURE = /^(?:id|class|style|data-(?!src|lazy))/u;

function plainPicture(node: TreeNode): TreeNode {
  const isStand = classesOf(node).includes('picture-missing');
  if (node.name !== 'img' && !isStand) return node;
  const kept = Object.entries(node.attributes).filter(([name]) => KEPT_OF_PICTURE.test(name));
  const own = classesOf(node)
    .filter((each) => each !== 'picture-missing')
    .join(' ');
  const words = isStand ? textOf(node) : node.attributes['alt'] || (node.attributes['src'] ?? '');
  return { name: 'picture', attributes: { ...Object.fromEntries(kept), class: own }, children: [words] };
}

function numberIds(tree: TreeNode): TreeNode {
  const taken = new Set<string>();
  const numbered = (node: TreeNode): TreeNode => {
    const id = node.attributes['id'] ?? '';
    if (node.name !== 'section' || id === '') return node;
    let free = id;
    for (let number = 2; taken.has(free); number += 1) free = `${id}-${number}`;
    taken.add(free);
    return { ...node, attributes: { ...node.attributes, id: free } };
  };
  return mapTree(tree, numbered);
}

const hasIcon = (node: TreeNode) => classesOf(node).some((each) => /^fa-/u.test(each));

function plainTerminal(node: TreeNode): TreeNode | readonly (TreeNode | string)[] {
  if (classesOf(node).includes('terminal-still')) return [];
  if (node.name === 'podium-terminal') return { ...node, children: [] };
  const inner = node.children.filter((child) => typeof child !== 'string' || child.trim() !== '');
  const only = inner.length === 1 ? inner[0] : undefined;
  return node.name === 'p' && typeof only === 'object' && only.name === 'podium-terminal' ? only : node;
}

/** What a fence `poll` becomes, from the fence that reveal.js leaves as code. */
function pollOfFence(node: TreeNode): TreeNode | readonly TreeNode[] {
  const [code] = node.children;
  if (node.name !== 'pre' || typeof code !== 'object' || !classesOf(code).includes('poll')) return node;
  const poll = decodePoll(textOf(code));
  if (!poll) return node;
  const kind: Record<string, string> = poll.isMulti ? { 'data-poll-kind': 'multi' } : {};
  const answers = poll.answers.map((answer) => ({ name: 'li', attributes: {}, children: [answer] }));
  const list = { name: 'ul', attributes: kind, children: answers };
  const question = { name: 'p', attributes: { class: 'poll-question' }, children: [poll.question] };
  return poll.question === '' ? list : [question, list];
}

const plainPoll = (node: TreeNode): TreeNode =>
  node.name === 'ul' ? { ...node, attributes: without(node, ['data-poll']) } : node;

/** In this order: what a later one looks at is as its author wrote it. */
export const rules: readonly Rule[] = [
  // The author's page is given the text behind the head, and the separators: see `compare.ts`.
  { name: 'front-matter' },
  { name: 'separators' },
  {
    name: 'fences',
    onReference: (tree, { unmask }) => JSON.parse(unmask(JSON.stringify(tree))) as TreeNode,
  },
  both('code', (tree) => mapTree(tree, plainPre)),
  {
    name: 'pictures',
    onReference: (tree) => mapTree(tree, plainPicture),
    onOurs: (tree, { addresses }) =>
      mapTree(tree, (node) => {
        const written = Object.entries(node.attributes).map(([name, value]) => [name, addresses.get(value) ?? value]);
        return plainPicture({ ...node, attributes: Object.fromEntries(written) as Record<string, string> });
      }),
  },
  {
    name: 'icons',
    onOurs: (tree) =>
      mapTree(tree, (node) => {
        if (!hasIcon(node)) return node;
        const children = node.children.filter((child) => typeof child === 'string' || child.name !== 'svg');
        return { ...node, attributes: without(node, ['aria-hidden']), children };
      }),
    onReference: (tree) =>
      mapTree(tree, (node) => (hasIcon(node) ? { ...node, attributes: without(node, ['aria-hidden']) } : node)),
  },
  { name: 'ids', onReference: numberIds },
  {
    name: 'live',
    onReference: (tree) => mapTree(mapTree(tree, plainTerminal), pollOfFence),
    onOurs: (tree) => mapTree(mapTree(tree, plainTerminal), plainPoll),
  },
  both('leftovers', (tree) =>
    mapTree(tree, (node) => {
      if (node.name === 'script') return [];
      return { ...node, attributes: without(node, ['data-markdown', 'data-markdown-parsed']) };
    }),
  ),
  // The author's page has the plugin where we have found math; what it makes is compared as it is.
  { name: 'math' },
];
