/** Helm as an operator has it, and the way of kubectl to a Service from this machine. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureParts } from '../../deploy/cluster/parts.ts';
import { cacheDirectory } from '../../deploy/launch/directories.ts';

export const CHART = join(import.meta.dirname, '../../deploy/chart');

export interface HelmResult {
  readonly isDone: boolean;
  /** Standard output and error. */
  readonly output: string;
}

/** Runs Helm; what it cannot do is a result too. */
export async function runHelm(...args: readonly string[]): Promise<HelmResult> {
  const program = await programOf('helm');
  return new Promise((resolve) => {
    execFile(program, args, { maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
      resolve({ isDone: error === null, output: stdout + stderr }),
    );
  });
}

/** Runs Helm against a cluster; throws with what it said. */
export async function requireHelm(kubeconfig: string, ...args: readonly string[]): Promise<string> {
  const { isDone, output } = await runHelm('--kubeconfig', kubeconfig, ...args);
  if (!isDone) throw new Error(`helm ${args.join(' ')}: ${output}`);
  return output;
}

export interface PortForward extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
}

export async function forwardPort(kubeconfig: string, namespace: string, target: string): Promise<PortForward> {
  const args = ['--kubeconfig', kubeconfig, '-n', namespace, 'port-forward', '--address', '127.0.0.1', target, ':80'];
  const child = spawn(await programOf('kubectl'), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    child.stdout.resume();
    return {
      origin: `http://127.0.0.1:${port}`,
      async [Symbol.asyncDispose]() {
        child.kill();
        await exited;
      },
    };
  }
  throw new Error(`kubectl does not forward a port to ${target}; what it said stands above.`);
}

async function programOf(name: string): Promise<string> {
  return join(await ensureParts({ cacheDir: cacheDirectory(process.env) }), 'bin', name);
}
