import type { CheckRun } from '../driver/driver.ts';
import type { DriverSwitch } from '../driver/driver-switch.ts';
import { PodiumError, toPodiumError } from '../errors.ts';
import type { CheckResult } from '../protocol/sandbox.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { decodeCheckOutput } from './check-output.ts';
import { markCheckDone, type MarkDeps } from './mark-check-done.ts';
import { runLabCheck } from './run-lab-check.ts';
import type { SandboxEntry } from './sandbox-entry.ts';
import type { SandboxTable } from './sandbox-table.ts';
import type { WatchedChecks } from './watched-checks.ts';

/** A learner waits for it with the finger on the button; checks take well under a second. */
export const CHECK_LIMIT_MS = 10_000;
/** "Not yet", with a message. Anything above means that the check itself could not be made. */
const NOT_DONE = 1;

export interface CheckDeps extends MarkDeps {
  readonly drivers: DriverSwitch;
  readonly sandboxes: SandboxTable;
  readonly watchedChecks: Pick<WatchedChecks, 'pause'>;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export type RunCheck = (ownerHash: string, sandboxId: string, name: string) => Promise<CheckResult>;

/** Runs a check of the sandbox's lab, one at a time, and remembers it when it is done. What runs by itself yields to it. */
export function createChecks(deps: CheckDeps): RunCheck {
  return async (ownerHash, sandboxId, name) => {
    const entry = deps.sandboxes.requireRunning(ownerHash, sandboxId);
    const source = entry.lab?.checks.get(name);
    if (source === undefined) throw new PodiumError('check_unknown', { values: { check: name } });
    if (entry.isChecking) throw new PodiumError('check_busy');
    entry.isChecking = true;
    deps.sandboxes.noteActivity(entry);
    try {
      using held = new DisposableStack();
      held.use(await deps.watchedChecks.pause(entry));
      const result = await judge(deps, entry, { name, source });
      deps.metrics.checks.inc({ outcome: result.done ? 'done' : 'missing', cause: 'click' });
      return result;
    } catch (error) {
      const failure = entry.abort.signal.aborted ? new PodiumError('sandbox_ended') : toPodiumError(error);
      deps.metrics.checks.inc({ outcome: failure.code, cause: 'click' });
      throw failure;
    } finally {
      entry.isChecking = false;
    }
  };
}

async function judge(
  deps: CheckDeps,
  entry: SandboxEntry,
  { name, source }: { name: string; source: string },
): Promise<CheckResult> {
  const driver = await deps.drivers.whenReady(entry.abort.signal);
  const script = { name, source, timeLimitMs: CHECK_LIMIT_MS };
  const run = await runLabCheck(driver, entry.id, script, entry.abort.signal);
  if (run.exitCode !== 0) return makeMissing(deps, entry, name, run);
  await markCheckDone(deps, entry, name);
  return { check: name, done: true };
}

function makeMissing({ log }: CheckDeps, entry: SandboxEntry, name: string, run: CheckRun): CheckResult {
  const said = run.exitCode === NOT_DONE ? decodeCheckOutput(run.output) : undefined;
  if (said && entry.lab && Object.hasOwn(entry.lab.definition.messages, said.message)) {
    return { check: name, done: false, message: said.message, values: { ...said.values } };
  }
  const facts = { sandbox: entry.id, lab: entry.labSlug, check: name, exitCode: run.exitCode };
  log.error({ ...facts, output: run.output.slice(-500) }, 'check failed: it gave no message of its lab.yaml');
  throw new PodiumError('check_failed', { values: { check: name } });
}
