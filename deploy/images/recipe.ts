/** An image's Dockerfile with all that goes into it, and the checksum by which a finished build is found again. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CatalogueImage } from './catalogue.ts';
import { parseDockerfile } from './dockerfile.ts';
import type { CopyStep, Stage } from './dockerfile.ts';
import { sha256OfText, sha256OfTree } from './fingerprint.ts';
import { ImageError } from './image-error.ts';
import type { NamedConfig } from './oci-archive.ts';

/** The folder that is Docker's build context: COPY without --from is relative to it. */
export const BUILD_CONTEXT = fileURLToPath(new URL('..', import.meta.url));

/** The stage that compiles programs under Docker; without Docker their folder is used in its place. */
export const BINARIES_STAGE = 'binaries';

/** The one base with packages; `scratch` is the other. */
export const DEBIAN_BASE = 'debian:bookworm-slim';

/** Raise it when the builder itself makes something else from the same inputs. */
const BUILD_FORMAT = 1;

export interface Recipe {
  readonly image: CatalogueImage;
  /** Without the stage that compiles. ARGs have their defaults: build steps may not depend on them. */
  readonly stages: readonly Stage[];
  /** The configuration of each name, with its own values of the ARGs. */
  readonly configs: readonly NamedConfig[];
  readonly dockerfile: string;
}

export async function loadRecipe(image: CatalogueImage): Promise<Recipe> {
  const dockerfile = await readFile(join(BUILD_CONTEXT, 'images', image.name, 'Dockerfile'), 'utf8');
  try {
    const stages = parseDockerfile(dockerfile).filter(({ name }) => name !== BINARIES_STAGE);
    checkBases(stages);
    const configs = image.names.map(({ ref, buildArguments }) => ({
      ref,
      config: parseDockerfile(dockerfile, buildArguments).at(-1)?.config ?? { Env: [] },
    }));
    return { image, stages, configs, dockerfile };
  } catch (cause) {
    if (!(cause instanceof ImageError)) throw cause;
    throw new ImageError(cause.code, `deploy/images/${image.name}/Dockerfile: ${cause.message}`, { cause });
  }
}

/** Debian packages that the RUN lines install, by name. */
export function packagesOf({ stages }: Recipe): string[] {
  const installs = stages
    .flatMap(({ steps }) => steps)
    .flatMap((step) => (step.type === 'run' ? [...step.command.matchAll(INSTALL)] : []));
  return [
    ...new Set(
      installs.flatMap(([, words = '']) => words.split(/\s+/).filter((word) => word !== '' && !word.startsWith('-'))),
    ),
  ].sort();
}

/** From `apt-get install` to the end of that command. */
const INSTALL = /apt-get install ([^&|;]+)/g;

/** What is taken from the stage of binaries: `/kubectl`, `/licences/kubectl`. */
export function binarySourcesOf({ stages }: Recipe): string[] {
  return copies(stages)
    .filter(({ from }) => from === BINARIES_STAGE)
    .flatMap(({ sources }) => sources);
}

export function needsDebian({ stages }: Recipe): boolean {
  return stages.some(({ base }) => base === DEBIAN_BASE);
}

/** Changes with everything that the image is made of. `checksumOfBinary` gives that of a source named by binarySourcesOf. */
export async function fingerprintOf(
  recipe: Recipe,
  lockText: string,
  checksumOfBinary: (source: string) => Promise<string>,
): Promise<string> {
  const contextSources = copies(recipe.stages)
    .filter(({ from }) => from === undefined)
    .flatMap(({ sources }) => sources);
  const parts = [
    `format ${BUILD_FORMAT}`,
    JSON.stringify(recipe.image.names),
    recipe.dockerfile,
    needsDebian(recipe) ? lockText : '',
    ...(await Promise.all(contextSources.map((source) => sha256OfTree(join(BUILD_CONTEXT, source))))),
    ...(await Promise.all(binarySourcesOf(recipe).map(checksumOfBinary))),
  ];
  return sha256OfText(parts.join('\n\0\n'));
}

function copies(stages: readonly Stage[]): CopyStep[] {
  return stages.flatMap(({ steps }) => steps).filter((step) => step.type === 'copy');
}

function checkBases(stages: readonly Stage[]): void {
  for (const { base } of stages) {
    if (base === DEBIAN_BASE || base === 'scratch') continue;
    throw new ImageError(
      'IMAGES_DOCKERFILE',
      `FROM ${base} cannot be built without Docker; known are ${DEBIAN_BASE}, scratch, and any image for the stage “${BINARIES_STAGE}”.`,
    );
  }
}
