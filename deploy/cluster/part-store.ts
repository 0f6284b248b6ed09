/**
 * Compiled parts on disk: one folder for each set of pins, with a manifest of checksums. A folder gets its final name only when it is complete;
 * a part that an older, complete folder holds in the same form is linked from there.
 */
import { createHash } from 'node:crypto';
import { link, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { digestFile, DigestMemory } from './digest-file.ts';
import type { PartPin } from './pins.ts';

/** Raised when the layout of a parts folder or the way of building changes. */
const layoutVersion = '1';
const manifestName = 'manifest.json';
const digestsName = 'digests.json';

export type StoredPart = { inputs: string; files: Record<string, string> };
export type Manifest = { parts: Record<string, StoredPart> };

/** A hash of all that decides how a part turns out: its pin and its module's files. */
export async function hashPartInputs(pin: PartPin, moduleDirectory: string): Promise<string> {
  const hash = createHash('sha256')
    .update(layoutVersion)
    .update(JSON.stringify({ ...pin, coldSeconds: 0 }));
  for (const name of (await readdir(moduleDirectory)).sort()) {
    hash.update(name).update(await readFile(path.join(moduleDirectory, name)));
  }
  return hash.digest('hex');
}

/** The name of the folder for a set of parts. Pure. */
export function hashSet(inputs: Record<string, string>): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16);
}

export async function loadManifest(directory: string): Promise<Manifest> {
  const text = await readFile(path.join(directory, manifestName), 'utf8').catch(() => undefined);
  if (text === undefined) return { parts: {} };
  try {
    return JSON.parse(text) as Manifest;
  } catch {
    return { parts: {} };
  }
}

export async function saveManifest(directory: string, manifest: Manifest): Promise<void> {
  const file = path.join(directory, manifestName);
  await writeFile(`${file}.new`, JSON.stringify(manifest, undefined, 1));
  await rename(`${file}.new`, file);
}

/** Checksums of all files of a part below `directory`, by relative name. */
export async function digestFiles(directory: string, names: readonly string[]): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const name of names) {
    for (const file of await listFiles(directory, name)) files[file] = await digestFile(path.join(directory, file));
  }
  return files;
}

async function listFiles(root: string, name: string): Promise<string[]> {
  const found = await lstat(path.join(root, name));
  if (found.isFile()) return [name];
  if (!found.isDirectory()) return [];
  const below = await readdir(path.join(root, name));
  return (await Promise.all(below.map((entry) => listFiles(root, path.join(name, entry))))).flat();
}

/** True when each file of the part is there with the content that it was built with. */
export async function isIntact(directory: string, part: StoredPart): Promise<boolean> {
  const digests = await DigestMemory.load(path.join(directory, digestsName));
  for (const [name, expected] of Object.entries(part.files)) {
    const digest = await digests.digest(path.join(directory, name)).catch(() => undefined);
    if (digest !== expected) return false;
  }
  await digests.save();
  return true;
}

/** Links a part from a folder that has it in the same form; false when none has, or not intact. */
export async function adoptPart(
  root: string,
  target: string,
  name: string,
  inputs: string,
): Promise<StoredPart | undefined> {
  for (const entry of await readdir(root)) {
    const directory = path.join(root, entry);
    if (directory === target || entry.startsWith('.')) continue;
    const part = (await loadManifest(directory)).parts[name];
    if (part?.inputs !== inputs || !(await isIntact(directory, part))) continue;
    for (const file of Object.keys(part.files)) {
      await mkdir(path.dirname(path.join(target, file)), { recursive: true });
      await rm(path.join(target, file), { force: true });
      await link(path.join(directory, file), path.join(target, file));
    }
    return part;
  }
  return undefined;
}
