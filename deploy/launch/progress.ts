/** One line of console and one message to the pages for each thing that happens on the way to a ready cluster. */
import type { ClusterProgress } from '../../sandbox-server/protocol/sandbox.ts';

/** What the builders and the cluster tell as they go. */
export interface WorkProgress {
  readonly stage: string;
  readonly part: string;
  readonly index: number;
  readonly count: number;
  readonly remainingSeconds?: number;
}

const statesByStage: Readonly<Record<string, ClusterProgress['state']>> = {
  start: 'starting',
  probe: 'probing',
};

/** Everything before the start is "building" to somebody who waits for a shell. */
export function makeClusterProgress(work: WorkProgress): ClusterProgress {
  return {
    state: statesByStage[work.stage] ?? 'building',
    part: work.part,
    index: work.index,
    count: work.count,
    ...(work.remainingSeconds !== undefined && { remainingSeconds: Math.round(work.remainingSeconds) }),
  };
}

export function makeConsoleLine(work: WorkProgress): string {
  const about = work.remainingSeconds === undefined ? '' : `, about ${makeDuration(work.remainingSeconds)} left`;
  return `[${work.stage}] ${work.part} (${work.index} of ${work.count}${about})`;
}

function makeDuration(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} seconds` : `${Math.round(seconds / 60)} minutes`;
}
