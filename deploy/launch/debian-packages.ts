/** Debian packages that this machine must have: found, installed where we may, otherwise named for the human. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Another apt run (an unattended upgrade) may hold the lock for minutes; apt waits for it this long by itself. */
const APT_LOCK_WAIT_SECONDS = 300;

export type PackagesOutcome =
  | { readonly ok: true; readonly installed: readonly string[] }
  | { readonly ok: false; readonly missing: readonly string[]; readonly byHand: string; readonly reason: string };

/** Names out of `wanted` that dpkg does not list as installed. Without dpkg all are missing. */
export async function missingPackages(wanted: readonly string[], signal?: AbortSignal): Promise<string[]> {
  if (wanted.length === 0) return [];
  const query = ['--show', '--showformat=${Package} ${db:Status-Status}\n', ...wanted];
  // dpkg-query exits 1 when one name is unknown to it and still lists the others.
  const { stdout } = await execute('dpkg-query', query, { signal }).catch((error: { stdout?: string }) => ({
    stdout: error.stdout ?? '',
  }));
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return wanted.filter((name) => !installed.has(name));
}

/** Installs what is missing when this process may; never asks, never throws for what a machine lacks. */
export async function ensurePackages(
  wanted: readonly string[],
  purpose: string,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<PackagesOutcome> {
  const missing = await missingPackages(wanted, signal);
  if (missing.length === 0) return { ok: true, installed: [] };
  const byHand = `sudo apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0) return { ok: false, missing, byHand, reason: 'this user is not root' };
  if (!(await hasApt())) return { ok: false, missing, byHand, reason: 'this machine has no apt-get' };
  say(`Installing Debian packages for ${purpose}: ${missing.join(' ')}`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env: environment, signal, maxBuffer: 64 * 1024 * 1024 };
  const wait = ['-o', `DPkg::Lock::Timeout=${APT_LOCK_WAIT_SECONDS}`];
  try {
    await execute('apt-get', [...wait, 'update', '-q'], options);
    await execute('apt-get', [...wait, 'install', '-y', '-q', '--no-install-recommends', ...missing], options);
    return { ok: true, installed: missing };
  } catch (error) {
    const lastLines = (error as { stderr?: string }).stderr?.trim().split('\n').slice(-3).join(' ') ?? String(error);
    return { ok: false, missing, byHand, reason: `apt-get failed: ${lastLines}` };
  }
}

async function hasApt(): Promise<boolean> {
  return execute('apt-get', ['--version']).then(
    () => true,
    () => false,
  );
}
