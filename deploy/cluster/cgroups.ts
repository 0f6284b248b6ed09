/**
 * Control groups of an instance: one tree `podium-<name>` in each hierarchy, with `system` for the node's programs and `kubepods` made by the kubelet.
 * All that an instance started, containers and shims included, is found and ended by these trees, whoever was killed before.
 */
import { mkdir, readdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sendSignal } from './processes.ts';

const pollMs = 50;
/** Controllers that the kubelet asks for on cgroup v2. */
const unifiedControllers = ['cpuset', 'cpu', 'io', 'memory', 'pids'];

export type CgroupMounts = { kind: 'v1' | 'v2'; hierarchies: string[] };

/** The machine's cgroup hierarchies, from the text of `/proc/self/mountinfo`. Pure. */
export function parseCgroupMounts(mountinfo: string): CgroupMounts {
  const hierarchies = new Map<string, string>();
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const mountPoint = before.split(' ')[4];
    const type = after.split(' ')[0];
    if (mountPoint === undefined || !mountPoint.startsWith('/sys/fs/cgroup')) continue;
    if (type === 'cgroup' || type === 'cgroup2') hierarchies.set(mountPoint, type);
  }
  const isUnified = hierarchies.get('/sys/fs/cgroup') === 'cgroup2';
  return { kind: isUnified ? 'v2' : 'v1', hierarchies: [...hierarchies.keys()] };
}

export async function loadCgroupMounts(): Promise<CgroupMounts> {
  return parseCgroupMounts(await readFile('/proc/self/mountinfo', 'utf8'));
}

/** Makes the instance's trees; existing ones are kept. */
export async function ensureCgroups(mounts: CgroupMounts, group: string): Promise<void> {
  for (const hierarchy of mounts.hierarchies) {
    const root = path.join(hierarchy, group);
    if (mounts.kind === 'v2') await delegateControllers(hierarchy);
    await mkdir(path.join(root, 'system'), { recursive: true });
    if (mounts.kind === 'v2') await delegateControllers(root);
    else await inheritCpuset(hierarchy, [root, path.join(root, 'system')]);
  }
}

/** On cgroup v2 a child has only the controllers that its parent passes on. */
async function delegateControllers(directory: string): Promise<void> {
  const available = (await readFile(path.join(directory, 'cgroup.controllers'), 'utf8')).trim().split(' ');
  const passedOn = (await readFile(path.join(directory, 'cgroup.subtree_control'), 'utf8')).trim().split(' ');
  const wanted = unifiedControllers.filter((name) => available.includes(name) && !passedOn.includes(name));
  if (wanted.length === 0) return;
  await writeFile(path.join(directory, 'cgroup.subtree_control'), wanted.map((name) => `+${name}`).join(' '));
}

/** A v1 cpuset starts empty and takes no process until it has cpus and memory nodes. */
async function inheritCpuset(hierarchy: string, directories: string[]): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const value = await readFile(path.join(hierarchy, file), 'utf8').catch(() => undefined);
    if (value === undefined) continue;
    for (const directory of directories) await writeFile(path.join(directory, file), value.trim());
  }
}

/** Moves a process into the instance's `system` group everywhere; what it starts from then on is there too. */
export async function enterCgroups(mounts: CgroupMounts, group: string, pid: number): Promise<void> {
  for (const hierarchy of mounts.hierarchies) {
    await writeFile(path.join(hierarchy, group, 'system', 'cgroup.procs'), String(pid));
  }
}

/** Pids of all processes of the instance, from all hierarchies. */
export async function listCgroupProcesses(mounts: CgroupMounts, group: string): Promise<number[]> {
  const pids = new Set<number>();
  for (const hierarchy of mounts.hierarchies) {
    for (const directory of await listTree(path.join(hierarchy, group))) {
      const text = await readFile(path.join(directory, 'cgroup.procs'), 'utf8').catch(() => '');
      // The kernel shows a process that it is taking away as 0.
      for (const pid of text.split('\n').map(Number)) if (pid > 1) pids.add(pid);
    }
  }
  return [...pids];
}

/** Ends all processes of the instance but `except`; resolves when none is left or the limit has passed. */
export async function killCgroupProcesses(
  mounts: CgroupMounts,
  group: string,
  limitMs: number,
  except?: number,
): Promise<number[]> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const pids = (await listCgroupProcesses(mounts, group)).filter((pid) => pid !== except);
    if (pids.length === 0 || Date.now() > deadline) return pids;
    for (const pid of pids) sendSignal(pid, 'SIGKILL');
    await delay(pollMs);
  }
}

/** Removes the instance's trees, innermost first. A group that still holds a dying process is tried again until the limit. */
export async function removeCgroups(mounts: CgroupMounts, group: string, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (const hierarchy of mounts.hierarchies) {
    const directories = (await listTree(path.join(hierarchy, group))).reverse();
    for (const directory of directories) await removeGroup(directory, deadline);
  }
}

async function removeGroup(directory: string, deadline: number): Promise<void> {
  for (;;) {
    try {
      await rmdir(directory);
      return;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY' || Date.now() > deadline) throw error;
      await delay(pollMs);
    }
  }
}

/** A folder and all folders below it, outermost first; empty when it is not there. */
async function listTree(root: string): Promise<string[]> {
  if (!(await stat(root).catch(() => undefined))?.isDirectory()) return [];
  const below = await readdir(root, { withFileTypes: true });
  const found = await Promise.all(
    below.filter((entry) => entry.isDirectory()).map((entry) => listTree(path.join(root, entry.name))),
  );
  return [root, ...found.flat()];
}
