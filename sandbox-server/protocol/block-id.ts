/**
 * Ids of the blocks that a click runs. The page and the server count them alike, each in its own copy of the Markdown:
 * the page says which block, never which command.
 */

/** `s2-b1`: the first runnable fence of step 2. Both count from 1. */
export function blockId(stepNumber: number, index: number): string {
  return `s${stepNumber}-b${index}`;
}

/** Whether a code fence is runnable: its info string has the word `run` behind the language. */
export function isRunBlock(meta: string | null | undefined): boolean {
  return (meta ?? '').split(/\s+/).includes('run');
}
