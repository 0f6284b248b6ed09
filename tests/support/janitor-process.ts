/** The janitor as a process of its own: one that a test may kill, and that is there again as `npm start` has it there again. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

export interface JanitorProcess extends AsyncDisposable {
  /** Ends it as a power cut does, and starts another. */
  replace(): Promise<void>;
}

/** `kubeconfig` is of the janitor's account. */
export function createJanitorProcess(kubeconfig: string): JanitorProcess {
  let child = launch(kubeconfig);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return {
    async replace() {
      await end('SIGKILL');
      child = launch(kubeconfig);
    },
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  };
}

function launch(kubeconfig: string): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PODIUM_'));
  const environment = {
    ...Object.fromEntries(inherited),
    PODIUM_KUBECONFIG: kubeconfig,
    PODIUM_LOG_LEVEL: process.env['PODIUM_TEST_LOG'] ?? 'error',
  };
  return fork(join(root, 'sandbox-server/janitor.ts'), { cwd: root, env: environment });
}
