/** The list of labs: those of each path in its order, then the others. Pure. */
import type { LabDefinition } from '../../sandbox-server/protocol/lab.ts';
import type { LabPath } from '../../sandbox-server/protocol/lab-path.ts';
import { labsInOrder } from './lab-order.ts';

export interface LabGroup<Lab> {
  /** Undefined for those of no path. */
  readonly path: LabPath | undefined;
  readonly labs: readonly Lab[];
}

interface PathEntry {
  readonly id: string;
  readonly data: LabPath;
}

/** The lab after this one in the first path that has both; undefined where this is the last one, or in none. Pure. */
export function nextInPath(slug: string, paths: readonly PathEntry[]): string | undefined {
  const inOrder = paths.toSorted((a, b) => a.id.localeCompare(b.id));
  return inOrder.flatMap(({ data: { labs } }) => (labs.includes(slug) ? (labs[labs.indexOf(slug) + 1] ?? []) : []))[0];
}

/** A lab of two paths is in both. Throws an Error that names the file where a path names a lab that is not there. */
export function groupLabs<Lab extends { id: string; data: LabDefinition }>(
  labs: readonly Lab[],
  paths: readonly PathEntry[],
): readonly LabGroup<Lab>[] {
  const byId = new Map(labs.map((lab) => [lab.id, lab]));
  const groups = paths
    .toSorted((a, b) => a.id.localeCompare(b.id))
    .map(({ id, data }) => ({
      path: data,
      labs: data.labs.map((slug) => {
        const lab = byId.get(slug);
        if (lab) return lab;
        throw new Error(
          `paths/${id}.yaml names the lab ${slug}, and there is no labs/${slug}. Take it out, or write it.`,
        );
      }),
    }));
  const inPaths = new Set(groups.flatMap((group) => group.labs.map(({ id }) => id)));
  const others = labsInOrder(labs.filter(({ id }) => !inPaths.has(id)));
  return others.length > 0 ? [...groups, { path: undefined, labs: others }] : groups;
}
