/** Takes away what an instance left behind, however it ended: processes, control groups, run-time files. */
import { access, rm } from 'node:fs/promises';
import path from 'node:path';
import { killCgroupProcesses, loadCgroupMounts, removeCgroups } from './cgroups.ts';
import { ClusterError } from './errors.ts';
import type { InstancePaths } from './instance.ts';
import { makeCgroupName } from './instance.ts';

/** A killed process may be in the middle of writing to a slow disk. */
const killLimitMs = 15_000;

/** A file that an ordered stop leaves: containerd's books hold images alone, and may be used again. */
export function makeCleanMark(paths: InstancePaths): string {
  return path.join(paths.containerd, 'clean');
}

/** Ends all of the instance's processes but `except` and removes what it made outside its own folder, then its run-time files. */
export async function clearInstance(name: string, paths: InstancePaths, except?: number): Promise<void> {
  const mounts = await loadCgroupMounts();
  const left = await killCgroupProcesses(mounts, makeCgroupName(name), killLimitMs, except);
  if (left.length > 0) {
    throw new ClusterError('part-failed', {
      facts: `processes ${left.join(', ')} do not end`,
      next: 'they wait for the kernel; try again later, or restart the machine',
    });
  }
  if (except === undefined) await removeCgroups(mounts, makeCgroupName(name), killLimitMs);
  const wasClean = await access(makeCleanMark(paths)).then(
    () => true,
    () => false,
  );
  if (!wasClean) {
    // Containers of a killed instance would haunt the next one; unpacking the images again is the lesser price.
    await rm(paths.containerd, { recursive: true, force: true });
    await rm(paths.importedImages, { force: true });
  }
}

/** Removes the run-time files; the settings that a supervisor was started with are kept for it. */
export async function removeRunFiles(paths: InstancePaths): Promise<void> {
  await rm(paths.run, { recursive: true, force: true });
}
