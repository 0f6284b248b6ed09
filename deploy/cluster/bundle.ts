/**
 * Programs and images of the cluster as one file, for machines that must not build: a tar of the parts folder and the image archives,
 * with a list of checksums as its first member, so that a damaged or foreign file is refused before anything is put in place.
 */
import { link, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile, copyFile } from 'node:fs/promises';
import path from 'node:path';
import { digestFile } from './digest-file.ts';
import { ClusterError } from './errors.ts';
import { loadManifest } from './part-store.ts';
import { runCommand } from './run-command.ts';

const bundleFormat = 'podium-cluster-1';
const listName = 'bundle.json';
/** The strongest level would take minutes of a core for a few per cent. */
const packer = 'gzip -1';

export type BundleList = {
  format: typeof bundleFormat;
  /** Name of the parts folder: a hash of the pins. */
  parts: string;
  /** Checksums of the image archives, by file name. */
  images: Record<string, string>;
};

export type BundleContent = { partsDirectory: string; imageArchives: string[] };

/** Writes the bundle; resolves with its size in bytes. */
export async function exportBundle(file: string, content: BundleContent, signal?: AbortSignal): Promise<number> {
  const target = path.resolve(file);
  const work = await mkdtemp(path.join(path.dirname(target), '.podium-export-'));
  try {
    const list: BundleList = { format: bundleFormat, parts: path.basename(content.partsDirectory), images: {} };
    await mkdir(path.join(work, 'images'));
    for (const [index, archive] of content.imageArchives.entries()) {
      // Archives of different images may have the same file name.
      const name = `${index}-${path.basename(archive)}`;
      list.images[name] = await digestFile(archive);
      await linkOrCopy(archive, path.join(work, 'images', name));
    }
    await writeFile(path.join(work, listName), JSON.stringify(list, undefined, 1));
    const partsRoot = path.dirname(content.partsDirectory);
    const members = ['-C', work, listName, 'images', '-C', partsRoot, list.parts];
    const options = signal === undefined ? {} : { signal };
    await runCommand(
      'tar',
      ['--create', '--use-compress-program', packer, '--file', `${target}.unfinished`, ...members],
      options,
    );
    await rename(`${target}.unfinished`, target);
    return (await stat(target)).size;
  } finally {
    await rm(work, { recursive: true, force: true });
    await rm(`${target}.unfinished`, { force: true });
  }
}

/** Unpacks a bundle into the cache and checks every file; only then is it put in place. */
export async function importBundle(file: string, cacheDir: string, signal?: AbortSignal): Promise<BundleContent> {
  const root = path.join(cacheDir, 'parts');
  await mkdir(root, { recursive: true });
  if (!(await stat(file).catch(() => undefined))?.isFile()) {
    throw new ClusterError('bad-bundle', {
      facts: `${file} is not there`,
      next: 'make one by `npm run cluster -- export FILE`',
    });
  }
  const work = await mkdtemp(path.join(root, '.import-'));
  try {
    const options = signal === undefined ? {} : { signal };
    await runCommand(
      'tar',
      ['--extract', '--gzip', '--no-same-owner', '--file', path.resolve(file), '--directory', work],
      options,
    ).catch((error: unknown) => refuse(file, 'it is no bundle, or was cut short', error));
    const list = await readList(file, work);
    await checkContent(file, work, list);
    return await putInPlace(work, list, cacheDir);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function readList(file: string, work: string): Promise<BundleList> {
  const text = await readFile(path.join(work, listName), 'utf8').catch(() =>
    refuse(file, 'it has no list of its content'),
  );
  const list = JSON.parse(text) as Partial<BundleList>;
  if (list.format !== bundleFormat) refuse(file, `its format is ${String(list.format)}, expected ${bundleFormat}`);
  if (!/^[0-9a-f]{16}$/u.test(list.parts ?? '')) refuse(file, 'it names no parts');
  return list as BundleList;
}

async function checkContent(file: string, work: string, list: BundleList): Promise<void> {
  const { parts } = await loadManifest(path.join(work, list.parts));
  if (Object.keys(parts).length === 0) refuse(file, 'it has no programs');
  const expected = [
    ...Object.values(parts).flatMap((part) =>
      Object.entries(part.files).map(([name, sum]) => [path.join(list.parts, name), sum]),
    ),
    ...Object.entries(list.images).map(([name, sum]) => [path.join('images', name), sum]),
  ] as [string, string][];
  for (const [name, sum] of expected) {
    const target = path.join(work, name);
    if (!target.startsWith(`${work}${path.sep}`)) refuse(file, `it names a file outside itself: ${name}`);
    const actual = await digestFile(target).catch(() => 'nothing');
    if (actual !== sum) refuse(file, `the checksum of ${name} is wrong`);
  }
}

async function putInPlace(work: string, list: BundleList, cacheDir: string): Promise<BundleContent> {
  const partsDirectory = path.join(cacheDir, 'parts', list.parts);
  await rm(partsDirectory, { recursive: true, force: true });
  await rename(path.join(work, list.parts), partsDirectory);
  const imagesDirectory = path.join(cacheDir, 'images', `bundle-${list.parts}`);
  await rm(imagesDirectory, { recursive: true, force: true });
  await mkdir(path.dirname(imagesDirectory), { recursive: true });
  await rename(path.join(work, 'images'), imagesDirectory);
  return { partsDirectory, imageArchives: Object.keys(list.images).map((name) => path.join(imagesDirectory, name)) };
}

function refuse(file: string, reason: string, cause?: unknown): never {
  throw new ClusterError('bad-bundle', { facts: `${file}: ${reason}`, next: 'copy or export it anew', cause });
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to));
}
