/** Keeps a janitor there for as long as its cluster is, whatever becomes of the server: one that dies is started again. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { spawnAsNobody } from './unprivileged.ts';

/** Not the server's: neither of the two can look into the other. */
export const JANITOR_UID = 60_801;
/** Longer than a cluster needs to answer again, and short beside the time that an expired sandbox may stay. */
const RESTART_WAIT_MS = 5000;

export interface JanitorOptions {
  readonly root: string;
  /** Of the janitor's account; readable by JANITOR_UID. */
  readonly kubeconfig: string;
  readonly say: (line: string) => void;
}

export function createKeptJanitor(options: JanitorOptions): AsyncDisposable {
  const closing = new AbortController();
  let child: ChildProcess | undefined;
  const keep = async () => {
    while (!closing.signal.aborted) {
      child = await spawnJanitor(options);
      if (closing.signal.aborted) child.kill('SIGTERM');
      const [status] = (await once(child, 'exit')) as [number | null];
      if (closing.signal.aborted) return;
      const how = status === null ? 'was killed' : `ended with status ${status}`;
      options.say(`The janitor ${how}; it is started again in ${RESTART_WAIT_MS / 1000} s.`);
      await wait(RESTART_WAIT_MS, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  };
  const ended = keep();
  ended.catch((error: Error) => options.say(`The janitor could not be started: ${error.message}`));
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      child?.kill('SIGTERM');
      await ended.catch(() => undefined);
    },
  };
}

function spawnJanitor({ root, kubeconfig }: JanitorOptions): Promise<ChildProcess> {
  return spawnAsNobody({
    root,
    user: JANITOR_UID,
    program: 'sandbox-server/janitor.ts',
    environment: { PODIUM_KUBECONFIG: kubeconfig },
    // The channel is for its end: a launcher that was killed cannot send a signal.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}
