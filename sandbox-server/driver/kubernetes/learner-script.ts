/** Runs a script in the container where the learner types, with all that the learner has and no more. */
import { PodiumError } from '../../errors.ts';
import type { CheckRun, CheckScript } from '../driver.ts';
import { readAtMost } from './check.ts';
import { openExec } from './exec.ts';
import type { HomePlace } from './home.ts';
import { SHELL_CONTAINER, SHELL_NAMESPACE, shellName } from './names.ts';
import { makeLearnerCommand, TIMED_OUT_STATUS } from './shell-scripts.ts';

/** As the driver port promises. */
const MAX_OUTPUT_BYTES = 64 * 1024;
/** Beyond the script's own limit, for the way there and back. */
const TRANSPORT_LIMIT_MS = 10_000;

export async function runAsLearner(
  { source, placeId }: HomePlace,
  script: CheckScript,
  signal: AbortSignal,
): Promise<CheckRun> {
  const values = { script: script.name };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(script.timeLimitMs + TRANSPORT_LIMIT_MS)]);
  const bytes = Buffer.from(script.source);
  const request = {
    namespace: SHELL_NAMESPACE,
    pod: shellName(placeId),
    container: SHELL_CONTAINER,
    command: makeLearnerCommand({ timeLimitSeconds: script.timeLimitMs / 1000, scriptBytes: bytes.byteLength }),
    hasTerminal: false,
  };
  using exec = await openExec(source, request, limit);
  // The output ends with the connection, so an abort ends the reading below.
  const onAbort = () => exec[Symbol.dispose]();
  limit.addEventListener('abort', onAbort, { once: true });
  try {
    await exec.write(bytes);
    const output = await readAtMost(exec.output, MAX_OUTPUT_BYTES);
    const exitCode = await exec.exited;
    signal.throwIfAborted();
    if (limit.aborted || exitCode === TIMED_OUT_STATUS) throw new PodiumError('script_timeout', { values });
    if (exitCode === null) throw new PodiumError('script_failed', { values });
    return { exitCode, output };
  } finally {
    limit.removeEventListener('abort', onAbort);
  }
}
