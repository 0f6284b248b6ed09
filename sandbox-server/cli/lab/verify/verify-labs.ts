/** Tries all of some labs, a few sandboxes at a time. */
import { PodiumError } from '../../../errors.ts';
import type { Lab } from '../../../labs/lab.ts';
import type { Case } from '../load-cases.ts';
import type { TaskResult } from './report.ts';
import type { Sandboxes } from './sandboxes.ts';
import { planTasks, type Task } from './tasks.ts';

export interface LabToVerify {
  readonly lab: Lab;
  readonly cases: readonly Case[];
}

export interface VerifyOptions {
  readonly sandboxes: Sandboxes;
  /** Sandboxes at once. */
  readonly parallel: number;
  readonly onResult: (result: TaskResult) => void;
}

/** Rejects only when it is aborted: what could not be tried has failed. */
export async function verifyLabs(
  labs: readonly LabToVerify[],
  { sandboxes, parallel, onResult }: VerifyOptions,
  signal: AbortSignal,
): Promise<readonly TaskResult[]> {
  const plans = labs.flatMap(({ lab, cases }) => planTasks(lab, cases));
  const isCase = ({ kind }: Task) => kind === 'case';
  const waiting = [...plans.filter((task) => !isCase(task)), ...plans.filter(isCase)];
  const results: TaskResult[] = [];
  const work = async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) {
      const result = await tryTask(task, sandboxes, signal);
      results.push(result);
      onResult(result);
    }
  };
  // All of them end their sandboxes before this does.
  await Promise.allSettled(Array.from({ length: parallel }, work));
  signal.throwIfAborted();
  return results;
}

async function tryTask(task: Task, sandboxes: Sandboxes, signal: AbortSignal): Promise<TaskResult> {
  const { kind, lab, name } = task;
  const begunAt = performance.now();
  const makeResult = (failures: TaskResult['failures']): TaskResult => {
    return { lab: lab.slug, kind, name, ms: performance.now() - begunAt, failures };
  };
  try {
    signal.throwIfAborted();
    await using sandbox = await sandboxes.open(lab, signal);
    return makeResult(await task.run(sandbox, signal));
  } catch (error) {
    signal.throwIfAborted();
    return makeResult([{ file: `labs/${lab.slug}`, message: `It could not be tried: ${explain(error)}.` }]);
  }
}

function explain(error: unknown): string {
  if (error instanceof PodiumError) return [error.code, ...causesOf(error)].join(': ');
  return error instanceof Error ? error.message : String(error);
}

function causesOf({ cause }: Error): string[] {
  return cause instanceof Error ? [cause.message, ...causesOf(cause)].filter((text) => text !== '') : [];
}
