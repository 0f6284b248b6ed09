/** Where code fences begin and end in a deck, found before it is split into slides. Pure. */

/** Lines of a file, from 0; `last` is the closing one. */
export interface Fence {
  readonly first: number;
  readonly last: number;
}

export interface FoundFences {
  readonly fences: readonly Fence[];
  /** The line of a fence that nobody closed; then no fence is believed to reach over a separator. */
  readonly open: number | undefined;
}

interface Opening {
  readonly line: number;
  readonly mark: string;
}

const OPENING = /^(?:[ \t]|[-*+>][ \t]|\d{1,9}[.)][ \t])*(?<mark>`{3,}(?=[^`]*$)|~{3,})(?<about>.*)$/u;

/** Reads fences of backticks and tildes, in lists and quotes too. */
export function findFences(lines: readonly string[]): FoundFences {
  const fences: Fence[] = [];
  let opening: Opening | undefined;
  let open: number | undefined;
  lines.forEach((text, line) => {
    const groups = OPENING.exec(text.trimEnd())?.groups;
    const mark = groups?.['mark'];
    if (mark === undefined) return;
    const isBare = groups?.['about']?.trim() === '';
    if (opening === undefined) {
      opening = { line, mark };
    } else if (mark.startsWith(opening.mark)) {
      // A fence that names a language inside a fence of the same kind: the first one was never closed.
      if (isBare) fences.push({ first: opening.line, last: line });
      else open ??= opening.line;
      opening = isBare ? undefined : { line, mark };
    }
  });
  return { fences, open: open ?? opening?.line };
}
