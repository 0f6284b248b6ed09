/** Checksums: of a file, and of everything that an image is made of. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of a file's content, in hexadecimal; `sha256OfFile`, or one that remembers. */
export type DigestOfFile = (file: string) => Promise<string>;

export async function sha256OfFile(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: READ_BYTES }), hash, signal ? { signal } : {});
  return hash.digest('hex');
}

export function sha256OfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** One checksum for a file or a folder with all below it: names and contents, in a fixed order. */
export async function sha256OfTree(path: string, digest: DigestOfFile = sha256OfFile): Promise<string> {
  const files = await filesBelow(path);
  const lines = await Promise.all(files.map(async (file) => `${relative(path, file)} ${await digest(file)}\n`));
  return sha256OfText(lines.join(''));
}

/** Large enough that hashing, not the number of reads, is what takes the time. */
const READ_BYTES = 1 << 20;

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOTDIR') return undefined;
      throw error;
    },
  );
  if (!entries) return [path];
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
