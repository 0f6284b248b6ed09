/** Gets the recorded Debian packages onto this machine, and records them anew. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IMAGES } from './catalogue.ts';
import { openDebianArchive, withoutIntact } from './debian-archive.ts';
import { describeDrift, formatLock, parseLock } from './debian-lock.ts';
import type { LockedPackage } from './debian-lock.ts';
import { ImageError } from './image-error.ts';
import { loadRecipe, packagesOf } from './recipe.ts';

export const LOCK_FILE = fileURLToPath(new URL('debian.lock', import.meta.url));

export interface PackagesOptions {
  readonly cacheDir: string;
  readonly mirror?: string;
  readonly isLockStrict?: boolean;
  readonly onNotice?: (message: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Puts the recorded packages into `directory` and returns them; reads the network only for what is missing there.
 * Where Debian no longer serves them it takes today's, with a notice, unless `isLockStrict`: Debian's stable release
 * replaces packages by corrected ones only, and an old clone must still start.
 * Throws ImageError IMAGES_LOCK_OUTDATED (strict), IMAGES_ARCHIVE_UNREACHABLE, IMAGES_CHECKSUM.
 */
export async function fetchLockedPackages(directory: string, options: PackagesOptions): Promise<LockedPackage[]> {
  const recorded = parseLock(await readFile(LOCK_FILE, 'utf8'));
  if ((await withoutIntact(recorded, directory)).length === 0) return recorded;
  const archive = await openArchive(options);
  if (await archive.serves(recorded)) {
    await archive.download(recorded, directory);
    return recorded;
  }
  const today = await archive.resolve(await packagesOfAllImages());
  const drift = describeDrift(recorded, today).join('; ');
  const snapshot = 'an old archive by --mirror URL';
  if (options.isLockStrict) {
    throw new ImageError(
      'IMAGES_LOCK_OUTDATED',
      `Debian no longer serves the recorded packages (${drift}). Record today's with “npm run images -- lock” and commit debian.lock, or name ${snapshot}.`,
    );
  }
  options.onNotice?.(
    `Debian has replaced recorded packages; using today's: ${drift}. “npm run images -- lock” records them.`,
  );
  await archive.download(today, directory);
  return today;
}

/** Writes debian.lock from what Debian serves today, and returns what changed. */
export async function recordPackages(options: PackagesOptions): Promise<string[]> {
  const before = await readFile(LOCK_FILE, 'utf8').then(parseLock, () => []);
  const archive = await openArchive(options);
  const today = await archive.resolve(await packagesOfAllImages());
  await writeFile(LOCK_FILE, formatLock(today));
  return describeDrift(before, today);
}

async function packagesOfAllImages(): Promise<string[]> {
  const recipes = await Promise.all(IMAGES.map(loadRecipe));
  return [...new Set(recipes.flatMap(packagesOf))].sort();
}

function openArchive({ cacheDir, mirror, signal }: PackagesOptions): ReturnType<typeof openDebianArchive> {
  return openDebianArchive(join(cacheDir, 'images/apt'), mirror, signal);
}
