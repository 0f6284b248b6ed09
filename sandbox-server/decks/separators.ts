/** Which lines separate the slides of a deck, and how a fence keeps its lines from doing so. Pure. */
import type { DeckDefaults, Separators } from './deck.ts';
import { findFences, type Fence } from './fences.ts';
import type { DeckSettings } from './front-matter.ts';

/** As in reveal.js's Markdown plugin. */
const SEPARATOR = '\r?\n---\r?\n';
const NOTES_SEPARATOR = '^s*notes?:';
/** What the sites of older decks used between vertical slides. */
const VERTICAL_LINES = ['--', '----', '___'] as const;
/** Text under which a line of hyphens would be an underline, and so make a heading. */
const IS_TEXT = /^ {0,3}[^\s#<>|`~=+*-]/u;

/** The separators of a deck: its own, else the site's, else reveal.js's with the vertical lines that the deck uses. */
export function chooseSeparators(body: string, settings: DeckSettings, site: DeckDefaults = {}): Separators {
  const { markdown } = settings;
  const vertical = settings.verticalSeparator ?? markdown.verticalSeparator ?? site.verticalSeparator;
  const recognised = vertical === undefined ? usedVerticalLines(body) : [];
  return {
    separator: settings.separator ?? markdown.separator ?? site.separator ?? SEPARATOR,
    verticalSeparator: vertical ?? (recognised.length > 0 ? `\\r?\\n(?:${recognised.join('|')})\\r?\\n` : undefined),
    notesSeparator: settings.notesSeparator ?? markdown.notesSeparator ?? site.notesSeparator ?? NOTES_SEPARATOR,
    recognised,
  };
}

/** A line is used as a separator when it stands alone at least once: below no text that it would underline. */
function usedVerticalLines(body: string): string[] {
  const lines = body.split(/\r?\n/u);
  const inFence = linesInFences(findFences(lines).fences);
  const isUsed = (mark: string) =>
    lines.some(
      (line, index) =>
        line === mark &&
        index > 0 &&
        index < lines.length - 1 &&
        !inFence.has(index) &&
        !(mark.startsWith('-') && IS_TEXT.test(lines[index - 1] ?? '')),
    );
  return VERTICAL_LINES.filter(isUsed);
}

function linesInFences(fences: readonly Fence[]): Set<number> {
  return new Set(fences.flatMap(({ first, last }) => range(first, last)));
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_each, index) => first + index);
}

export interface MaskedBody {
  readonly body: string;
  /** Gives back what was masked, in text or HTML. */
  readonly unmask: (text: string) => string;
  /** How many lines are masked. */
  readonly maskedCount: number;
  /** Line of the body, from 0, of a fence that is never closed. */
  readonly openFence: number | undefined;
}

/** Marks lines within fences that would split a slide, or begin its notes, so that the plugin passes over them. */
export function maskFences(body: string, separators: Separators): MaskedBody {
  const lines = body.split('\n');
  const { fences, open } = findFences(lines);
  const mark = freeCharacter(body);
  const splitting = linesThatSplit(body, separators);
  const masked = new Set(
    fences
      .filter((fence) => open === undefined || fence.first > open)
      .flatMap(({ first, last }) => range(first + 1, last - 1).filter((line) => splitting.has(line))),
  );
  return {
    body: lines.map((line, index) => (masked.has(index) ? maskLine(line, mark) : line)).join('\n'),
    unmask: (text) => text.replaceAll(mark, ''),
    maskedCount: masked.size,
    openFence: open,
  };
}

/** Behind the indentation, so that the line stays in the list that it is in. */
function maskLine(line: string, mark: string): string {
  const indent = /^[ \t]*/u.exec(line)?.[0] ?? '';
  return `${indent}${mark}${line.slice(indent.length)}`;
}

/** The lines that any separator touches, without the line breaks around it. */
function linesThatSplit(body: string, { separator, verticalSeparator, notesSeparator }: Separators): Set<number> {
  const lines = new Set<number>();
  const patterns: [string, string][] = [
    [separator, 'mg'],
    [notesSeparator, 'mgi'],
  ];
  if (verticalSeparator !== undefined) patterns.push([verticalSeparator, 'mg']);
  const lineOf = makeLineCounter(body);
  for (const [pattern, flags] of patterns) {
    const expression = new RegExp(pattern, flags);
    for (let at = 0; at <= body.length;) {
      expression.lastIndex = at;
      const match = expression.exec(body);
      if (match === null) break;
      const first = lineOf(match.index + (/^\r?\n/u.exec(match[0])?.[0].length ?? 0));
      const last = lineOf(match.index + match[0].replace(/\r?\n$/u, '').length);
      for (let line = first; line <= Math.max(first, last); line += 1) lines.add(line);
      // Separators share the line break between them: one more may begin within this one.
      at = match.index + 1;
    }
  }
  return lines;
}

/** From offset to line, from 0. */
export function makeLineCounter(text: string): (offset: number) => number {
  const breaks = [...text.matchAll(/\n/gu)].map(({ index }) => index);
  return (offset) => {
    let low = 0;
    let high = breaks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((breaks[middle] ?? Infinity) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

export interface SlideSource {
  readonly text: string;
  /** The line of the body that its text begins in, from 0. */
  readonly line: number;
}

/** The texts of the slides in the order of the file: the plugin splits at the same places. */
export function splitSlides(body: string, { separator, verticalSeparator }: Separators): SlideSource[] {
  const expression = new RegExp(
    verticalSeparator === undefined ? separator : `${separator}|${verticalSeparator}`,
    'mg',
  );
  const lineOf = makeLineCounter(body);
  const slides: SlideSource[] = [];
  const take = (from: number, to: number) => {
    const text = body.slice(from, to);
    const blanks = text.trim() === '' ? 0 : text.length - text.trimStart().length;
    slides.push({ text, line: lineOf(from + blanks) });
  };
  let from = 0;
  for (const { index, 0: match } of body.matchAll(expression)) {
    take(from, index);
    from = index + match.length;
  }
  take(from, body.length);
  return slides;
}

/** A character that the text does not have, of those that Unicode leaves to everybody. */
function freeCharacter(text: string): string {
  for (let code = 0xe000; code < 0xf8ff; code += 1) {
    const character = String.fromCharCode(code);
    if (!text.includes(character)) return character;
  }
  throw new Error('The deck uses every private character of Unicode, so none is left to mark a line with.');
}
