/** The Debian base that shell, web and bootcamp share: made once for a list of packages, then found again. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildOptions } from './build-options.ts';
import { formatLock } from './debian-lock.ts';
import { fetchLockedPackages } from './debian-packages.ts';
import { installBaseSystem, writeRepository } from './debian-repository.ts';
import { sha256OfText } from './fingerprint.ts';
import { writeLayer } from './oci-archive.ts';
import type { Layer } from './oci-archive.ts';

export interface BaseSystem {
  /** The tree, for overlays to lie upon; never written to. */
  readonly directory: string;
  readonly layer: Layer;
  /** Packages that RUN steps may install. */
  readonly packagesDirectory: string;
}

/** What a running system or a build mounts there is no part of an image. */
const MOUNTED_FOLDERS = ['./dev/*', './proc/*', './run/*', './sys/*', './tmp/*'];

/** Call it with the build lock held. Throws ImageError. */
export async function openBase(options: BuildOptions): Promise<BaseSystem> {
  const { cacheDir, signal } = options;
  const packagesDirectory = join(cacheDir, 'images/debian');
  const packages = await fetchLockedPackages(packagesDirectory, options);
  const home = join(cacheDir, 'images', `base-${sha256OfText(formatLock(packages))}`);
  const found = await loadBase(home);
  // The folder's index may be another list's: two clones of different ages share it.
  await writeRepository(packagesDirectory, packages, signal);
  if (found) return { ...found, packagesDirectory };
  const part = `${home}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  await installBaseSystem(packagesDirectory, join(part, 'tree'), signal);
  const layer = await writeLayer(join(part, 'tree'), join(part, LAYER_FILE), MOUNTED_FOLDERS, signal);
  await writeFile(join(part, 'layer.json'), JSON.stringify(layer));
  await rm(home, { recursive: true, force: true });
  await rename(part, home);
  return { directory: join(home, 'tree'), layer: { ...layer, file: join(home, LAYER_FILE) }, packagesDirectory };
}

const LAYER_FILE = 'layer.tar.zst';

async function loadBase(home: string): Promise<Omit<BaseSystem, 'packagesDirectory'> | undefined> {
  const record = await readFile(join(home, 'layer.json'), 'utf8').catch(() => undefined);
  if (record === undefined) return undefined;
  const layer = JSON.parse(record) as Layer;
  return { directory: join(home, 'tree'), layer: { ...layer, file: join(home, LAYER_FILE) } };
}
