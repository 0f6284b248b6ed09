/** What a person's labs come to: what runs, what goes on, what is done. Pure. */
import type { MyData } from '../../sandbox-server/protocol/my-data.ts';
import type { Sandbox } from '../../sandbox-server/protocol/sandbox.ts';
import type { MyLab } from './my-texts-of-page.ts';

export interface MyRow {
  readonly slug: string;
  readonly lab: MyLab;
  /** The step to go on at, from 1. */
  readonly step: number;
  readonly done: number;
  /** When something was last done in it; ISO 8601. */
  readonly at: string;
  readonly seconds: number | undefined;
  /** There are files to download. */
  readonly hasWork: boolean;
  /** ISO 8601; undefined while it does not run. */
  readonly runsUntil: string | undefined;
}

export interface MyRows {
  readonly running: readonly MyRow[];
  readonly goingOn: readonly MyRow[];
  readonly done: readonly MyRow[];
}

/** The newest first. A lab that is no longer there is left out; its data are among what is kept all the same. */
export function makeRows(data: MyData, sandboxes: readonly Sandbox[], labs: Readonly<Record<string, MyLab>>): MyRows {
  const traces = [...data.checksDone, ...data.places, ...data.answers, ...data.homes];
  const running = sandboxes.filter(({ state }) => state === 'running' || state === 'starting');
  const slugs = new Set([...traces.map(({ lab }) => lab), ...running.map(({ lab }) => lab)]);
  const rows = [...slugs].flatMap((slug): MyRow[] => {
    const lab = labs[slug];
    if (!lab) return [];
    const passed = new Set(data.checksDone.filter((each) => each.lab === slug).map(({ check }) => check));
    const sandbox = running.find((each) => each.lab === slug);
    const times = traces.filter((each) => each.lab === slug).map(({ at }) => at);
    return [
      {
        slug,
        lab,
        step: data.places.find((each) => each.lab === slug)?.step ?? 1,
        done: lab.checks.filter((check) => passed.has(check)).length,
        at: times.toSorted().at(-1) ?? sandbox?.createdAt ?? data.madeAt,
        seconds: data.finishedRuns.find((each) => each.lab === slug)?.seconds,
        hasWork: sandbox?.state === 'running' || data.homes.some((each) => each.lab === slug),
        runsUntil: sandbox?.expiresAt,
      },
    ];
  });
  const sorted = rows.toSorted((a, b) => (a.at < b.at ? 1 : -1));
  const isDone = ({ lab, done }: MyRow) => lab.checks.length > 0 && done === lab.checks.length;
  return {
    running: sorted.filter(({ runsUntil }) => runsUntil !== undefined),
    goingOn: sorted.filter((row) => !isDone(row) && row.runsUntil === undefined),
    done: sorted.filter(isDone),
  };
}
