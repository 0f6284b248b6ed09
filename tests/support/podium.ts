/** Podium as a user has it: `npm start` in a process of its own, with its own cluster, ended as a user ends it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Outcome } from './programs.ts';

/** Where everything is built: a cluster's start, images and first probe, with much room. */
const READY_LIMIT_MS = 300_000;
const STOP_LIMIT_MS = 60_000;

export interface RunningPodium {
  readonly environment: Readonly<Record<string, string>>;
  /** From the command to the address on the console, and to "Labs are ready". */
  readonly siteMs: number;
  readonly readyMs: number;
  stop(): Promise<Outcome>;
}

export interface PodiumOptions {
  /** Of the instance; one for each clone when left out, so that tests of two clones run side by side. */
  readonly name?: string;
  /** Instead of this process's: for instance another cache. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly readyLimitMs?: number;
}

function instanceNameOf(root: string): string {
  return `test-${createHash('sha256').update(root).digest('hex').slice(0, 6)}`;
}

export async function startPodium(root: string, options: PodiumOptions = {}): Promise<RunningPodium> {
  const name = options.name ?? instanceNameOf(root);
  const door = join(root, 'deploy/launch/bootstrap.mjs');
  const child = spawn(process.execPath, [door, 'start', '--name', name, '--port', '0'], {
    cwd: root,
    env: options.environment ?? process.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { url, kubeconfig, siteMs, readyMs } = await readyFacts(child, options.readyLimitMs ?? READY_LIMIT_MS);
  return {
    environment: {
      PODIUM_TEST_URL: url,
      PODIUM_TEST_INSTANCE: name,
      ...(kubeconfig && { PODIUM_TEST_KUBECONFIG: kubeconfig }),
    },
    siteMs,
    readyMs,
    stop: () => stopChild(child),
  };
}

interface ReadyFacts {
  readonly url: string;
  readonly kubeconfig?: string;
  readonly siteMs: number;
  readonly readyMs: number;
}

/** The launcher's own words on the console are the interface here, because they are what a user has. */
async function readyFacts(child: ChildProcess, limitMs: number): Promise<ReadyFacts> {
  if (!child.stdout) throw new Error('The launcher has no standard output.');
  const startedAt = performance.now();
  const limit = setTimeout(() => child.kill('SIGTERM'), limitMs);
  let site: { url: string; siteMs: number } | undefined;
  let kubeconfig: string | undefined;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      process.stdout.write(`[podium] ${line}\n`);
      const sinceStart = performance.now() - startedAt;
      const url = /Podium is at (http\S+)/u.exec(line)?.[1];
      if (url) site = { url, siteMs: sinceStart };
      kubeconfig ??= /Kubeconfig for you: (\S+)/u.exec(line)?.[1];
      if (site && /^podium: Labs are ready/u.test(line)) {
        child.stdout.resume();
        return { ...site, readyMs: sinceStart, ...(kubeconfig && { kubeconfig }) };
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
