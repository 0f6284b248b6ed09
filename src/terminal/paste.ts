/** What is asked before a paste: several lines in a shell that takes each as a command are run as they are pasted. */

/** A paste is shown up to here; who pastes more knows that it is much. */
const SHOWN_LINES = 12;

/** Whether a paste runs something at once: it holds a line's end, and the program has not asked to be told of pastes. */
export function runsAtOnce(text: string, isBracketed: boolean): boolean {
  return !isBracketed && /[\r\n]/.test(text);
}

/** The first lines of a paste, and how many there are; a line's end at the very end begins no line. */
export function pasteLines(text: string): { readonly shown: readonly string[]; readonly count: number } {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
  return { shown: lines.slice(0, SHOWN_LINES), count: lines.length };
}
