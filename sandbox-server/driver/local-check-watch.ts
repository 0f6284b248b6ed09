/** Without a cluster nobody says when something has changed, so checks are asked again and again. */
import type { Clock } from '../clock.ts';
import { PodiumError } from '../errors.ts';
import type { CheckRun, CheckScript } from './driver.ts';

/** A learner hardly notices it, and neither does a machine with one learner. */
const PAUSE_MS = 2_000;

export interface LocalWatchDeps {
  readonly clock: Clock;
  readonly run: (check: CheckScript) => Promise<CheckRun>;
}

export interface LocalWatchOptions {
  readonly onRun: (name: string, run: CheckRun) => void;
  readonly signal: AbortSignal;
}

/** As the driver port says. */
export async function watchLocalChecks(
  { clock, run }: LocalWatchDeps,
  checks: readonly CheckScript[],
  { onRun, signal }: LocalWatchOptions,
): Promise<void> {
  let open = checks;
  while (open.length > 0 && !signal.aborted) {
    const left: CheckScript[] = [];
    for (const check of open) {
      const result = await runOnce(run, check, signal);
      if (signal.aborted) return;
      if (result) onRun(check.name, result);
      if (result?.exitCode !== 0) left.push(check);
    }
    open = left;
    if (open.length > 0) await pause(clock, signal);
  }
}

/** Undefined where the check was not over in time or could not be made: that is for the next time. */
async function runOnce(
  run: LocalWatchDeps['run'],
  check: CheckScript,
  signal: AbortSignal,
): Promise<CheckRun | undefined> {
  try {
    return await run(check);
  } catch (error) {
    const isOfCheck = error instanceof PodiumError && (error.code === 'check_timeout' || error.code === 'check_failed');
    if (signal.aborted || isOfCheck) return undefined;
    throw error;
  }
}

async function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const wake = () => resolve(undefined);
  const timer = clock.after(PAUSE_MS, wake);
  signal.addEventListener('abort', wake, { once: true });
  if (!signal.aborted) await promise;
  signal.removeEventListener('abort', wake);
  timer[Symbol.dispose]();
}
