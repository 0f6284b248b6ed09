import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of a file, in hexadecimal. */
export async function digestFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/**
 * Size, times and inode of a file: as long as it is the same, nobody has written to the file. The time of change is the
 * kernel's own: no program can set it back as it can the time of writing. Undefined where there is no file.
 */
export async function stampFile(file: string): Promise<string | undefined> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found === undefined ? undefined : [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
}

type KnownDigests = Record<string, { stamp: string; digest: string }>;

/** Checksums that were once computed, kept in a file; hundreds of megabytes take seconds at each start. */
export class DigestMemory {
  readonly #file: string;
  readonly #known: KnownDigests;
  #isChanged = false;

  private constructor(file: string, known: KnownDigests) {
    this.#file = file;
    this.#known = known;
  }

  /** One that cannot be read knows nothing, which only costs time. */
  static async load(file: string): Promise<DigestMemory> {
    const text = await readFile(file, 'utf8').catch(() => '{}');
    try {
      return new DigestMemory(file, JSON.parse(text) as KnownDigests);
    } catch {
      return new DigestMemory(file, {});
    }
  }

  /** As `digestFile`; a file that nobody has written to since it was last digested is not read again. */
  async digest(file: string): Promise<string> {
    const stamp = await stampFile(file);
    const known = this.#known[file];
    if (stamp !== undefined && known?.stamp === stamp) return known.digest;
    const digest = await digestFile(file);
    if (stamp !== undefined) {
      this.#known[file] = { stamp, digest };
      this.#isChanged = true;
    }
    return digest;
  }

  /** Forgets files that are gone. */
  async save(): Promise<void> {
    if (!this.#isChanged) return;
    for (const file of Object.keys(this.#known)) {
      if ((await stampFile(file)) === undefined) delete this.#known[file];
    }
    const unfinished = `${this.#file}.${process.pid}`;
    await writeFile(unfinished, JSON.stringify(this.#known, undefined, 1));
    await rename(unfinished, this.#file);
    this.#isChanged = false;
  }
}
