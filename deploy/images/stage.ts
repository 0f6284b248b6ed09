/** Builds one stage of a Dockerfile as a tree of files, without a daemon: an overlay over the base, a chroot for RUN. */
import { chmod, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './command.ts';
import { DEFAULT_PATH } from './dockerfile.ts';
import type { CopyStep, Stage } from './dockerfile.ts';
import { ImageError } from './image-error.ts';
import { BINARIES_STAGE } from './recipe.ts';

const STEP_SCRIPT = fileURLToPath(new URL('scripts/stage-step.sh', import.meta.url));

/** A build step sees no other process, no network and no mount of the machine, and ends with us. */
const ISOLATION = ['--mount', '--propagation=private', '--pid', '--fork', '--kill-child', '--net', '--ipc', '--uts'];

export interface StageSurroundings {
  /** The image's name, for messages. */
  readonly image: string;
  /** A folder for this stage alone; the result lies in its `upper`. */
  readonly workDirectory: string;
  /** The tree below: a base system, or undefined for `FROM scratch`. */
  readonly baseDirectory: string | undefined;
  /** The folder of Debian packages that RUN may install. */
  readonly packagesDirectory: string;
  /** Where COPY finds its sources: the build context, an earlier stage, or the binaries. */
  readonly locate: (from: string | undefined, source: string) => Promise<string>;
}

/** Runs the steps and returns the folder that holds what they changed. Throws ImageError naming the step that failed. */
export async function buildStage(stage: Stage, surroundings: StageSurroundings, signal?: AbortSignal): Promise<string> {
  const { workDirectory } = surroundings;
  const upper = join(workDirectory, 'upper');
  await rm(workDirectory, { recursive: true, force: true });
  for (const folder of ['upper', 'work', 'merged', 'payload'])
    await mkdir(join(workDirectory, folder), { recursive: true });
  await chmod(upper, 0o755);
  for (const step of stage.steps) {
    if (step.type === 'run') await runStep(stage, surroundings, ['run', step.command], signal);
    else await copyStep(stage, step, surroundings, signal);
  }
  return upper;
}

async function copyStep(
  stage: Stage,
  step: CopyStep,
  surroundings: StageSurroundings,
  signal: AbortSignal | undefined,
): Promise<void> {
  const isFolderGiven = step.destination.endsWith('/');
  if (step.sources.length > 1 && !isFolderGiven) {
    throw new ImageError(
      'IMAGES_DOCKERFILE',
      `COPY of several sources needs a destination that ends with “/”: ${step.destination}`,
    );
  }
  for (const source of step.sources) {
    const found = await surroundings.locate(step.from, source);
    // What an earlier stage made is taken as it is.
    const isPrepared = step.from !== undefined && step.from !== BINARIES_STAGE;
    const payload = isPrepared ? found : await preparePayload(found, step, surroundings, signal);
    await runStep(stage, surroundings, ['copy', payload, step.destination], signal);
    if (!isPrepared) await rm(payload, { recursive: true });
  }
}

/** A copy of a source with the modes that it shall have in the image; binaries may be links into a shared folder. */
async function preparePayload(
  found: string,
  step: CopyStep,
  { image, workDirectory }: StageSurroundings,
  signal: AbortSignal | undefined,
): Promise<string> {
  const payload = join(workDirectory, 'payload', basename(found));
  const links = step.from === BINARIES_STAGE ? '--dereference' : '--no-dereference';
  await runCommand(
    'cp',
    ['--recursive', links, '--', found, payload],
    { purpose: `copying ${found} into the image ${image}` },
    signal,
  );
  await normalizeModes(payload, step.mode);
  return payload;
}

/** Git keeps only the executable bit; the rest would come from the umask of whoever cloned. */
async function normalizeModes(path: string, given: string | undefined): Promise<void> {
  const entry = await lstat(path);
  if (entry.isDirectory()) {
    await chmod(path, 0o755);
    for (const name of await readdir(path)) await normalizeModes(join(path, name), given);
  } else if (entry.isFile()) {
    await chmod(path, given === undefined ? 0o644 | (entry.mode & 0o111 ? 0o111 : 0) : Number.parseInt(given, 8));
  }
}

async function runStep(
  stage: Stage,
  surroundings: StageSurroundings,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const { image, workDirectory, baseDirectory, packagesDirectory } = surroundings;
  const env = {
    BASE: baseDirectory ?? '',
    UPPER: join(workDirectory, 'upper'),
    WORK: join(workDirectory, 'work'),
    MERGED: join(workDirectory, 'merged'),
    PACKAGES: packagesDirectory,
    GIVEN_ENV: [DEFAULT_PATH, ...stage.config.Env].join('\n'),
  };
  const purpose = `building the image ${image} (${args.join(' ').slice(0, SHOWN_STEP_CHARACTERS)})`;
  await runCommand('unshare', [...ISOLATION, 'sh', STEP_SCRIPT, ...args], { env, purpose }, signal);
}

/** One line of a message is enough to recognise the step. */
const SHOWN_STEP_CHARACTERS = 100;
