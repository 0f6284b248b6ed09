/** The pinned Go: the one on PATH when it is exactly that, else fetched as a module by whatever Go there is. */
import { chmod, cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { ClusterError } from './errors.ts';
import { pins, toolchainVersion } from './pins.ts';
import { listGoPrograms } from './packages.ts';
import { runCommand } from './run-command.ts';

/** `go mod download -json` reports it; the module's zip as the checksum database knows it. */
export const toolchainChecksum = 'h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=';

/** The caches that all Go builds of the product share. */
export function makeGoEnvironment(cacheDir: string): Record<string, string> {
  return {
    GOMODCACHE: path.join(cacheDir, 'go', 'mod'),
    GOCACHE: path.join(cacheDir, 'go', 'build'),
    GOTOOLCHAIN: 'local',
    GOFLAGS: '-buildvcs=false',
    // A workspace around the cache must not change what is built. The user's own proxy settings stay in force.
    GOWORK: 'off',
  };
}

/** Resolves with the absolute path of a `go` program of exactly the pinned version. */
export async function ensureToolchain(cacheDir: string, signal?: AbortSignal): Promise<string> {
  const own = path.join(cacheDir, 'toolchains', `go${pins.go}`);
  const present = listGoPrograms();
  for (const candidate of [path.join(own, 'bin', 'go'), ...present]) {
    if ((await readGoVersion(candidate)) === `go${pins.go}`) return candidate;
  }
  for (const candidate of present) {
    if ((await readGoVersion(candidate)) === undefined) continue;
    await fetchToolchain(candidate, own, cacheDir, signal);
    return path.join(own, 'bin', 'go');
  }
  throw new ClusterError('no-toolchain', {
    facts: 'there is no Go on this machine that could fetch it',
    next: 'install any Go from 1.17 on, for instance `apt-get install golang-go`',
  });
}

async function readGoVersion(program: string): Promise<string | undefined> {
  const env = { ...process.env, GOTOOLCHAIN: 'local' };
  const text = await runCommand(program, ['version'], { env, cwd: '/' }).catch(() => undefined);
  return text?.split(' ')[2];
}

/** Fetches the toolchain module and lays it out; module zips carry no executable bits. */
async function fetchToolchain(go: string, target: string, cacheDir: string, signal?: AbortSignal): Promise<void> {
  const env = {
    ...process.env,
    ...makeGoEnvironment(cacheDir),
    GOFLAGS: '-mod=mod',
    // The checksum database cannot be asked by every Go; ours is compared below.
    GONOSUMDB: 'golang.org/toolchain',
  };
  const downloaded = await runCommand(go, ['mod', 'download', '-json', `golang.org/toolchain@${toolchainVersion}`], {
    env,
    cwd: '/',
    ...(signal === undefined ? {} : { signal }),
  });
  const { Dir, Sum } = JSON.parse(downloaded) as { Dir: string; Sum: string };
  if (Sum !== toolchainChecksum) {
    throw new ClusterError('no-toolchain', {
      facts: `its checksum is ${Sum}, expected ${toolchainChecksum}`,
      next: 'the module proxy serves something else than it should: check GOPROXY',
    });
  }
  const staging = `${target}.new`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(path.dirname(staging), { recursive: true });
  await cp(Dir, staging, { recursive: true });
  for (const folder of await listProgramFolders(staging)) {
    await chmod(folder, 0o755);
    for (const file of await readdir(folder)) await chmod(path.join(folder, file), 0o755);
  }
  await rename(staging, target);
}

async function listProgramFolders(root: string): Promise<string[]> {
  const tools = path.join(root, 'pkg', 'tool');
  const platforms = await readdir(tools).catch(() => []);
  return [path.join(root, 'bin'), ...platforms.map((platform) => path.join(tools, platform))];
}
