/** Builds the static site when its sources changed since the last build. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a page can depend on. Names and times of files, not their bytes: an answer is wanted in milliseconds. */
const SOURCES = ['src', 'content', 'sandbox-server/protocol', 'astro.config.mjs', 'package-lock.json'];

export async function buildSiteIfStale(root: string, say: (line: string) => void, signal: AbortSignal): Promise<void> {
  const stampFile = join(root, 'node_modules', '.cache', 'podium-site');
  const stamp = await sourcesStamp(root);
  const last = await readFile(stampFile, 'utf8').catch(() => '');
  if (last === stamp && existsSync(join(root, 'dist', 'en', 'index.html'))) return;
  say('Building the site (about half a minute).');
  await rm(stampFile, { force: true });
  await buildWhole(root, signal);
  await mkdir(join(root, 'node_modules', '.cache'), { recursive: true });
  await writeFile(stampFile, stamp);
}

/** On a busy machine the maker of the search index sometimes ends before all that it has written is in its files. */
const MAX_BUILDS = 3;

async function buildWhole(root: string, signal: AbortSignal): Promise<void> {
  for (let count = 1; count <= MAX_BUILDS; count += 1) {
    await runAstroBuild(root, signal);
    if ((await findEmptyFiles(join(root, 'dist', 'pagefind'))).length === 0) return;
  }
  throw new Error('The site was built, but its search index has empty files. Run the same command again.');
}

/** Names of files without a byte in the folder itself; none where there is no folder. */
export async function findEmptyFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return names.filter((_name, index) => sizes[index] === 0);
}

async function sourcesStamp(root: string): Promise<string> {
  const hash = createHash('sha256');
  const visit = async (path: string): Promise<void> => {
    const facts = await stat(join(root, path));
    if (!facts.isDirectory()) {
      hash.update(`${path} ${facts.size} ${facts.mtimeMs}\n`);
      return;
    }
    for (const entry of (await readdir(join(root, path))).sort()) await visit(join(path, entry));
  };
  for (const source of SOURCES) await visit(source);
  return hash.digest('hex');
}

/** `--force`: Astro's store of rendered Markdown does not notice that a Markdown plugin of ours changed. */
function runAstroBuild(root: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const output: string[] = [];
    const astro = join(root, 'node_modules', '.bin', 'astro');
    const environment = { ...process.env, ASTRO_TELEMETRY_DISABLED: '1' };
    const child = spawn(astro, ['build', '--force'], {
      cwd: root,
      env: environment,
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => output.push(String(bytes)));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The site could not be built:\n${output.join('').trimEnd()}`));
    });
  });
}
