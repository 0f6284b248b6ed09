/** Processes by pid and start time: a pid alone may have been given to somebody else since. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

export type ProcessIdentity = { pid: number; startTicks: string };

/** Linux counts process times in hundredths of a second on every architecture (USER_HZ). */
const ticksPerSecond = 100;
const pollMs = 50;

/** Start time of a live process in ticks since boot, or undefined when it is gone or a zombie. */
export async function readStartTicks(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // The command name stands in parentheses and may hold spaces; fields are counted after it (proc_pid_stat(5)).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  return state === 'Z' || state === 'X' ? undefined : fields[19];
}

export async function isAlive(process: ProcessIdentity): Promise<boolean> {
  return (await readStartTicks(process.pid)) === process.startTicks;
}

/** Identity of a process that was just started; throws when it is gone already. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity> {
  const startTicks = await readStartTicks(pid);
  if (startTicks === undefined) throw new Error(`process ${pid} ended at once`);
  return { pid, startTicks };
}

export type ProcessFigures = { uptimeSeconds: number; memoryBytes: number };

/** Uptime and resident memory of a live process, or undefined when it is gone. */
export async function readProcessFigures(process: ProcessIdentity): Promise<ProcessFigures | undefined> {
  if (!(await isAlive(process))) return undefined;
  const [status, uptime] = await Promise.all([
    readFile(`/proc/${process.pid}/status`, 'utf8').catch(() => ''),
    readFile('/proc/uptime', 'utf8'),
  ]);
  const kilobytes = Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1] ?? 0);
  const secondsSinceBoot = Number(uptime.split(' ')[0]);
  return {
    uptimeSeconds: Math.max(0, Math.round(secondsSinceBoot - Number(process.startTicks) / ticksPerSecond)),
    memoryBytes: kilobytes * 1024,
  };
}

/** Sends a signal unless the process is gone; never to a process that merely got the same pid. */
export async function signalProcess(target: ProcessIdentity, signal: NodeJS.Signals): Promise<void> {
  if (await isAlive(target)) sendSignal(target.pid, signal);
}

/** Sends a signal; a process that is gone already is no error. Throws on a number that means a group or everybody to kill(2). */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  if (!Number.isInteger(pid) || pid <= 1) throw new RangeError(`not the pid of a process of ours: ${pid}`);
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Resolves with true when the process has ended within the limit. */
export async function waitForEnd(target: ProcessIdentity, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (await isAlive(target)) {
    if (Date.now() > deadline) return false;
    await delay(pollMs);
  }
  return true;
}
