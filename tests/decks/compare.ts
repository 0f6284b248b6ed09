/** One deck as reveal.js shows it and as we do: equal but for the differences that we mean. */
import type { DeckPicture } from '../../sandbox-server/decks/deck.ts';
import { decodeFrontMatter } from '../../sandbox-server/decks/front-matter.ts';
import { makeDeck } from '../../sandbox-server/decks/make-deck.ts';
import { chooseSeparators, maskFences } from '../../sandbox-server/decks/separators.ts';
import type { RevealPage } from './reveal-page.ts';
import { rules, type RuleContext } from './rules.ts';
import { printTree, type TreeNode } from './tree.ts';

export interface ComparedDeck {
  readonly name: string;
  readonly source: string;
  readonly pictureOf?: (address: string, base: string | undefined) => DeckPicture | undefined;
}

export interface Comparison {
  readonly name: string;
  /** False where reveal.js itself fails on the deck. */
  readonly isComparable: boolean;
  /** The differences that had to take themselves out. */
  readonly explained: readonly string[];
  /** Lines that only one has, with a sign before them; empty where nothing is unexplained. */
  readonly unexplained: readonly string[];
}

export async function compareDeck(page: RevealPage, deck: ComparedDeck): Promise<Comparison> {
  const addresses = new Map<string, string>();
  const pictureOf = (address: string, base: string | undefined) => {
    const picture = deck.pictureOf?.(address, base);
    if (picture) addresses.set(picture.href, address);
    return picture;
  };
  const made = await makeDeck({ source: deck.source, file: deck.name, pictureOf });
  const head = decodeFrontMatter(deck.source, deck.name);
  if (!made.ok || !head.ok) return unread(deck.name, ['- its front matter cannot be read']);
  const separators = chooseSeparators(head.body, head.settings);
  const masked = maskFences(head.body, separators);
  const { reference, ours } = await page.read({
    markdown: masked.body,
    separators: namedSeparators(separators),
    hasMath: made.deck.hasMath,
    markdownOptions: head.settings.markdown,
    html: made.deck.html,
  });
  if (reference === undefined) return { ...unread(deck.name, []), isComparable: false };
  const { explained, unexplained } = takeDifferencesOut(reference, ours, { addresses, unmask: masked.unmask });
  const before = [
    ...(head.bodyLine > 1 ? ['front-matter'] : []),
    ...(separators.recognised.length > 0 ? ['separators'] : []),
    ...(made.deck.hasMath ? ['math'] : []),
  ];
  return { name: deck.name, isComparable: true, explained: [...before, ...explained], unexplained };
}

function unread(name: string, unexplained: readonly string[]): Comparison {
  return { name, isComparable: true, explained: [], unexplained };
}

/** As attributes of the author's page: only what is not reveal.js's own default. */
function namedSeparators(separators: ReturnType<typeof chooseSeparators>): Record<string, string> {
  const defaults = chooseSeparators('', { reveal: {}, markdown: {} });
  const { separator, verticalSeparator, notesSeparator } = separators;
  return {
    ...(separator === defaults.separator ? {} : { 'data-separator': separator }),
    ...(verticalSeparator === undefined ? {} : { 'data-separator-vertical': verticalSeparator }),
    ...(notesSeparator === defaults.notesSeparator ? {} : { 'data-separator-notes': notesSeparator }),
  };
}

function takeDifferencesOut(reference: TreeNode, ours: TreeNode, context: RuleContext) {
  const explained: string[] = [];
  let [left, right] = [reference, ours];
  for (const { name, onReference, onOurs } of rules) {
    const before = printTree(left).join('\n') + printTree(right).join('\n');
    if (onReference) left = onReference(left, context);
    if (onOurs) right = onOurs(right, context);
    if (printTree(left).join('\n') + printTree(right).join('\n') !== before) explained.push(name);
  }
  return { explained, unexplained: differingLines(printTree(left), printTree(right)) };
}

/** The lines between the first and the last that differ. */
function differingLines(reference: readonly string[], ours: readonly string[]): string[] {
  if (reference.join('\n') === ours.join('\n')) return [];
  let first = 0;
  while (reference[first] === ours[first]) first += 1;
  let last = 1;
  const shorter = Math.min(reference.length, ours.length) - first;
  while (last <= shorter && reference.at(-last) === ours.at(-last)) last += 1;
  const part = (lines: readonly string[]) => lines.slice(first, lines.length - last + 1);
  return [...part(reference).map((line) => `- ${line}`), ...part(ours).map((line) => `+ ${line}`)];
}
