/**
 * The cluster's programs, compiled once a machine from pinned source modules. `buildParts` makes them be there:
 * it finds them intact in the cache, or compiles what is missing, part by part, and can be interrupted between any two lines.
 */
import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { estimateRemainingSeconds } from './build-estimate.ts';
import { compilePart } from './compile-part.ts';
import { ClusterError } from './errors.ts';
import { withFileLock } from './file-lock.ts';
import { requiredPackages } from './packages.ts';
import type { Manifest } from './part-store.ts';
import { adoptPart, digestFiles, hashPartInputs, hashSet, isIntact, loadManifest, saveManifest } from './part-store.ts';
import type { PartPin } from './pins.ts';
import { partPins } from './pins.ts';
import type { OnProgress } from './progress.ts';
import { describePruned, pruneFolders } from './prune-folders.ts';
import { ensureToolchain } from './toolchain.ts';

export { requiredPackages } from './packages.ts';

/** Modules (6.5 GB), build cache (11 GB) and result (1 GB) of a whole build; a part needs its share by compile time. */
const wholeBuildBytes = 19 * 1024 ** 3;
/** How often the estimate is told anew while a part compiles. */
const tickMs = 5000;

export type BuildOptions = {
  cacheDir: string;
  onProgress?: OnProgress;
  /** Hears a sentence for the operator. */
  onNotice?: (message: string) => void;
  signal?: AbortSignal;
};
/** `directory` holds `bin`, `licences/<binary>`, `cilium/bpf` and `cilium/crds`; `binaries` is its `bin`; `goBinary` is the pinned Go. */
export type BuiltParts = { directory: string; binaries: string; goBinary: string };

/** Resolves when all parts are in the cache and intact. Throws a ClusterError that can be shown as it is. */
export async function buildParts(options: BuildOptions): Promise<BuiltParts> {
  const directory = await ensureParts(options);
  return { directory, binaries: path.join(directory, 'bin'), goBinary: await bringToolchain(options) };
}

/** As `buildParts`, but a machine that has all parts, from a bundle for instance, needs no Go. Resolves with the parts folder. */
export async function ensureParts(options: BuildOptions): Promise<string> {
  const { cacheDir, onProgress, signal } = options;
  const root = path.join(cacheDir, 'parts');
  const inputs = await hashAllInputs();
  const directory = path.join(root, hashSet(inputs));
  await mkdir(root, { recursive: true });
  const onWait = () =>
    onProgress?.({ stage: 'build', part: 'another build on this machine', index: 0, count: partPins.length });
  const work = async () => {
    if (await isComplete(directory, inputs)) return;
    await buildMissing(directory, inputs, options);
    const removed = await pruneFolders(root, { current: [directory], kindOf: kindOfFolder });
    if (removed.length > 0) options.onNotice?.(describePruned("the cluster's programs", root, removed));
  };
  await withFileLock(path.join(root, '.lock'), work, { onWait, ...(signal === undefined ? {} : { signal }) });
  return directory;
}

/** Only what `hashSet` named, and nothing that is unfinished or being imported. */
function kindOfFolder(directory: string): Promise<string | undefined> {
  return Promise.resolve(/^[0-9a-f]{16}$/u.test(path.basename(directory)) ? 'parts' : undefined);
}

async function bringToolchain({ cacheDir, onProgress, signal }: BuildOptions): Promise<string> {
  onProgress?.({ stage: 'toolchain', part: 'go', index: 1, count: 1 });
  return ensureToolchain(cacheDir, signal);
}

function locateModuleFolder(pin: PartPin): string {
  return fileURLToPath(new URL(`modules/${pin.name}`, import.meta.url));
}

async function hashAllInputs(): Promise<Record<string, string>> {
  const entries = partPins.map(async (pin) => [pin.name, await hashPartInputs(pin, locateModuleFolder(pin))] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function isComplete(directory: string, inputs: Record<string, string>): Promise<boolean> {
  const { parts } = await loadManifest(directory);
  for (const [name, expected] of Object.entries(inputs)) {
    const part = parts[name];
    if (part?.inputs !== expected || !(await isIntact(directory, part))) return false;
  }
  return true;
}

/** Compiles what neither an interrupted build nor an older set of parts has, beside the final folder, and puts it in place at the end. */
async function buildMissing(directory: string, inputs: Record<string, string>, options: BuildOptions): Promise<void> {
  const root = path.dirname(directory);
  const staging = `${directory}.unfinished`;
  await mkdir(path.join(staging, 'bin'), { recursive: true });
  const manifest: Manifest = { parts: {} };
  const before = (await loadManifest(staging)).parts;
  const missing: PartPin[] = [];
  for (const pin of partPins) {
    const expected = inputs[pin.name] ?? '';
    const kept = before[pin.name];
    const isKept = kept?.inputs === expected && (await isIntact(staging, kept));
    const part = isKept ? kept : await adoptPart(root, staging, pin.name, expected);
    if (part === undefined) missing.push(pin);
    else manifest.parts[pin.name] = part;
  }
  await saveManifest(staging, manifest);
  if (missing.length > 0) {
    checkPackages();
    await checkDisk(options.cacheDir, missing);
    const go = await bringToolchain(options);
    await compileAll({ missing, staging, manifest, inputs, go }, options);
  }
  await rm(directory, { recursive: true, force: true });
  await rename(staging, directory);
  // Gigabytes that nobody needs again: the next build has other pins.
  if (missing.length > 0) await rm(path.join(options.cacheDir, 'go', 'build'), { recursive: true, force: true });
}

type Compilation = {
  missing: PartPin[];
  staging: string;
  manifest: Manifest;
  inputs: Record<string, string>;
  go: string;
};

async function compileAll(
  { missing, staging, manifest, inputs, go }: Compilation,
  options: BuildOptions,
): Promise<void> {
  const { cacheDir, onProgress, signal } = options;
  const startedAt = Date.now();
  for (const [index, pin] of missing.entries()) {
    const partStartedAt = Date.now();
    const finishedSeconds = (partStartedAt - startedAt) / 1000;
    const report = () => {
      const currentSeconds = (Date.now() - partStartedAt) / 1000;
      const remainingSeconds = estimateRemainingSeconds(missing, { current: index, finishedSeconds, currentSeconds });
      onProgress?.({ stage: 'build', part: pin.name, index: index + 1, count: missing.length, remainingSeconds });
    };
    report();
    const ticker = setInterval(report, tickMs);
    try {
      const moduleDirectory = locateModuleFolder(pin);
      const compile = { go, cacheDir, target: staging, moduleDirectory, ...(signal === undefined ? {} : { signal }) };
      const files = await digestFiles(staging, await compilePart(pin, compile));
      manifest.parts[pin.name] = { inputs: inputs[pin.name] ?? '', files };
      await saveManifest(staging, manifest);
    } finally {
      clearInterval(ticker);
    }
  }
}

function checkPackages(): void {
  const missing = requiredPackages();
  if (missing.length === 0) return;
  throw new ClusterError('missing-packages', {
    facts: missing.join(', '),
    next: `install them: apt-get install --no-install-recommends ${missing.join(' ')}`,
  });
}

/** A build that would end with a full disk is not begun. */
async function checkDisk(cacheDir: string, missing: readonly PartPin[]): Promise<void> {
  const seconds = (pinned: readonly PartPin[]) => pinned.reduce((sum, pin) => sum + pin.coldSeconds, 0);
  const needed = (wholeBuildBytes * seconds(missing)) / seconds(partPins);
  const disk = await statfs(cacheDir);
  const free = disk.bavail * disk.bsize;
  const hasCache = (await readdir(path.join(cacheDir, 'go', 'build')).catch(() => [])).length > 0;
  // What an interrupted build left in the caches is part of what a whole one needs.
  if (free >= (hasCache ? needed / 2 : needed)) return;
  const gibibytes = (bytes: number) => (bytes / 1024 ** 3).toFixed(1);
  throw new ClusterError('disk-full', {
    facts: `${gibibytes(free)} GiB free at ${cacheDir}, the build needs about ${gibibytes(needed)} GiB`,
    next: 'make room, or set PODIUM_CACHE to a folder on a larger disk; most of it is free again after the build',
  });
}
