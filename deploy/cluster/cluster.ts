/** The embedded cluster as the launcher and the command line use it. An instance is run by a detached supervisor; here it is asked to. */
import { spawn } from 'node:child_process';
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { clearInstance, removeRunFiles } from './clear-instance.ts';
import { importArchives, listImageNames } from './container-images.ts';
import { ClusterError } from './errors.ts';
import { withFileLock } from './file-lock.ts';
import type { InstancePaths, InstanceSettings } from './instance.ts';
import { instanceLimit, instancesRoot, makeInstancePaths } from './instance.ts';
import { openNamespaces } from './namespaces.ts';
import { partNames, partVersions } from './part-commands.ts';
import { checkPort, checkRequirements } from './preflight.ts';
import { isAlive, readProcessFigures, signalProcess, waitForEnd } from './processes.ts';
import type { OnProgress } from './progress.ts';
import type { InstanceStatus } from './status.ts';
import { loadStatus, startSteps } from './status.ts';
import { ensureParts } from './parts.ts';

const pollMs = 50;
/** An ordered stop ends hundreds of containers; what takes longer is ended by force. */
const stopLimitMs = 60_000;
/** Longer than all steps of a start may take together: then not even the supervisor lives. */
const startLimitMs = 600_000;
/** The guardian begins a killed supervisor anew after this long. */
const guardianPauseSeconds = 1;

export type RunningCluster = { name: string; kubeconfigPath: string; apiServer: string; logsDirectory: string };

export type UpOptions = {
  name: string;
  cacheDir: string;
  imageArchives: readonly string[];
  /** Programs that `buildParts` or a bundle gave; without it they are built first. */
  partsDirectory?: string;
  /** Port for the API server on 127.0.0.1; without it any free one. */
  port?: number;
  onProgress?: OnProgress;
  signal?: AbortSignal;
};

/**
 * Builds what is not built yet, starts the instance unless it runs, and resolves when it may be used: all parts run, the policy engine passed
 * its probe. Throws a ClusterError that can be shown as it is.
 */
export async function upCluster(options: UpOptions): Promise<RunningCluster> {
  options.onProgress?.({ stage: 'preflight', part: 'kernel and machine', index: 1, count: 1 });
  await checkRequirements(instancesRoot);
  const partsDirectory = await ensureParts(options);
  const paths = makeInstancePaths(options.name);
  await mkdir(instancesRoot, { recursive: true, mode: 0o700 });
  await withFileLock(paths.lock, async () => {
    if (await isSupervised(paths)) {
      await importIntoRunning(options, paths);
      return;
    }
    if (options.port !== undefined) await checkPort(options.port);
    const number = await takeNumber(paths);
    const settings: InstanceSettings = {
      name: options.name,
      number,
      partsDirectory,
      imageArchives: [...options.imageArchives],
      port: options.port ?? 0,
    };
    await mkdir(paths.logs, { recursive: true, mode: 0o700 });
    await writeFile(paths.settings, JSON.stringify(settings, undefined, 2));
    await startGuardian(options.name, paths);
  });
  return waitUntilReady(options, paths);
}

async function importIntoRunning(options: UpOptions, paths: InstancePaths): Promise<void> {
  const status = await loadStatus(paths.status);
  if (status?.phase === 'ready') {
    await importImages({ name: options.name, archives: options.imageArchives, ...pick(options.signal) });
  }
}

function pick(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

/** True when a supervisor runs; one that is about to end is waited for. */
async function isSupervised(paths: InstancePaths): Promise<boolean> {
  const status = await loadStatus(paths.status);
  if (status === undefined || !(await isAlive(status.supervisor))) return false;
  const isEnding = status.phase === 'failed' || status.phase === 'stopping';
  return isEnding ? !(await waitForEnd(status.supervisor, stopLimitMs)) : true;
}

/** The lowest number that no other instance on this machine has; an instance keeps its own. */
async function takeNumber(paths: InstancePaths): Promise<number> {
  return withFileLock(path.join(instancesRoot, '.numbers.lock'), async () => {
    const own = await readFile(paths.number, 'utf8').catch(() => undefined);
    if (own !== undefined) return Number(own);
    const names = await readdir(instancesRoot);
    const taken = new Set<number>();
    for (const name of names) {
      const text = await readFile(path.join(instancesRoot, name, 'number'), 'utf8').catch(() => undefined);
      if (text !== undefined) taken.add(Number(text));
    }
    const free = Array.from({ length: instanceLimit }, (_, number) => number).find((number) => !taken.has(number));
    if (free === undefined) {
      throw new ClusterError('no-instance-left', {
        facts: `${instanceLimit} instances`,
        next: `take one down that is not needed: ${names.filter((name) => !name.startsWith('.')).join(', ')}`,
      });
    }
    await mkdir(paths.directory, { recursive: true, mode: 0o700 });
    await writeFile(paths.number, String(free));
    return free;
  });
}

/** Starts the supervisor under a shell that begins it anew when it is killed; an ordered end is an end for both. */
async function startGuardian(name: string, paths: InstancePaths): Promise<void> {
  await rm(paths.status, { force: true });
  await using log = await open(path.join(paths.logs, 'supervisor.log'), 'a');
  const program = fileURLToPath(new URL('supervisor.ts', import.meta.url));
  const loop = `until "$@"; do sleep ${guardianPauseSeconds}; done`;
  const child = spawn('sh', ['-c', loop, 'podium-guardian', process.execPath, program, name], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  child.unref();
}

async function waitUntilReady(options: UpOptions, paths: InstancePaths): Promise<RunningCluster> {
  let shownStep: InstanceStatus['step'] | undefined;
  const deadline = Date.now() + startLimitMs;
  for (;;) {
    options.signal?.throwIfAborted();
    if (Date.now() > deadline) {
      const next = `read ${paths.logs}/supervisor.log, then \`npm run cluster -- down --name ${options.name}\``;
      throw new ClusterError('timed-out', { facts: `${startLimitMs / 1000} s`, next });
    }
    const status = await loadStatus(paths.status);
    if (status?.phase === 'failed' && status.error !== undefined) {
      await waitForEnd(status.supervisor, stopLimitMs);
      throw new ClusterError(status.error.code, { facts: status.error.facts, next: status.error.next });
    }
    if (status?.phase === 'ready' && status.port !== undefined)
      return describeRunning(options.name, paths, status.port);
    if (status !== undefined && status.step !== shownStep) {
      shownStep = status.step;
      reportStep(options.onProgress, status.step);
    }
    await delay(pollMs, undefined, pick(options.signal));
  }
}

function reportStep(onProgress: OnProgress | undefined, step: InstanceStatus['step']): void {
  if (step === 'probe') onProgress?.({ stage: 'probe', part: 'policy engine', index: 1, count: 1 });
  else onProgress?.({ stage: 'start', part: step, index: startSteps.indexOf(step) + 1, count: startSteps.length });
}

function describeRunning(name: string, paths: InstancePaths, port: number): RunningCluster {
  const apiServer = `https://127.0.0.1:${port}`;
  return { name, kubeconfigPath: paths.kubeconfig, apiServer, logsDirectory: paths.logs };
}

/** Ends the instance and takes away all that it made on the machine; only unpacked images and logs stay for the next start. */
export async function downCluster({ name }: { name: string }): Promise<void> {
  const paths = makeInstancePaths(name);
  await mkdir(instancesRoot, { recursive: true, mode: 0o700 });
  await withFileLock(paths.lock, async () => {
    const status = await loadStatus(paths.status);
    if (status !== undefined) {
      await signalProcess(status.supervisor, 'SIGTERM');
      await waitForEnd(status.supervisor, stopLimitMs);
    }
    await clearInstance(name, paths);
    await removeRunFiles(paths);
    for (const file of [paths.status, paths.settings, paths.number]) await rm(file, { force: true });
  });
}

export type PartStatus = {
  name: string;
  version: string;
  isRunning: boolean;
  pid: number;
  restarts: number;
  uptimeSeconds: number;
  memoryBytes: number;
};
export type ClusterStatus = {
  name: string;
  phase: InstanceStatus['phase'] | 'down';
  /** True when it may be used. */
  running: boolean;
  apiServer?: string;
  kubeconfigPath?: string;
  parts: PartStatus[];
};

/** How an instance is; one that was never started, or whose supervisor is dead, is `down`. */
export async function clusterStatus({ name }: { name: string }): Promise<ClusterStatus> {
  const paths = makeInstancePaths(name);
  const status = await loadStatus(paths.status);
  if (status === undefined || !(await isAlive(status.supervisor)))
    return { name, phase: 'down', running: false, parts: [] };
  const parts = await Promise.all(
    partNames.map(async (part) => {
      const record = status.parts.find((candidate) => candidate.name === part);
      const figures = record === undefined ? undefined : await readProcessFigures(record);
      return {
        name: part,
        version: partVersions[part],
        isRunning: figures !== undefined,
        pid: record?.pid ?? 0,
        restarts: record?.restarts ?? 0,
        uptimeSeconds: figures?.uptimeSeconds ?? 0,
        memoryBytes: figures?.memoryBytes ?? 0,
      };
    }),
  );
  const running = status.port === undefined ? undefined : describeRunning(name, paths, status.port);
  return {
    name,
    phase: status.phase,
    running: status.phase === 'ready',
    ...(running === undefined ? {} : { apiServer: running.apiServer, kubeconfigPath: running.kubeconfigPath }),
    parts,
  };
}

/** Brings image archives into a running instance; the same archive again is a no-op. */
export async function importImages(options: {
  name: string;
  archives: readonly string[];
  signal?: AbortSignal;
}): Promise<void> {
  const paths = makeInstancePaths(options.name);
  await importArchives(await accessContainerd(options.name), paths, options.archives, options.signal);
}

/** Full names of the images in a running instance. */
export async function listImages({ name }: { name: string }): Promise<string[]> {
  return listImageNames(await accessContainerd(name));
}

async function accessContainerd(name: string) {
  const paths = makeInstancePaths(name);
  const status = await loadStatus(paths.status);
  const containerd = status?.parts.find((part) => part.name === 'containerd');
  if (containerd === undefined || !(await isAlive(containerd))) {
    throw new ClusterError('not-running', {
      facts: name,
      next: `start it with \`npm run cluster -- up --name ${name}\``,
    });
  }
  const settings = JSON.parse(await readFile(paths.settings, 'utf8')) as InstanceSettings;
  return { handles: openNamespaces(containerd.pid), binaries: path.join(settings.partsDirectory, 'bin') };
}
