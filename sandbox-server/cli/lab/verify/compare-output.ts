/**
 * What a block printed, against what the text says one should see: `…` is any text, a line of `…` alone any lines,
 * `<any>` one word, and blanks count as one. It may stand anywhere in what was printed. Pure.
 */

export type Comparison =
  | { readonly isSame: true }
  /** The first line that nothing matched, where most of the lines before it did, and what stood there. */
  | { readonly isSame: false; readonly expected: string; readonly seen: string | undefined };

type Pattern = { readonly kind: 'lines' } | { readonly kind: 'line'; readonly text: string; readonly regex: RegExp };

export function compareOutput(expected: string, printed: string): Comparison {
  const patterns = toLines(expected).map(makePattern);
  const seen = toLines(printed);
  let farthest = { pattern: 0, line: 0 };
  for (let start = 0; start <= seen.length; start += 1) {
    const reached = match(patterns, seen, start);
    if (reached.pattern === patterns.length) return { isSame: true };
    if (reached.pattern > farthest.pattern || start === 0) farthest = reached;
  }
  const missing = patterns[farthest.pattern];
  return { isSame: false, expected: missing?.kind === 'line' ? missing.text : '…', seen: seen[farthest.line] };
}

/** How far the patterns go when the first of them stands at this line. */
function match(patterns: readonly Pattern[], seen: readonly string[], start: number) {
  let pattern = 0;
  let line = start;
  let farthest = { pattern, line };
  /** After the last `…`: a failure behind it goes back to here, one line on. */
  let retry: { pattern: number; line: number } | undefined;
  while (pattern < patterns.length) {
    const current = patterns[pattern];
    if (current?.kind === 'lines') {
      pattern += 1;
      retry = { pattern, line };
    } else if (line < seen.length && current?.regex.test(seen[line] ?? '')) {
      pattern += 1;
      line += 1;
    } else if (retry && retry.line < seen.length) {
      retry = { ...retry, line: retry.line + 1 };
      ({ pattern, line } = retry);
    } else break;
    if (pattern > farthest.pattern) farthest = { pattern, line };
  }
  return farthest;
}

function makePattern(line: string): Pattern {
  if (line === '…') return { kind: 'lines' };
  const source = line
    .split(/( …|^… |…|<any>)/u)
    .map((part) => wildcards[part] ?? escapeRegex(part))
    .join('');
  return { kind: 'line', text: line, regex: new RegExp(`^${source}$`, 'u') };
}

/** Where no text is, no blank is either. */
const wildcards: Readonly<Record<string, string>> = {
  ' …': '(?: .*)?',
  '… ': '(?:.* )?',
  '…': '.*',
  '<any>': '\\S+',
};

/** Empty lines are how a text breathes, not what it says. */
function toLines(text: string): string[] {
  return text
    .split(/\r?\n/u)
    .map((line) => line.replace(/\s+/gu, ' ').trim())
    .filter((line) => line !== '');
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/gu, '\\$&');
}
