/** One program of an instance that is kept running: started, watched, started again when it dies, ended in time. */
import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { PartName } from './part-commands.ts';
import type { ProcessIdentity } from './processes.ts';
import { identifyProcess, isAlive, signalProcess, waitForEnd } from './processes.ts';

/** A first restart comes at once, so that a killed part is hardly missed; one that keeps dying must not burn a core. */
const firstRestartDelayMs = 200;
const longestRestartDelayMs = 10_000;
/** After this long alive, a death counts as the first again. */
const settledAfterMs = 30_000;
/** How often a part that another supervisor had started is looked at: nobody tells us of its end. */
const adoptedPollMs = 500;
/** etcd and the API server end within a second; what has not ended by then is killed. */
const stopGraceMs = 3000;

export type PartRecord = ProcessIdentity & { restarts: number };
export type PartLaunch = { name: PartName; command: string; args: string[]; env: NodeJS.ProcessEnv; logFile: string };
export type SupervisedPart = ReturnType<typeof createSupervisedPart>;

/** Starts (or, when its record names a living process, adopts) a part and keeps it running until `stop`. */
export function createSupervisedPart(makeLaunch: () => Promise<PartLaunch>, recordFile: string, onChange: () => void) {
  const stopping = new AbortController();
  let current: PartRecord | undefined;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    let restarts = 0;
    let restartDelayMs = firstRestartDelayMs;
    current = await loadLivingRecord(recordFile);
    if (current !== undefined) {
      restarts = current.restarts;
      onChange();
      await waitForAdopted(current, stopping.signal);
    }
    while (!stopping.signal.aborted) {
      if (current !== undefined) {
        restarts += 1;
        current = undefined;
        onChange();
        await delay(restartDelayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        if (stopping.signal.aborted) break;
      }
      const startedAt = Date.now();
      await runOnce(restarts);
      restartDelayMs = nextRestartDelay(restartDelayMs, Date.now() - startedAt);
    }
  }

  /** Starts the part and resolves when it has ended. */
  async function runOnce(restarts: number): Promise<void> {
    const launch = await makeLaunch();
    if (stopping.signal.aborted) return;
    await using log = await open(launch.logFile, 'a');
    const child = spawn(launch.command, launch.args, {
      detached: true,
      env: launch.env,
      stdio: ['ignore', log.fd, log.fd],
    });
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    const identity = child.pid === undefined ? undefined : await identifyProcess(child.pid).catch(() => undefined);
    current = { pid: identity?.pid ?? 0, startTicks: identity?.startTicks ?? '', restarts };
    await saveRecord(recordFile, current);
    // `stop` may have come while the process was being made, and did not know it.
    if (stopping.signal.aborted) child.kill('SIGKILL');
    onChange();
    await ended;
  }

  return {
    start(): void {
      running ??= run();
    },
    record: () => current,
    /** Ends the part: politely, then by force. */
    async stop(): Promise<void> {
      stopping.abort();
      const last = current;
      if (last !== undefined && last.pid !== 0) {
        await signalProcess(last, 'SIGTERM');
        if (!(await waitForEnd(last, stopGraceMs))) await signalProcess(last, 'SIGKILL');
      }
      await running;
      await rm(recordFile, { force: true });
    },
  };
}

/** Doubles while a part keeps dying, and begins anew once it had settled. Pure. */
export function nextRestartDelay(previousMs: number, aliveMs: number): number {
  return aliveMs >= settledAfterMs ? firstRestartDelayMs : Math.min(previousMs * 2, longestRestartDelayMs);
}

async function waitForAdopted(record: PartRecord, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await isAlive(record))) {
    await delay(adoptedPollMs, undefined, { signal }).catch(() => undefined);
  }
}

async function loadLivingRecord(file: string): Promise<PartRecord | undefined> {
  const record = await loadRecord(file);
  return record !== undefined && (await isAlive(record)) ? record : undefined;
}

/** Reads what a supervisor wrote about a part, or undefined when there is nothing that can be read. */
export async function loadRecord(file: string): Promise<PartRecord | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { pid, startTicks, restarts } = JSON.parse(text) as Partial<PartRecord>;
    if (typeof pid !== 'number' || typeof startTicks !== 'string') return undefined;
    return { pid, startTicks, restarts: restarts ?? 0 };
  } catch {
    return undefined;
  }
}

/** Writes a part's record so that a reader sees the old one or the new one. */
export async function saveRecord(file: string, record: PartRecord): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(record));
  await rename(`${file}.new`, file);
}
