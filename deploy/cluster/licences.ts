/** Licences of all modules that went into a binary, kept beside it: whoever ships the binary ships them. */
import { copyFile, chmod, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './run-command.ts';

const licenceFilePattern = /^(licen[cs]e|copying|copyright|notice|patents)([.-].*)?$/iu;

/** Modules in a binary, from the output of `go version -m`. A replaced module counts as what replaces it. Pure. */
export function parseModules(output: string): { path: string; version: string }[] {
  const modules: { path: string; version: string }[] = [];
  for (const line of output.split('\n')) {
    const [, kind, name, version] = line.split('\t');
    if (name === undefined || version === undefined || version === '(devel)') continue;
    if (kind === '=>') modules.pop();
    if (kind === 'dep' || kind === 'mod' || kind === '=>') modules.push({ path: name, version });
  }
  return modules;
}

/** The module cache writes a capital letter as `!` and the small one. Pure. */
export function escapeModulePath(modulePath: string): string {
  return modulePath.replaceAll(/[A-Z]/gu, (letter) => `!${letter.toLowerCase()}`);
}

/** Copies the licence files of a folder; of none when the folder is not there. */
export async function copyLicences(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch(() => []);
  const licences = entries
    .filter((entry) => entry.isFile() && licenceFilePattern.test(entry.name))
    .map(({ name }) => name);
  if (licences.length === 0) return;
  await mkdir(to, { recursive: true });
  for (const name of licences) {
    await copyFile(path.join(from, name), path.join(to, name));
    // Files of the module cache are read-only, and these are to be replaced by the next build.
    await chmod(path.join(to, name), 0o644);
  }
}

/** Copies the licence files of Go itself and of each module in `binary` below `target`. */
export async function collectLicences(
  go: string,
  binary: string,
  target: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const moduleCache = env['GOMODCACHE'] ?? '';
  const modules = parseModules(await runCommand(go, ['version', '-m', binary], { env }));
  for (const module of modules) {
    const folder = `${escapeModulePath(module.path)}@${escapeModulePath(module.version)}`;
    await copyLicences(path.join(moduleCache, folder), path.join(target, `${module.path}@${module.version}`));
  }
  const root = (await runCommand(go, ['env', 'GOROOT'], { env })).trim();
  await copyLicences(root, path.join(target, 'go'));
}
