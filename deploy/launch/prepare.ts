/** What must be on the disk before a cluster can start: Debian packages, binaries and images. Cached; a second call is fast. */
import { importBundle } from '../cluster/bundle.ts';
import { buildParts, requiredPackages as packagesOfParts } from '../cluster/parts.ts';
import { buildImages, buildSystemImages, requiredPackages as packagesOfImages } from '../images/build.ts';
import { LAB_IMAGE_REFS } from '../images/catalogue.ts';
import { ensurePackages } from './debian-packages.ts';
import type { WorkProgress } from './progress.ts';

export interface Prepared {
  /** Compiled programs of the cluster. */
  readonly partsDirectory: string;
  /** Image archives that the cluster imports, its own first. */
  readonly imageArchives: readonly string[];
  /** Every name under which an image of ours can be used. */
  readonly imageNames: readonly string[];
}

export interface PrepareOptions {
  readonly cacheDir: string;
  /** File made by `npm run cluster -- export` on another machine: nothing is compiled then. */
  readonly bundle?: string;
  readonly say: (line: string) => void;
  readonly onProgress: (work: WorkProgress) => void;
  readonly signal: AbortSignal;
}

/** Throws an error whose message says what to install by hand, where this process may not install it. */
export async function prepare(options: PrepareOptions): Promise<Prepared> {
  const { cacheDir, bundle, say, onProgress, signal } = options;
  const packages = [...new Set([...packagesOfParts(), ...packagesOfImages()])];
  const outcome = await ensurePackages(packages, 'the cluster and its images', say, signal);
  if (!outcome.ok) throw new Error(`Debian packages are missing (${outcome.reason}). By hand: ${outcome.byHand}`);
  if (bundle !== undefined) {
    onProgress({ stage: 'bundle', part: bundle, index: 1, count: 1 });
    return { ...(await importBundle(bundle, cacheDir, signal)), imageNames: LAB_IMAGE_REFS };
  }
  const parts = await buildParts({ cacheDir, onProgress, onNotice: say, signal });
  const work = { cacheDir, partsDirectory: parts.directory, onProgress, onNotice: say, signal };
  const system = await buildSystemImages(work);
  const labs = await buildImages({ ...work, goBinary: parts.goBinary });
  return {
    partsDirectory: parts.directory,
    imageArchives: [...system, ...labs].map(({ archive }) => archive),
    imageNames: LAB_IMAGE_REFS,
  };
}
