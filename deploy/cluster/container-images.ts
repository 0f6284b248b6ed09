/** Images in an instance's containerd: brought in from archives, listed, pinned so that the kubelet never collects them. */
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { digestFile } from './digest-file.ts';
import { ClusterError } from './errors.ts';
import type { InstancePaths } from './instance.ts';
import { containerdSocket } from './instance.ts';
import type { NamespaceHandles } from './namespaces.ts';
import { enterNamespaces } from './namespaces.ts';
import { runCommand } from './run-command.ts';

/** The kubelet's own namespace in containerd. */
const containerdNamespace = 'k8s.io';
/** The CRI plugin shows images with this label as pinned, and the kubelet leaves those alone when the disk is full. */
const pinnedLabel = 'io.cri-containerd.pinned=pinned';

/** With it the CRI plugin marks what it knows: it then takes no notice when the name leads to another image. */
const managedLabel = 'io.cri-containerd.image';

/** The end of a pod's first container may end its others before their turn comes, each time anew. */
const removalAttempts = 10;

export type ContainerdAccess = { handles: NamespaceHandles; binaries: string };

/** Runs `ctr` inside the instance and resolves with what it prints. */
export function runCtr(access: ContainerdAccess, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const ctr = path.join(access.binaries, 'ctr');
  const all = ['--address', containerdSocket, '--namespace', containerdNamespace, ...args];
  const [command, commandArgs] = enterNamespaces(access.handles, ctr, all);
  return runCommand(command, commandArgs, signal === undefined ? {} : { signal });
}

export async function listImageNames(access: ContainerdAccess): Promise<string[]> {
  return [...(await listImages(access)).keys()];
}

/** The digest that each name leads to. */
async function listImages(access: ContainerdAccess): Promise<Map<string, string>> {
  const [, ...rows] = (await runCtr(access, ['images', 'list'])).split('\n');
  const images = rows.map((row) => row.split(/\s+/)).map(([name = '', , digest = '']) => [name, digest] as const);
  // The CRI plugin keeps a second record of each image by its digest.
  return new Map(images.filter(([name]) => name !== '' && !name.startsWith('sha256:')));
}

type ImportRecord = Record<string, { digest: string; size: number; modifiedMs: number }>;

/** Imports each archive unless the very same was imported before; the images' names are those that the archive carries. */
export async function importArchives(
  access: ContainerdAccess,
  paths: InstancePaths,
  archives: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const record = await loadImportRecord(paths.importedImages);
  let present = await listImages(access);
  for (const archive of archives) {
    const file = await stat(archive).catch(() => undefined);
    if (file === undefined) {
      throw new ClusterError('bad-image', {
        facts: `${archive} is not there`,
        next: 'build it with `npm run images -- build`',
      });
    }
    const known = record[archive];
    if (known?.size === file.size && known.modifiedMs === file.mtimeMs) continue;
    const digest = await digestFile(archive);
    if (known?.digest !== digest) present = await importArchive(access, archive, present, signal);
    record[archive] = { digest, size: file.size, modifiedMs: file.mtimeMs };
    await saveImportRecord(paths.importedImages, record);
  }
}

async function importArchive(
  access: ContainerdAccess,
  archive: string,
  before: ReadonlyMap<string, string>,
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  await runCtr(access, ['images', 'import', '--local', archive], signal).catch((error: unknown) => {
    throw new ClusterError('bad-image', {
      facts: `${archive}: ${error instanceof Error ? error.message : String(error)}`,
      next: 'it must be an OCI or Docker archive whose index names its images in full, such as podium.dev/shell:1',
      cause: error,
    });
  });
  const after = await listImages(access);
  for (const [name, digest] of after) {
    if (!before.has(name)) await runCtr(access, ['images', 'label', name, pinnedLabel], signal);
    // Without the mark it looks again. Else containers would start, but volumes of the image would not be found.
    else if (before.get(name) !== digest) await runCtr(access, ['images', 'label', name, `${managedLabel}=`], signal);
  }
  return after;
}

/** Removes all containers from containerd's books, so that the next start finds images alone. */
export async function removeContainers(access: ContainerdAccess): Promise<void> {
  const list = async (kind: string) => (await runCtr(access, [kind, 'list', '--quiet'])).split('\n').filter(Boolean);
  for (let attempt = 1; ; attempt += 1) {
    const tasks = await list('tasks');
    const containers = await list('containers');
    if (tasks.length === 0 && containers.length === 0) return;
    try {
      if (tasks.length > 0) await runCtr(access, ['tasks', 'delete', '--force', ...tasks]);
      if (containers.length > 0) await runCtr(access, ['containers', 'delete', ...containers]);
    } catch (error) {
      // A container that ended by itself in between makes `ctr` fail after it has done the rest.
      if (attempt >= removalAttempts) throw error;
    }
  }
}

async function loadImportRecord(file: string): Promise<ImportRecord> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  return JSON.parse(text) as ImportRecord;
}

async function saveImportRecord(file: string, record: ImportRecord): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(record));
  await rename(`${file}.new`, file);
}
