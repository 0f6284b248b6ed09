/** Podium as a user has it: `npm start` in a process of its own, with its own cluster, ended as a user ends it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Outcome } from './programs.ts';

/** A cold build has had its own step before; this is a cluster's start, images and first probe, with much room. */
const READY_LIMIT_MS = 300_000;
const STOP_LIMIT_MS = 60_000;

export interface RunningPodium {
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<Outcome>;
}

/** One name a clone, so that tests of two clones run side by side. */
export function testInstanceName(root: string): string {
  return `test-${createHash('sha256').update(root).digest('hex').slice(0, 6)}`;
}

export async function startPodium(root: string): Promise<RunningPodium> {
  const name = testInstanceName(root);
  const launcher = join(root, 'deploy/launch/start.ts');
  const child = spawn(process.execPath, [launcher, '--name', name, '--port', '0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { url, kubeconfig } = await readyFacts(child);
  return {
    environment: {
      PODIUM_TEST_URL: url,
      ...(kubeconfig && { PODIUM_TEST_KUBECONFIG: kubeconfig }),
      PODIUM_TEST_INSTANCE: name,
    },
    stop: () => stopChild(child),
  };
}

/** The launcher's own words on the console are the interface here, because they are what a user has. */
async function readyFacts(child: ChildProcess): Promise<{ url: string; kubeconfig?: string }> {
  if (!child.stdout) throw new Error('The launcher has no standard output.');
  const lines = createInterface({ input: child.stdout });
  const limit = setTimeout(() => child.kill('SIGTERM'), READY_LIMIT_MS);
  let url: string | undefined;
  let kubeconfig: string | undefined;
  try {
    for await (const line of lines) {
      process.stdout.write(`[podium] ${line}\n`);
      url ??= /Podium is at (http\S+)/u.exec(line)?.[1];
      kubeconfig ??= /Kubeconfig for you: (\S+)/u.exec(line)?.[1];
      if (url && /^podium: Labs are ready/u.test(line)) {
        child.stdout.resume();
        return { url, ...(kubeconfig && { kubeconfig }) };
      }
    }
  } finally {
    clearTimeout(limit);
  }
  throw new Error('Podium ended before its labs were ready; what it said stands above.');
}

async function stopChild(child: ChildProcess): Promise<Outcome> {
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  const exited = child.exitCode === null ? once(child, 'exit') : Promise.resolve([child.exitCode]);
  child.kill('SIGTERM');
  const [code] = (await exited) as [number | null];
  clearTimeout(limit);
  const isClean = code === 0;
  if (!isClean) process.stdout.write(`Podium ended with status ${code ?? 'killed'} instead of 0.\n`);
  return { passed: isClean ? 1 : 0, failed: isClean ? 0 : 1, skipped: 0 };
}
