/** What the files of a lab are called in messages. Pure. */
import type { Step } from '../../../labs/lab.ts';

export function stepFile(slug: string, step: Pick<Step, 'number' | 'name'>): string {
  return `labs/${slug}/steps/${nameOf(step)}.md`;
}

export function solveFile(slug: string, step: Pick<Step, 'number' | 'name'>): string {
  return `labs/${slug}/solve/${nameOf(step)}`;
}

export function checkFile(slug: string, check: string): string {
  return `labs/${slug}/checks/${check}`;
}

function nameOf({ number, name }: Pick<Step, 'number' | 'name'>): string {
  return `${String(number).padStart(2, '0')}-${name}`;
}
