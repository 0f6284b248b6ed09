/**
 * Steps that are done for a learner: one that they ask to be shown, or all before the one at which they want to begin. Each
 * is done by its script, where the learner types and with their rights, and its checks judge it as they judge the learner.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { DriverSwitch } from '../driver/driver-switch.ts';
import { PodiumError, toPodiumError, type ErrorCode } from '../errors.ts';
import type { Step } from '../labs/lab.ts';
import type { Logger } from '../telemetry/log.ts';
import { CHECK_LIMIT_MS } from './checks.ts';
import { markCheckDone, type MarkDeps } from './mark-check-done.ts';
import { runLabCheck } from './run-lab-check.ts';
import type { SandboxEntry } from './sandbox-entry.ts';
import type { SandboxTable } from './sandbox-table.ts';
import type { WatchedChecks } from './watched-checks.ts';

/** A roll-out that waits for its pods, on a busy node; longer is a script that hangs. */
const SOLVE_LIMIT_MS = 120_000;
/** A click on Check is over in a second or two. */
const BUSY_RETRY_MS = 100;
/** What is said of a failure in the log. */
const SHOWN_CHARACTERS = 500;

export interface SolveDeps extends MarkDeps {
  readonly drivers: DriverSwitch;
  readonly sandboxes: SandboxTable;
  readonly watchedChecks: Pick<WatchedChecks, 'pause'>;
  readonly log: Logger;
}

/** Disposing it ends what is being done. */
export interface Solves extends AsyncDisposable {
  /** Begins to do this step; how it goes is told by events. Throws `solve_unknown`, or `solve_busy` while another is done. */
  show(ownerHash: string, sandboxId: string, step: number): void;
  /** Ends what is being done, or forgets why it could not be; what has been done stays. */
  cancel(ownerHash: string, sandboxId: string): void;
}

/** The steps of a lab that can be done for somebody. */
export function listSolvable(steps: readonly Step[]): readonly number[] {
  return steps.filter(({ solve }) => solve !== undefined).map(({ number }) => number);
}

export function createSolves(deps: SolveDeps): Solves {
  const running = new Map<SandboxEntry, { readonly cancel: AbortController; readonly ended: Promise<void> }>();
  const begin = (entry: SandboxEntry, steps: readonly Step[]): void => {
    const cancel = new AbortController();
    entry.isHelped = true;
    const signal = AbortSignal.any([cancel.signal, entry.abort.signal]);
    const ended = solveAll(deps, entry, steps, signal).finally(() => running.delete(entry));
    running.set(entry, { cancel, ended });
  };
  deps.sandboxes.onStarted((entry) => {
    const before = entry.lab?.steps.filter(({ number, solve }) => number < entry.firstStep && solve !== undefined);
    if (before && before.length > 0) begin(entry, before);
  });
  return {
    show(ownerHash, sandboxId, number) {
      const entry = deps.sandboxes.requireRunning(ownerHash, sandboxId);
      const step = entry.lab?.steps.find((each) => each.number === number && each.solve !== undefined);
      if (!step) throw new PodiumError('solve_unknown');
      if (running.has(entry)) throw new PodiumError('solve_busy');
      deps.sandboxes.noteActivity(entry);
      begin(entry, [step]);
    },
    cancel(ownerHash, sandboxId) {
      const entry = deps.sandboxes.requireRunning(ownerHash, sandboxId);
      const solve = running.get(entry);
      if (solve) return solve.cancel.abort();
      entry.solving = undefined;
      deps.sandboxes.announce(entry);
    },
    async [Symbol.asyncDispose]() {
      const all = [...running.values()];
      for (const { cancel } of all) cancel.abort();
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}

/** Never rejects: what becomes of it is told to the pages. */
async function solveAll(
  deps: SolveDeps,
  entry: SandboxEntry,
  steps: readonly Step[],
  signal: AbortSignal,
): Promise<void> {
  const tell = (step: Step, code?: ErrorCode): void => {
    entry.solving = { step: step.number, last: steps.at(-1)?.number ?? step.number, code };
    deps.sandboxes.announce(entry);
  };
  for (const step of steps) {
    if (signal.aborted) break;
    tell(step);
    try {
      await solveStep(deps, entry, step, signal);
    } catch (error) {
      if (signal.aborted) break;
      deps.log.error({ err: error, lab: entry.labSlug, step: step.name }, 'a step could not be done for a learner');
      const { code } = toPodiumError(error);
      return tell(step, code);
    }
  }
  entry.solving = undefined;
  if (!entry.abort.signal.aborted) deps.sandboxes.announce(entry);
}

async function solveStep(deps: SolveDeps, entry: SandboxEntry, step: Step, signal: AbortSignal): Promise<void> {
  const driver = await deps.drivers.whenReady(signal);
  const script = { name: step.name, source: step.solve ?? '', timeLimitMs: SOLVE_LIMIT_MS };
  const { exitCode, output } = await driver.runAsLearner(entry.id, script, signal);
  if (exitCode !== 0) throw failed(`The script ended with ${exitCode}: ${output.slice(-SHOWN_CHARACTERS)}`);
  // Nothing else is asked meanwhile, neither by itself nor by a click.
  using held = new DisposableStack();
  held.use(await deps.watchedChecks.pause(entry));
  while (entry.isChecking) await delay(BUSY_RETRY_MS, undefined, { signal });
  entry.isChecking = true;
  held.defer(() => (entry.isChecking = false));
  for (const name of step.checks) {
    const source = entry.lab?.checks.get(name) ?? '';
    const run = await runLabCheck(driver, entry.id, { name, source, timeLimitMs: CHECK_LIMIT_MS }, signal);
    if (run.exitCode !== 0) throw failed(`The check ${name} said: ${run.output.slice(-SHOWN_CHARACTERS)}`);
    await markCheckDone(deps, entry, name);
  }
}

function failed(why: string): PodiumError {
  return new PodiumError('solve_failed', { cause: new Error(why) });
}
