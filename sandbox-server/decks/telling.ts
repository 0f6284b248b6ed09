/** What is told to the author of one deck, with the line of the file that it is about. */
import type { DeckWarning } from './deck.ts';

export interface Telling {
  readonly warnings: readonly DeckWarning[];
  /** About the slide that `element` is in: the first line from its beginning that has `needle`, else its first line. */
  warnAt(element: Element, needle: string, message: string): void;
  /** The line of the file that the slide of `element` begins in. */
  lineOf(element: Element): number;
  /** About a line of the body, counted from 0; without one about the file. */
  warnLine(line: number | undefined, message: string): void;
}

export interface TellingSource {
  readonly file: string;
  readonly body: string;
  readonly bodyLine: number;
  /** Of each leaf, the line of the body that it begins in, from 0. */
  readonly leaves: ReadonlyMap<Element, number>;
}

export function createTelling({ file, body, bodyLine, leaves }: TellingSource): Telling {
  const lines = body.split('\n');
  const warnings: DeckWarning[] = [];
  const warnLine = (line: number | undefined, message: string) => {
    warnings.push(line === undefined ? { file, message } : { file, line: line + bodyLine, message });
  };
  const startOf = (element: Element): number => {
    for (let each: Element | null = element; each !== null; each = each.parentElement) {
      const line = leaves.get(each);
      if (line !== undefined) return line;
    }
    return 0;
  };
  return {
    warnings,
    warnLine,
    lineOf: (element) => startOf(element) + bodyLine,
    warnAt(element, needle, message) {
      const start = startOf(element);
      const found = needle === '' ? -1 : lines.findIndex((line, index) => index >= start && line.includes(needle));
      warnLine(found === -1 ? start : found, message);
    },
  };
}
