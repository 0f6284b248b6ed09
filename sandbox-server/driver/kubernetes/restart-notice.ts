/** Tells a browser why its shell is a new one: the container was started again, which takes every shell with it. */
import * as z from 'zod/mini';
import type { TerminalEvent } from '../driver.ts';
import type { ApiClient } from './api-client.ts';
import { awaitObject } from './await-object.ts';
import { SHELL_CONTAINER, SHELL_NAMESPACE, shellName } from './names.ts';

/** The kubelet reports a container a second or so after it has started it; a shell without a reason is better than none. */
const REPORT_LIMIT_MS = 3_000;
const UNKNOWN_REASON = 'Unknown';
/** Not one of Kubernetes: the pod was deleted or evicted, with the home, and there is another. */
const POD_LOST_REASON = 'PodLost';

const podStatus = z.object({
  status: z.object({
    containerStatuses: z.optional(
      z.array(
        z.object({
          name: z.string(),
          restartCount: z.int(),
          lastState: z.optional(
            z.object({ terminated: z.optional(z.object({ reason: z.optional(z.string().check(z.maxLength(64))) })) }),
          ),
        }),
      ),
    ),
  }),
});

/** Why the shell container was last started again, as the pod's status says; undefined when it never was. Pure. */
export function decideRestart(pod: unknown): string | undefined {
  const { data } = podStatus.safeParse(pod);
  const shell = data?.status.containerStatuses?.find(({ name }) => name === SHELL_CONTAINER);
  if (!shell || shell.restartCount === 0) return undefined;
  return shell.lastState?.terminated?.reason ?? UNKNOWN_REASON;
}

/** Asks the cluster. When a restart `isExpected`, waits a moment for the report of it. Never rejects. */
export async function findRestart(api: ApiClient, sandboxId: string, isExpected: boolean): Promise<string | undefined> {
  const collection = `/api/v1/namespaces/${SHELL_NAMESPACE}/pods`;
  const name = shellName(sandboxId);
  const limited = () => AbortSignal.timeout(REPORT_LIMIT_MS);
  try {
    if (isExpected) return await awaitObject(api, { collection, name }, decideRestart, limited());
  } catch {
    // The report has not come in time; the pod itself may say why.
  }
  try {
    const reason = decideRestart(await api.call('GET', `${collection}/${name}`, {}, limited()));
    // The shell is another one, and its container the first of its pod.
    return reason ?? (isExpected ? POD_LOST_REASON : undefined);
  } catch {
    // The shell is worth more than the reason: whoever waits for it gets it without.
    return isExpected ? UNKNOWN_REASON : undefined;
  }
}

/** Passes events on in order, with the reason in an `opened` of a new shell; what comes meanwhile waits for it. */
export function announceRestart(
  onEvent: (event: TerminalEvent) => void,
  find: () => Promise<string | undefined>,
): (event: TerminalEvent) => void {
  let waiting: TerminalEvent[] | undefined;
  return (event) => {
    if (waiting) return void waiting.push(event);
    if (event.type !== 'opened' || !event.isNew) return onEvent(event);
    const behind: TerminalEvent[] = [];
    waiting = behind;
    void find().then((reason) => {
      onEvent(reason === undefined ? event : { ...event, restart: { reason } });
      for (const each of behind) onEvent(each);
      waiting = undefined;
    });
  };
}
