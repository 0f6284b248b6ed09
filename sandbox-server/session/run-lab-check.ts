/** Runs a check of a lab where its head says: out of the learner's reach, or in the learner's own shell. */
import type { CheckRun, CheckScript, Driver } from '../driver/driver.ts';
import { PodiumError } from '../errors.ts';
import { decodeCheckHead } from '../labs/check-head.ts';

/** Throws `check_timeout` and `check_failed`, wherever it runs. */
export async function runLabCheck(
  driver: Pick<Driver, 'runCheck' | 'runAsLearner'>,
  sandboxId: string,
  script: CheckScript,
  signal: AbortSignal,
): Promise<CheckRun> {
  if (decodeCheckHead(script.source).where === 'checker') return driver.runCheck(sandboxId, script, signal);
  try {
    return await driver.runAsLearner(sandboxId, script, signal);
  } catch (error) {
    if (!(error instanceof PodiumError)) throw error;
    const options = { values: { check: script.name }, cause: error };
    if (error.code === 'script_timeout') throw new PodiumError('check_timeout', options);
    throw error.code === 'script_failed' ? new PodiumError('check_failed', options) : error;
  }
}
