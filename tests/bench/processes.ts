/** What the kernel says of processes (proc_pid_stat(5), proc_pid_status(5)). */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** `sysconf(_SC_CLK_TCK)` on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const LISTENING = '0A';

/** The process that listens on that port of 127.0.0.1. */
export async function findListener(port: number): Promise<number> {
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const sockets = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/u));
  const inode = sockets.find(([, local, , state]) => local === address && state === LISTENING)?.[9];
  for (const pid of await listPids()) {
    const files = await readdir(join('/proc', pid, 'fd')).catch(() => []);
    const links = files.map((file) => readlink(join('/proc', pid, 'fd', file)).catch(() => ''));
    if ((await Promise.all(links)).includes(`socket:[${inode}]`)) return Number(pid);
  }
  throw new Error(`Nobody listens on ${port}.`);
}

/** Processor time that the process and all below it have taken so far, their ended children included. */
export async function readCpuMs(pid: number): Promise<number> {
  const parents = new Map<number, number>();
  const times = new Map<number, number>();
  for (const each of await listPids()) {
    const stat = await readFile(join('/proc', each, 'stat'), 'utf8').catch(() => undefined);
    // The name in brackets may hold anything; what is behind it starts with field 3.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields === undefined) continue;
    parents.set(Number(each), Number(fields[1]));
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
    times.set(Number(each), (ticks * 1000) / TICKS_PER_SECOND);
  }
  const isBelow = (each: number): boolean => each === pid || (each > 1 && isBelow(parents.get(each) ?? 0));
  return [...times].filter(([each]) => isBelow(each)).reduce((sum, [, time]) => sum + time, 0);
}

/** Memory of the process that is in RAM. */
export async function readResidentBytes(pid: number): Promise<number> {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/mu.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kilobytes === undefined) throw new Error(`Process ${pid} tells no size.`);
  return Number(kilobytes) * 1024;
}

async function listPids(): Promise<string[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/u.test(name));
}
