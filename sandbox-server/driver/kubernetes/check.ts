/** Runs a check in the container that the learner cannot reach, with an account that can only read. */
import { PodiumError } from '../../errors.ts';
import type { CheckRun, CheckScript } from '../driver.ts';
import { issueToken } from './account-token.ts';
import type { ApiClient } from './api-client.ts';
import type { CredentialSource } from './credentials.ts';
import { openExec } from './exec.ts';
import { CHECKER_CONTAINER, checkerAccount, learnerNamespace, SHELL_NAMESPACE, shellName } from './names.ts';
import { type CheckerAccess, makeCheckCommand, makeCheckInput, TIMED_OUT_STATUS } from './shell-scripts.ts';

/** The shortest that Kubernetes issues; a check is over long before. */
export const TOKEN_SECONDS = 600;
/** As the driver port promises. */
const MAX_OUTPUT_BYTES = 64 * 1024;
/** Beyond the script's own limit, for the way there and back. */
const TRANSPORT_LIMIT_MS = 10_000;
/** As seen from within a pod, whatever the address that the server uses. */
const API_SERVER = 'https://kubernetes.default.svc';

export interface CheckContext {
  readonly api: ApiClient;
  readonly source: CredentialSource;
  readonly placeId: string;
}

/** Throws `check_timeout` or `check_failed`; a check that finds the work undone is a result, not a failure. */
export async function runCheck(context: CheckContext, script: CheckScript, signal: AbortSignal): Promise<CheckRun> {
  const { source, placeId } = context;
  const values = { check: script.name };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(script.timeLimitMs + TRANSPORT_LIMIT_MS)]);
  const access = await issueAccess(context, limit);
  const request = {
    namespace: SHELL_NAMESPACE,
    pod: shellName(placeId),
    container: CHECKER_CONTAINER,
    command: makeCheckCommand(script.timeLimitMs / 1000),
    hasTerminal: false,
  };
  using exec = await openExec(source, request, limit);
  // The output ends with the connection, so an abort ends the reading below.
  const onAbort = () => exec[Symbol.dispose]();
  limit.addEventListener('abort', onAbort, { once: true });
  try {
    await exec.write(Buffer.from(makeCheckInput(access, script.source)));
    exec.endInput();
    const output = await readAtMost(exec.output, MAX_OUTPUT_BYTES);
    const exitCode = await exec.exited;
    signal.throwIfAborted();
    if (limit.aborted || exitCode === TIMED_OUT_STATUS) throw new PodiumError('check_timeout', { values });
    if (exitCode === null) throw new PodiumError('check_failed', { values });
    return { exitCode, output };
  } finally {
    limit.removeEventListener('abort', onAbort);
  }
}

/** How checks of that place ask the API server, for `TOKEN_SECONDS`. */
export async function issueAccess({ api, placeId }: CheckContext, signal: AbortSignal): Promise<CheckerAccess> {
  const needs = { namespace: SHELL_NAMESPACE, account: checkerAccount(placeId), seconds: TOKEN_SECONDS };
  return {
    apiServer: API_SERVER,
    namespace: learnerNamespace(placeId),
    token: await issueToken(api, needs, signal),
  };
}

/** All of it is read, so that the command is never held back; the first part of it is kept. */
export async function readAtMost(output: AsyncIterable<Uint8Array>, limitBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let room = limitBytes;
  for await (const chunk of output) {
    if (room > 0) chunks.push(chunk.subarray(0, room));
    room -= chunk.byteLength;
  }
  return Buffer.concat(chunks).toString('utf8');
}
