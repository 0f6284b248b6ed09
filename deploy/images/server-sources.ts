/** What a server needs when it runs: our own files and the npm packages that its programs import, and nothing that only builds the site. */
import { readFile, readdir } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { ImageError } from './image-error.ts';

export interface ServerSources {
  /** Below the root, as Git names them. */
  readonly files: readonly string[];
  /** Names of packages that these files import. */
  readonly packages: readonly string[];
}

const PROGRAMS = ['sandbox-server/main.ts', 'sandbox-server/janitor.ts', 'sandbox-server/cli/podium.ts'];

/** Shells of the machine itself: a container gives none, and what was compiled here need not run there. */
const LEFT_OUT = new Set(['node-pty']);

/** What authors do with decks works where the site is built, and says so elsewhere. */
const FOR_AUTHORS = 'sandbox-server/cli/deck/deck-command.ts';

/** What is imported for its types alone is not there when the program runs. */
const IMPORT = /(?:^(?:import|export)\s(?!type\b)[^'";]*?from\s*|^import\s*|\bimport\()\s*'([^']+)'/gm;

/** Follows the imports of the programs and of their workers, which no import names. */
export async function findServerSources(root: string): Promise<ServerSources> {
  const files = new Set<string>();
  const packages = new Set<string>();
  const queue = [...PROGRAMS, ...(await listWorkers(root))];
  for (const file of queue) {
    if (files.has(file) || file === FOR_AUTHORS) continue;
    files.add(file);
    for (const [, specifier = ''] of (await readFile(join(root, file), 'utf8')).matchAll(IMPORT)) {
      if (specifier.startsWith('.')) queue.push(join(dirname(file), specifier));
      else if (!isBuiltin(specifier)) packages.add(packageOf(specifier));
    }
  }
  return {
    files: [...files].sort(),
    packages: [...packages].filter((name) => !LEFT_OUT.has(name)).sort(),
  };
}

async function listWorkers(root: string): Promise<string[]> {
  const names = await readdir(join(root, 'sandbox-server'), { recursive: true });
  return names.filter((name) => name.endsWith('-worker.ts')).map((name) => join('sandbox-server', name));
}

/** `zod/mini` is of `zod`, `@fastify/static/x` of `@fastify/static`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

interface PackageManifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * The folders of these packages and of all that they depend on, below the root, found as Node finds them.
 * Throws ImageError where one is not installed.
 */
export async function findPackageFolders(root: string, packages: readonly string[]): Promise<string[]> {
  const folders = new Set<string>();
  const queue = packages.map((name) => ({ name, from: '', isOptional: false }));
  for (const { name, from, isOptional } of queue) {
    const found = await findPackage(root, name, from);
    if (found === undefined) {
      if (isOptional) continue;
      throw new ImageError('IMAGES_STEP_FAILED', `The npm package ${name} is not installed. Install all: npm ci`);
    }
    if (folders.has(found.folder)) continue;
    folders.add(found.folder);
    const { dependencies = {}, optionalDependencies = {} } = found.manifest;
    for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (dependency.startsWith('@types/')) continue;
      queue.push({ name: dependency, from: found.folder, isOptional: dependency in optionalDependencies });
    }
  }
  return [...folders].sort();
}

/** In `from` itself, then in each folder above it, up to the root. */
async function findPackage(
  root: string,
  name: string,
  from: string,
): Promise<{ folder: string; manifest: PackageManifest } | undefined> {
  const folder = join(from, 'node_modules', name);
  const text = await readFile(join(root, folder, 'package.json'), 'utf8').catch(() => undefined);
  if (text !== undefined) return { folder, manifest: JSON.parse(text) as PackageManifest };
  if (from === '') return undefined;
  const above = dirname(from);
  return findPackage(root, name, above === '.' ? '' : above);
}
