import { startStages, type StageProgress, type StartStage } from '../protocol/sandbox.ts';

/** How a start goes, stage by stage, with honest times: a stage takes as long as it takes until the next one begins. */
export interface StageTrack {
  begin(stage: StartStage): void;
  /** The last stage is over: all is well, or it failed. */
  finish(outcome: 'done' | 'failed'): void;
  view(): StageProgress[];
}

export function createStageTrack(
  now: () => number,
  onStageEnd: (stage: StartStage, elapsedMs: number) => void,
): StageTrack {
  const finished: StageProgress[] = [];
  let running: { stage: StartStage; since: number } | undefined;
  // Whoever finds room at once is not shown a wait.
  let waiting: readonly StartStage[] = startStages.filter((stage) => stage !== 'queue');

  function end(state: 'done' | 'failed'): void {
    if (!running) return;
    const elapsedMs = Math.round(now() - running.since);
    finished.push({ stage: running.stage, state, elapsedMs });
    if (state === 'done') onStageEnd(running.stage, elapsedMs);
    running = undefined;
  }

  return {
    begin(stage) {
      // A driver may name its stages in parallel work; only forward counts.
      const isForward = stage === 'queue' ? running?.stage === 'cluster' : waiting.includes(stage);
      if (!isForward) return;
      end('done');
      running = { stage, since: now() };
      if (stage === 'queue') return;
      // What a driver leaves out (there are no rights to give on this machine) was not done, so it is not shown.
      waiting = waiting.slice(waiting.indexOf(stage) + 1);
    },
    finish(outcome) {
      end(outcome);
      if (outcome === 'done') waiting = [];
    },
    view: () => [
      ...finished,
      ...(running
        ? [{ stage: running.stage, state: 'running' as const, elapsedMs: Math.round(now() - running.since) }]
        : []),
      ...waiting.map((stage) => ({ stage, state: 'waiting' as const, elapsedMs: 0 })),
    ],
  };
}
