/**
 * Reads the small part of the Dockerfile language that our Dockerfiles keep to, so that `docker build` and the
 * build without a daemon work from one source. Pure. Anything outside the part is refused with its line number,
 * never skipped: a skipped instruction would be a difference between the two builds.
 */
import { ImageError } from './image-error.ts';

interface RunStep {
  readonly type: 'run';
  readonly command: string;
}

export interface CopyStep {
  readonly type: 'copy';
  /** A stage or named context; undefined for the build context. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly destination: string;
  readonly mode: string | undefined;
}

type Step = RunStep | CopyStep;

/** What the image says about the process that it starts; the field names of the OCI image configuration. */
export interface RuntimeConfig {
  Env: string[];
  User?: string;
  WorkingDir?: string;
  Entrypoint?: string[];
  Cmd?: string[];
  ExposedPorts?: Record<string, Record<string, never>>;
  StopSignal?: string;
}

export interface Stage {
  readonly base: string;
  readonly name: string | undefined;
  readonly steps: readonly Step[];
  readonly config: RuntimeConfig;
}

interface OpenStage extends Stage {
  readonly steps: Step[];
  readonly buildArguments: Map<string, string>;
}

interface Instruction {
  readonly line: number;
  readonly keyword: string;
  readonly rest: string;
}

/** The search path of every image that we build; Docker's own default. */
export const DEFAULT_PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The stages of a Dockerfile in order; the last is the image. `buildArguments` replace the defaults of ARGs.
 * They reach ENV lines alone: steps are run once for all values. Throws ImageError IMAGES_DOCKERFILE for anything outside the part of the language named above.
 */
export function parseDockerfile(text: string, buildArguments: Readonly<Record<string, string>> = {}): Stage[] {
  const stages: OpenStage[] = [];
  for (const instruction of readInstructions(text)) {
    if (instruction.keyword === 'FROM') {
      stages.push(openStage(instruction));
      continue;
    }
    const stage = stages.at(-1);
    if (!stage) throw refuse(instruction, 'comes before the first FROM');
    applyInstruction(stage, instruction, buildArguments);
  }
  if (stages.length === 0) throw new ImageError('IMAGES_DOCKERFILE', 'The Dockerfile has no FROM.');
  return stages.map(({ base, name, steps, config }) => ({ base, name, steps, config }));
}

/** Joins continued lines and drops comments, as Docker does. */
function readInstructions(text: string): Instruction[] {
  const instructions: Instruction[] = [];
  let pending = '';
  let startLine = 0;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (pending === '') startLine = index + 1;
    pending += pending === '' ? line : ` ${line}`;
    if (pending.endsWith('\\')) {
      pending = pending.slice(0, -1).trimEnd();
      continue;
    }
    const keyword = pending.split(/\s+/, 1)[0] ?? '';
    instructions.push({ line: startLine, keyword: keyword.toUpperCase(), rest: pending.slice(keyword.length).trim() });
    pending = '';
  }
  if (pending !== '')
    throw new ImageError('IMAGES_DOCKERFILE', `Line ${startLine}: the last line ends with a backslash.`);
  return instructions;
}

function openStage(instruction: Instruction): OpenStage {
  const match = /^(\S+)(?:\s+[Aa][Ss]\s+([a-z][a-z0-9-]*))?$/.exec(instruction.rest);
  if (!match?.[1]) throw refuse(instruction, 'must be “FROM image” or “FROM image AS name”');
  return { base: match[1], name: match[2], steps: [], config: { Env: [] }, buildArguments: new Map() };
}

function applyInstruction(stage: OpenStage, instruction: Instruction, given: Readonly<Record<string, string>>): void {
  const { rest } = instruction;
  switch (instruction.keyword) {
    case 'ARG': {
      const [name, fallback] = readPair(instruction);
      stage.buildArguments.set(name, given[name] ?? fallback);
      return;
    }
    case 'ENV': {
      const [name, value] = readPair(instruction);
      stage.config.Env.push(`${name}=${expand(value, stage.buildArguments, instruction)}`);
      return;
    }
    case 'RUN':
      stage.steps.push(readRun(instruction));
      return;
    case 'COPY':
      stage.steps.push(readCopy(instruction));
      return;
    case 'WORKDIR':
      if (!rest.startsWith('/')) throw refuse(instruction, 'must name an absolute folder');
      stage.config.WorkingDir = rest;
      return;
    case 'USER':
      stage.config.User = rest;
      return;
    case 'ENTRYPOINT':
      stage.config.Entrypoint = readExecForm(instruction);
      return;
    case 'CMD':
      stage.config.Cmd = readExecForm(instruction);
      return;
    case 'EXPOSE':
      stage.config.ExposedPorts = { ...stage.config.ExposedPorts, [`${rest}/tcp`]: {} };
      return;
    case 'STOPSIGNAL':
      stage.config.StopSignal = rest;
      return;
    default:
      throw refuse(instruction, 'is not in the part of the language that our images keep to');
  }
}

function readPair(instruction: Instruction): [string, string] {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)=(?:"([^"]*)"|(\S*))$/.exec(instruction.rest);
  if (!match?.[1]) throw refuse(instruction, 'must be one NAME=value or NAME="value"');
  return [match[1], match[2] ?? match[3] ?? ''];
}

function readExecForm(instruction: Instruction): string[] {
  try {
    const value: unknown = JSON.parse(instruction.rest);
    if (Array.isArray(value) && value.every((word): word is string => typeof word === 'string')) return value;
  } catch {
    // Not JSON: the same complaint as for JSON of another shape.
  }
  throw refuse(instruction, 'must be a JSON array of strings, so that signals reach the program itself');
}

function readRun(instruction: Instruction): RunStep {
  const { rest } = instruction;
  if (rest.startsWith('[') || rest.startsWith('--')) throw refuse(instruction, 'must be a plain shell command');
  return { type: 'run', command: rest };
}

function readCopy(instruction: Instruction): CopyStep {
  const words = instruction.rest.split(/\s+/);
  let from: string | undefined;
  let mode: string | undefined;
  while (words[0]?.startsWith('--')) {
    const option = words.shift() ?? '';
    if (option.startsWith('--from=')) from = option.slice('--from='.length);
    else if (option.startsWith('--chmod=')) mode = option.slice('--chmod='.length);
    else throw refuse(instruction, `has ${option}; only --from and --chmod are known`);
  }
  const destination = words.pop();
  if (!destination?.startsWith('/') || words.length === 0)
    throw refuse(instruction, 'needs sources and an absolute destination');
  return { type: 'copy', from, sources: words, destination, mode };
}

function expand(value: string, known: ReadonlyMap<string, string>, instruction: Instruction): string {
  return value.replace(/\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?/g, (_, name: string) => {
    const replacement = known.get(name);
    if (replacement === undefined) throw refuse(instruction, `uses ${name}, which no ARG declares`);
    return replacement;
  });
}

function refuse(instruction: Instruction, reason: string): ImageError {
  return new ImageError('IMAGES_DOCKERFILE', `Line ${instruction.line}: ${instruction.keyword} ${reason}.`);
}
