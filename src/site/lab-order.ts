/** The order in which labs are listed: easier first, then shorter, then by name. */
import type { LabDefinition } from '../../sandbox-server/protocol/lab.ts';

export const levels: readonly LabDefinition['level'][] = ['beginner', 'intermediate', 'advanced'];

export function labsInOrder<Lab extends { id: string; data: LabDefinition }>(labs: readonly Lab[]): Lab[] {
  return labs.toSorted(
    (a, b) =>
      levels.indexOf(a.data.level) - levels.indexOf(b.data.level) ||
      a.data.minutes - b.data.minutes ||
      a.id.localeCompare(b.id),
  );
}

/** Names of the checks in the Markdown of a step. */
export function checksIn(markdown: string): string[] {
  return [...markdown.matchAll(/^::check\{name=["']?([a-z0-9-]+)/gm)].map(([, name = '']) => name);
}
