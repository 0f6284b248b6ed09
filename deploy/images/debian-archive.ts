/**
 * Debian's package archive, read by apt in folders of its own: whatever the machine's apt is set to install
 * (another release, other repositories) stays out, its proxy settings stay in.
 */
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import type { LockedPackage } from './debian-lock.ts';
import { sha256OfFile } from './fingerprint.ts';
import { makeMirrorSources, makeSourceLine, sourcesOfMachine } from './debian-sources.ts';
import type { Source } from './debian-sources.ts';
import { ImageError } from './image-error.ts';

/** The one architecture that the pinned toolchain and the recorded packages are for. */
export const DEBIAN_ARCHITECTURE = 'amd64';

/** What `debian:bookworm-slim` holds before anything is installed: the same choice as debootstrap's minbase. */
const BASE_SELECTION = ['?essential', '?priority(required)', 'apt'];

export interface DebianArchive {
  /** The newest version of each given package, and of all that they and the base system need. */
  readonly resolve: (names: readonly string[]) => Promise<LockedPackage[]>;
  /** True when the archive still serves exactly these. */
  readonly serves: (packages: readonly LockedPackage[]) => Promise<boolean>;
  /** Puts each package into `directory` as packageFileName says; what is there with the right checksum is kept. */
  readonly download: (packages: readonly LockedPackage[], directory: string) => Promise<void>;
}

/**
 * Reads the archive's index (14 MB) into `directory`, from the mirror that this machine's apt is set to use, or from
 * `mirror`: a URL below which lie `debian` and `debian-security`. Throws ImageError IMAGES_ARCHIVE_UNREACHABLE.
 */
export async function openDebianArchive(
  directory: string,
  mirror: string | undefined,
  signal?: AbortSignal,
): Promise<DebianArchive> {
  const sources = mirror === undefined ? await sourcesOfMachine(signal) : makeMirrorSources(mirror);
  const options = await writeAptFolders(directory, sources);
  const apt: Apt = (args, purpose, cwd) =>
    runCommand('apt-get', [...options, ...args], { purpose, ...(cwd !== undefined && { cwd }) }, signal);
  await readIndex(apt, signal);
  return {
    resolve: async (names) => parsePrintedUris(await listFor(apt, [...BASE_SELECTION, ...names])),
    serves: (packages) =>
      listFor(apt, packages.map(exactly)).then(
        () => true,
        () => {
          signal?.throwIfAborted();
          return false;
        },
      ),
    download: async (packages, target) => {
      await mkdir(target, { recursive: true });
      const missing = await withoutIntact(packages, target);
      if (missing.length === 0) return;
      await apt(['download', ...missing.map(exactly)], 'downloading Debian packages', target);
      await nameByChecksum(missing, target);
    },
  };
}

/** apt-get with our folders; resolves with what it printed. */
type Apt = (args: readonly string[], purpose: string, cwd?: string) => Promise<string>;

async function readIndex(apt: Apt, signal: AbortSignal | undefined): Promise<void> {
  await apt(['update', '--error-on=any'], 'reading the index of the Debian archive').catch((cause: unknown) => {
    signal?.throwIfAborted();
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new ImageError(
      'IMAGES_ARCHIVE_UNREACHABLE',
      `The Debian archive cannot be read. Check the network and apt's proxy settings, or name a mirror: npm run images -- build --mirror URL\n${said}`,
      { cause },
    );
  });
}

/** What installing the selection into an empty system would download, as apt prints it. */
function listFor(apt: Apt, selection: readonly string[]): Promise<string> {
  const options = ['-qq', '-y', '--no-install-recommends', '-o', 'Acquire::ForceHash=SHA256', '--print-uris'];
  return apt([...options, 'install', ...selection], 'choosing Debian packages');
}

/** Named by content, so that a folder of packages serves every version of the lock. */
export function packageFileName({ name, sha256 }: LockedPackage): string {
  return `${name}_${sha256}.deb`;
}

/** The packages among `packages` whose file in `directory` is absent or not what was recorded. */
export async function withoutIntact(packages: readonly LockedPackage[], directory: string): Promise<LockedPackage[]> {
  const checked = await Promise.all(
    packages.map(async (each) => {
      const file = join(directory, packageFileName(each));
      const present = await stat(file).then(
        ({ size }) => size === each.sizeBytes,
        () => false,
      );
      return present && (await sha256OfFile(file)) === each.sha256 ? [] : [each];
    }),
  );
  return checked.flat();
}

function exactly({ name, version }: LockedPackage): string {
  return `${name}=${version}`;
}

async function writeAptFolders(directory: string, sources: readonly Source[]): Promise<string[]> {
  const folders = ['state/lists/partial', 'cache/archives/partial', 'etc/parts'];
  await Promise.all(folders.map((folder) => mkdir(join(directory, folder), { recursive: true })));
  await writeFile(join(directory, 'state/status'), '');
  await writeFile(join(directory, 'etc/sources.list'), sources.map(makeSourceLine).join(''));
  const settings = {
    'Dir::State': join(directory, 'state'),
    'Dir::State::status': join(directory, 'state/status'),
    'Dir::Cache': join(directory, 'cache'),
    'Dir::Etc::sourcelist': join(directory, 'etc/sources.list'),
    'Dir::Etc::sourceparts': join(directory, 'etc/parts'),
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': join(directory, 'etc/parts'),
    'APT::Architecture': DEBIAN_ARCHITECTURE,
    'APT::Architectures': DEBIAN_ARCHITECTURE,
    // The cache may lie below a folder that only root may enter; apt's own user could not write there.
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/** Lines like `'http://…/bash_5.2.15-2%2bb9_amd64.deb' bash_5.2.15-2+b9_amd64.deb 1490892 SHA256:…`. */
function parsePrintedUris(printed: string): LockedPackage[] {
  return [...printed.matchAll(/^'\S+' (\S+)_(\S+)_\S+\.deb (\d+) SHA256:([0-9a-f]{64})$/gm)].map(
    ([, name = '', version = '', size = '', sha256 = '']) => ({
      name,
      // apt writes the colon of an epoch as %3a in file names.
      version: decodeURIComponent(version),
      sizeBytes: Number(size),
      sha256,
    }),
  );
}

async function nameByChecksum(packages: readonly LockedPackage[], directory: string): Promise<void> {
  for (const each of packages) {
    const downloaded = await findDownloaded(each, directory);
    const actual = await sha256OfFile(downloaded);
    if (actual !== each.sha256) {
      await rm(downloaded);
      throw new ImageError(
        'IMAGES_CHECKSUM',
        `${each.name} ${each.version} from the archive has checksum ${actual}, recorded is ${each.sha256}. Do not use it; try another mirror.`,
      );
    }
    await rename(downloaded, join(directory, packageFileName(each)));
  }
}

async function findDownloaded({ name, version }: LockedPackage, directory: string): Promise<string> {
  const stem = join(directory, `${name}_${version.replaceAll(':', '%3a')}`);
  for (const file of [`${stem}_${DEBIAN_ARCHITECTURE}.deb`, `${stem}_all.deb`]) {
    if (
      await stat(file).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  throw new ImageError('IMAGES_CHECKSUM', `${name} ${version} was not downloaded. Try again.`);
}
