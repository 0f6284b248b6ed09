/**
 * Takes old builds out of the cache, which would otherwise grow by a gigabyte with every new version. The newest one before the present
 * stays, for somebody who goes back a step, and so does whatever an instance of this machine was started with.
 */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { instancesRoot } from './instance.ts';
import type { InstanceSettings } from './instance.ts';

export type BuiltFolder = {
  directory: string;
  /** Of folders of one kind, each build replaces the one before. */
  kind: string;
  modifiedMs: number;
};

export type PruneOptions = {
  /** Folders of the build that has just ended. */
  current: readonly string[];
  /** What a folder holds, by its name; undefined for what is no build and stays. */
  kindOf: (directory: string) => Promise<string | undefined>;
  /** Where instances keep their settings. */
  instances?: string;
};

/** All but the current ones, the newest other one of each kind, and those in use. Pure. */
export function findObsolete(
  folders: readonly BuiltFolder[],
  current: ReadonlySet<string>,
  inUse: ReadonlySet<string>,
): string[] {
  const spared = new Set<string>();
  return [...folders]
    .sort((one, other) => other.modifiedMs - one.modifiedMs)
    .filter(({ directory, kind }) => {
      if (current.has(directory)) return false;
      const isNewestBefore = !spared.has(kind);
      spared.add(kind);
      return !isNewestBefore && !inUse.has(directory);
    })
    .map(({ directory }) => directory);
}

/** Removes obsolete builds directly below `root`; resolves with their folders. Call it while nobody else builds there. */
export async function pruneFolders(root: string, options: PruneOptions): Promise<string[]> {
  const folders: BuiltFolder[] = [];
  for (const entry of await readdir(root, { withFileTypes: true })) {
    const directory = path.join(root, entry.name);
    const kind = entry.isDirectory() ? await options.kindOf(directory) : undefined;
    if (kind !== undefined) folders.push({ directory, kind, modifiedMs: (await stat(directory)).mtimeMs });
  }
  const inUse = await loadFoldersInUse(options.instances ?? instancesRoot);
  const obsolete = findObsolete(folders, new Set(options.current), inUse);
  for (const directory of obsolete) await rm(directory, { recursive: true, force: true });
  return obsolete;
}

/** For the operator, who may wonder where the space has gone to. Pure. */
export function describePruned(what: string, root: string, removed: readonly string[]): string {
  return `Removed ${removed.length} old ${removed.length === 1 ? 'build' : 'builds'} of ${what} from ${root}.`;
}

/** An instance has its settings for as long as it is up, and a supervisor that comes back reads them again. */
async function loadFoldersInUse(instances: string): Promise<Set<string>> {
  const folders = new Set<string>();
  for (const name of await readdir(instances).catch(() => [])) {
    const text = await readFile(path.join(instances, name, 'settings.json'), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const { partsDirectory, imageArchives } = JSON.parse(text) as InstanceSettings;
    for (const folder of [partsDirectory, ...imageArchives.map((archive) => path.dirname(archive))])
      folders.add(folder);
  }
  return folders;
}
