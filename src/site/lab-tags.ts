/** The tags of all labs, those of the most labs first, then by name. Pure. */
import type { LabDefinition } from '../../sandbox-server/protocol/lab.ts';

export function tagsOf(labs: readonly { data: Pick<LabDefinition, 'tags'> }[]): string[] {
  const counts = new Map<string, number>();
  for (const tag of labs.flatMap(({ data }) => [...new Set(data.tags)])) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].toSorted(([a, ofA], [b, ofB]) => ofB - ofA || a.localeCompare(b)).map(([tag]) => tag);
}
