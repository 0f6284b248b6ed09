/** Where the build reads what authors write: a folder outside the repository when an operator names one. */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';

export const contentFolder = resolve(process.env['PODIUM_CONTENT'] ?? 'content');

/** A cache a content folder: builds of two folders would otherwise each find the pages of the other. */
export function buildCacheFolder(folder: string): string {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  return join('node_modules', '.astro', name);
}
