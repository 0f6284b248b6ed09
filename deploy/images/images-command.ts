/** `podium images …` and `npm run images -- …`: one command behind two doors. */
import { buildParts, requiredPackages as packagesOfParts } from '../cluster/parts.ts';
import { ensurePackages } from '../launch/debian-packages.ts';
import { makeConsoleLine } from '../launch/progress.ts';
import { buildImages, buildServerImage, buildSystemImages, requiredPackages } from './build.ts';
import type { BuiltImage } from './build.ts';
import { IMAGES_USAGE, parseImagesArguments } from './command-line.ts';
import type { ImagesInvocation } from './command-line.ts';
import { recordPackages } from './debian-packages.ts';
import { ImageError } from './image-error.ts';
import { loadImages, pushImages } from './load.ts';

export interface CommandSurroundings {
  readonly cacheDir: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Runs one command and returns the exit status. Throws ImageError for what went wrong on the way. */
export async function runImagesCommand(args: readonly string[], surroundings: CommandSurroundings): Promise<number> {
  const parsed = parseImagesArguments(args);
  if (!parsed.ok) {
    surroundings.say(`${parsed.reason}\n\n${IMAGES_USAGE}`);
    return 2;
  }
  await runInvocation(parsed.invocation, surroundings);
  return 0;
}

async function runInvocation(invocation: ImagesInvocation, surroundings: CommandSurroundings): Promise<void> {
  const { say, signal } = surroundings;
  const { command } = invocation;
  switch (command.name) {
    case 'lock': {
      await requirePackages(requiredPackages(), surroundings);
      const changes = await recordPackages({ ...optionsOf(invocation, surroundings), onNotice: say });
      say(changes.length === 0 ? 'The recorded packages are today’s.' : changes.join('\n'));
      return;
    }
    case 'build':
    case 'list':
      (await makeAll(invocation, surroundings)).forEach((image) => say(describeImage(image)));
      return;
    case 'load':
      await loadImages(
        await makeAll(invocation, surroundings),
        command.target,
        (name) => say(`Loading ${name}`),
        signal,
      );
      return;
    case 'push': {
      await requirePackages(['skopeo'], surroundings);
      const images = await makeAll(invocation, surroundings);
      const pushed = await pushImages(images, command.push, (ref) => say(`Pushing ${ref}`), signal);
      say(`${pushed.length} names pushed.`);
    }
  }
}

/** Everything that a cluster needs from us, built where it is not there yet. */
async function makeAll(invocation: ImagesInvocation, surroundings: CommandSurroundings): Promise<BuiltImage[]> {
  const { cacheDir, say, signal } = surroundings;
  await requirePackages([...packagesOfParts(), ...requiredPackages()], surroundings);
  const parts = await buildParts({ cacheDir, signal, onNotice: say, onProgress: (work) => say(makeConsoleLine(work)) });
  const options = {
    ...optionsOf(invocation, surroundings),
    partsDirectory: parts.directory,
    onProgress: (work: Parameters<typeof makeConsoleLine>[0]) => say(makeConsoleLine(work)),
    onNotice: say,
  };
  const system = await buildSystemImages(options);
  const own = { ...options, goBinary: parts.goBinary };
  return [...system, ...(await buildImages(own)), ...(await buildServerImage(own))];
}

function optionsOf({ mirror, isLockStrict }: ImagesInvocation, { cacheDir, signal }: CommandSurroundings) {
  return { cacheDir, signal, isLockStrict, ...(mirror === undefined ? {} : { mirror }) };
}

async function requirePackages(wanted: readonly string[], { say, signal }: CommandSurroundings): Promise<void> {
  const outcome = await ensurePackages([...new Set(wanted)], 'building images', say, signal);
  if (outcome.ok) return;
  throw new ImageError(
    'IMAGES_NEED_PACKAGES',
    `Debian packages are missing (${outcome.reason}). By hand: ${outcome.byHand}`,
  );
}

const BYTES_PER_MB = 1_000_000;

function describeImage({ name, refs, sizeBytes, archive }: BuiltImage): string {
  return `${name}  ${(sizeBytes / BYTES_PER_MB).toFixed(1)} MB  ${archive}\n${refs.map((ref) => `    ${ref}`).join('\n')}`;
}
