/** Builds the images of the catalogue without a daemon, each once for the same inputs, and finds finished ones again. */
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DigestMemory } from '../cluster/digest-file.ts';
import { describePruned, pruneFolders } from '../cluster/prune-folders.ts';
import { openBase } from './base-system.ts';
import type { BaseSystem } from './base-system.ts';
import type { BuildOptions } from './build-options.ts';
import { buildOwnBinaries, checksumOfBinary, locateBinary, removePassingBinaries } from './binaries.ts';
import { lockBuilds } from './build-lock.ts';
import { IMAGES } from './catalogue.ts';
import type { ImageKind } from './catalogue.ts';
import { LOCK_FILE } from './debian-packages.ts';
import { sha256OfFile } from './fingerprint.ts';
import { ImageError } from './image-error.ts';
import { writeArchive, writeLayer } from './oci-archive.ts';
import type { ImageManifest, Layer } from './oci-archive.ts';
import {
  BINARIES_STAGE,
  BUILD_CONTEXT,
  DEBIAN_BASE,
  binarySourcesOf,
  fingerprintOf,
  loadRecipe,
  needsDebian,
} from './recipe.ts';
import type { Recipe } from './recipe.ts';
import { buildStage } from './stage.ts';
import { convertWhiteouts } from './whiteouts.ts';

export interface BuiltImage {
  readonly name: string;
  readonly refs: readonly string[];
  /** Each name with the digest that it leads to, for finding out what a container runtime already has. */
  readonly manifests: readonly ImageManifest[];
  /** A tar in the OCI layout. */
  readonly archive: string;
  readonly archiveSha256: string;
  /** Size of the archive: compressed layers. */
  readonly sizeBytes: number;
}

/** The images that learners' pods and shell pods use. Needs root; throws ImageError. */
export async function buildImages(
  options: BuildOptions & { readonly goBinary: string },
): Promise<readonly BuiltImage[]> {
  return buildKinds(['lab', 'sandbox'], options);
}

/** The image of the server, for a cluster that is to run it. Needs root; throws ImageError. */
export async function buildServerImage(
  options: BuildOptions & { readonly goBinary: string },
): Promise<readonly BuiltImage[]> {
  return buildKinds(['server'], options);
}

/** The images that the cluster itself runs. */
export async function buildSystemImages(options: BuildOptions): Promise<readonly BuiltImage[]> {
  return buildKinds(['system'], options);
}

/** Debian packages that building needs on this machine; coreutils, tar, util-linux and apt are always there. */
export function requiredPackages(): string[] {
  return ['attr', 'debian-archive-keyring', 'mmdebstrap'];
}

interface Plan {
  readonly recipe: Recipe;
  /** Where the finished image lies, or will lie. */
  readonly directory: string;
}

/** In the folder of images: what their archives, and the programs that they are made of, are known to hold. */
const DIGESTS_FILE = 'digests.json';

async function buildKinds(
  kinds: readonly ImageKind[],
  options: BuildOptions & { readonly goBinary?: string },
): Promise<readonly BuiltImage[]> {
  const digests = await DigestMemory.load(join(options.cacheDir, 'images', DIGESTS_FILE));
  const plans = await makePlans(kinds, options, digests);
  const finished = await Promise.all(plans.map((plan) => loadFinished(plan, digests)));
  const images = isWhole(finished) ? finished : await buildMissing(plans, options, digests);
  await digests.save();
  return images;
}

function isWhole<T>(list: readonly (T | undefined)[]): list is readonly T[] {
  return !list.includes(undefined);
}

async function makePlans(
  kinds: readonly ImageKind[],
  options: BuildOptions,
  digests: DigestMemory,
): Promise<readonly Plan[]> {
  const lockText = await readFile(LOCK_FILE, 'utf8');
  const chosen = IMAGES.filter(({ kind }) => kinds.includes(kind));
  return Promise.all(
    chosen.map(async (image) => {
      const recipe = await loadRecipe(image);
      const fingerprint = await fingerprintOf(recipe, lockText, (source) =>
        checksumOfBinary(source, options, (file) => digests.digest(file)),
      );
      return { recipe, directory: join(options.cacheDir, 'images', fingerprint) };
    }),
  );
}

/** The finished image of a plan, if it is there and its archive is whole. */
async function loadFinished({ directory }: Plan, digests: DigestMemory): Promise<BuiltImage | undefined> {
  const archive = join(directory, 'image.tar');
  const record = await readFile(join(directory, 'image.json'), 'utf8').catch(() => undefined);
  if (record === undefined) return undefined;
  const { name, manifests, archiveSha256 } = JSON.parse(record) as FinishedRecord;
  const sizeBytes = await stat(archive).then(
    ({ size }) => size,
    () => 0,
  );
  if (sizeBytes === 0 || (await digests.digest(archive)) !== archiveSha256) return undefined;
  return { name, refs: manifests.map(({ ref }) => ref), manifests, archive, archiveSha256, sizeBytes };
}

/** What image.json holds; written last, so that its presence means that the archive is complete. */
interface FinishedRecord {
  readonly name: string;
  readonly manifests: readonly ImageManifest[];
  readonly archiveSha256: string;
}

async function buildMissing(
  plans: readonly Plan[],
  options: BuildOptions & { readonly goBinary?: string },
  digests: DigestMemory,
): Promise<readonly BuiltImage[]> {
  if (process.getuid?.() !== 0) throw new ImageError('IMAGES_NEED_ROOT', NEED_ROOT);
  const { cacheDir, onProgress, onNotice, signal } = options;
  const directory = join(cacheDir, 'images');
  await using lock = await lockBuilds(
    directory,
    (holder) => onNotice?.(`Process ${holder} is building images; waiting for it.`),
    signal,
  );
  void lock;
  const images: BuiltImage[] = [];
  for (const [index, plan] of plans.entries()) {
    // Another program may have built it while we waited.
    const present = await loadFinished(plan, digests);
    if (present) {
      images.push(present);
      continue;
    }
    onProgress?.({ stage: 'images', part: plan.recipe.image.name, index: index + 1, count: plans.length });
    if (options.goBinary !== undefined)
      await buildOwnBinaries(binarySourcesOf(plan.recipe), { cacheDir, goBinary: options.goBinary }, signal);
    const base = needsDebian(plan.recipe) ? await openBase(options) : undefined;
    await buildImage(plan, base, options);
    await removePassingBinaries(binarySourcesOf(plan.recipe), cacheDir);
    const built = await loadFinished(plan, digests);
    if (!built) throw new ImageError('IMAGES_CHECKSUM', `${plan.directory} changed while it was read. Start again.`);
    images.push(built);
  }
  const current = plans.map((plan) => plan.directory);
  const removed = await pruneFolders(directory, { current, kindOf: nameOfImage });
  if (removed.length > 0) onNotice?.(describePruned('images', directory, removed));
  return images;
}

/** The image that a finished folder holds; undefined for what is no finished image. */
async function nameOfImage(directory: string): Promise<string | undefined> {
  if (!/^[0-9a-f]{64}$/u.test(basename(directory))) return undefined;
  const record = await readFile(join(directory, 'image.json'), 'utf8').catch(() => undefined);
  return record === undefined ? undefined : (JSON.parse(record) as FinishedRecord).name;
}

const NEED_ROOT =
  'Building images without Docker needs root. Start again as root, or build each with Docker: docker build -f deploy/images/NAME/Dockerfile -t podium.dev/NAME:1 deploy';

async function buildImage(plan: Plan, base: BaseSystem | undefined, options: BuildOptions): Promise<void> {
  const { image, configs } = plan.recipe;
  const workDirectory = join(options.cacheDir, 'images/work', image.name);
  await rm(workDirectory, { recursive: true, force: true });
  const layers = await buildLayers(plan, base, workDirectory, options);
  const part = `${plan.directory}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  const archive = join(part, 'image.tar');
  const manifests = await writeArchive(archive, join(workDirectory, 'layout'), { layers, configs }, options.signal);
  const record: FinishedRecord = { name: image.name, manifests, archiveSha256: await sha256OfFile(archive) };
  await writeFile(join(part, 'image.json'), JSON.stringify(record));
  await rm(plan.directory, { recursive: true, force: true });
  await rename(part, plan.directory);
  await rm(workDirectory, { recursive: true, force: true });
}

async function buildLayers(
  { recipe: { image, stages } }: Plan,
  base: BaseSystem | undefined,
  workDirectory: string,
  options: BuildOptions,
): Promise<Layer[]> {
  const trees = new Map<string, string>();
  const locate = async (from: string | undefined, source: string): Promise<string> => {
    if (from === undefined) return join(BUILD_CONTEXT, source);
    if (from === BINARIES_STAGE) return locateBinary(source, options);
    const tree = trees.get(from);
    if (tree === undefined)
      throw new ImageError('IMAGES_DOCKERFILE', `${image.name}: COPY --from=${from} names no stage before it.`);
    return join(tree, source);
  };
  let layers: Layer[] = [];
  for (const [index, stage] of stages.entries()) {
    const below = stage.base === DEBIAN_BASE ? base : undefined;
    const surroundings = {
      image: image.name,
      workDirectory: join(workDirectory, `stage-${index}`),
      baseDirectory: below?.directory,
      packagesDirectory: base?.packagesDirectory ?? workDirectory,
      locate,
    };
    const tree = await buildStage(stage, surroundings, options.signal);
    if (stage.name !== undefined) trees.set(stage.name, tree);
    if (index < stages.length - 1) continue;
    if (below) await convertWhiteouts(tree, options.signal);
    const own = await writeLayer(tree, join(workDirectory, 'layer.tar.zst'), [], options.signal);
    layers = below ? [below.layer, own] : [own];
  }
  return layers;
}
