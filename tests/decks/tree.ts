/** A slide's elements as plain values that can be compared, and as lines that a human can. */

export interface TreeNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (TreeNode | string)[];
}

/** Runs in the page: what is below `root`. Must name nothing outside of itself. */
export function readTree(root: Element): TreeNode {
  const children: (TreeNode | string)[] = [];
  const source = root instanceof HTMLTemplateElement ? root.content : root;
  for (const child of source.childNodes) {
    const last = children.at(-1);
    if (child instanceof Element) children.push(readTree(child));
    else if (!(child instanceof Text)) continue;
    else if (typeof last === 'string') children[children.length - 1] = last + child.data;
    else if (child.data !== '') children.push(child.data);
  }
  // How large text is that is to fill its slide is found out later, by the size of the window.
  const isFitted = root.classList.contains('r-fit-text');
  const names = root
    .getAttributeNames()
    .filter((name) => !(isFitted && name === 'style'))
    .toSorted();
  return {
    name: root.localName,
    attributes: Object.fromEntries(names.map((name) => [name, root.getAttribute(name) ?? ''])),
    children,
  };
}

/** The node with `change` done to each node below it, the innermost first. Undefined takes a node away. */
export function mapTree(
  node: TreeNode,
  change: (node: TreeNode) => TreeNode | readonly (TreeNode | string)[],
): TreeNode {
  const visit = (each: TreeNode): TreeNode | readonly (TreeNode | string)[] =>
    change({ ...each, children: each.children.flatMap((child) => (typeof child === 'string' ? child : visit(child))) });
  return {
    ...node,
    children: joinTexts(node.children.flatMap((child) => (typeof child === 'string' ? child : visit(child)))),
  };
}

function joinTexts(children: readonly (TreeNode | string)[]): (TreeNode | string)[] {
  const joined: (TreeNode | string)[] = [];
  for (const child of children) {
    const last = joined.at(-1);
    if (typeof child === 'string' && typeof last === 'string') joined[joined.length - 1] = last + child;
    else joined.push(typeof child === 'string' ? child : { ...child, children: joinTexts(child.children) });
  }
  return joined;
}

export function textOf(node: TreeNode | string): string {
  return typeof node === 'string' ? node : node.children.map(textOf).join('');
}

export function classesOf({ attributes }: TreeNode): string[] {
  return (attributes['class'] ?? '').split(/\s+/u).filter((each) => each !== '');
}

/** One line an element or text; lines are equal when the trees are. */
export function printTree(node: TreeNode, depth = 0): string[] {
  const indent = '  '.repeat(depth);
  const attributes = Object.entries(node.attributes)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  const children = node.children.flatMap((child) => {
    if (typeof child !== 'string') return printTree(child, depth + 1);
    return child.trim() === '' ? [] : [`${indent}  ${JSON.stringify(child)}`];
  });
  return [`${indent}<${node.name}${attributes.join('')}>`, ...children];
}
