/** Turns a folder of Debian packages into a repository that apt reads without a network, and into the base system. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { DEBIAN_ARCHITECTURE, packageFileName } from './debian-archive.ts';
import type { LockedPackage } from './debian-lock.ts';
import { DEBIAN_RELEASE } from './debian-sources.ts';
import { sha256OfText } from './fingerprint.ts';

/** Where a build step sees the folder; stage-step.sh mounts it there. */
const MOUNT_POINT = '/run/podium';

/** `dpkg-deb` calls at once: more do not make two cores faster. */
const PARALLEL_READS = 4;

/**
 * What `debian:bookworm-slim` leaves out of every package, in the words of its own /etc/dpkg/dpkg.cfg.d/docker.
 * Copyright files stay: they are the licences of what we ship. The last line: a build that loses power is made anew.
 */
const SLIM_RULES = `path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/info/*
path-exclude /usr/share/linda/*
path-exclude /usr/share/lintian/overrides/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/man/*
force-unsafe-io
`;

/** Keeps apt from starting services in an image, and from keeping what it downloaded, as Docker's base images do. */
const POLICY_NO_SERVICES = '#!/bin/sh\nexit 101\n';

/** Writes the index over exactly `packages`, and the settings by which apt in a build step uses it and nothing else. */
export async function writeRepository(
  directory: string,
  packages: readonly LockedPackage[],
  signal?: AbortSignal,
): Promise<void> {
  const stanzas: string[] = [];
  const queue = [...packages];
  const readNext = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) stanzas.push(await readStanza(directory, next, signal));
  };
  await Promise.all(Array.from({ length: PARALLEL_READS }, readNext));
  await mkdir(join(directory, 'parts'), { recursive: true });
  const index = stanzas.sort().join('\n');
  await writeFile(join(directory, 'Packages'), index);
  await writeFile(join(directory, 'Release'), makeRelease(index));
  await writeFile(join(directory, 'sources.list'), `deb [trusted=yes] file:${MOUNT_POINT} ./\n`);
  await writeFile(join(directory, 'apt.conf'), makeAptSettings());
}

/**
 * Installs what `debian:bookworm-slim` holds into the empty folder `target`, from the repository in `directory` alone.
 * In a mount namespace of its own, so that a build that is ended leaves no mount behind.
 */
export async function installBaseSystem(directory: string, target: string, signal?: AbortSignal): Promise<void> {
  const rules = join(directory, 'slim-rules');
  await writeFile(rules, SLIM_RULES);
  const args = [
    '--mode=root',
    '--variant=minbase',
    '--include=apt',
    '--format=directory',
    `--architectures=${DEBIAN_ARCHITECTURE}`,
    '--aptopt=APT::Sandbox::User "root"',
    `--dpkgopt=${rules}`,
    DEBIAN_RELEASE,
    target,
    `deb [trusted=yes] copy://${directory} ./`,
  ];
  await runCommand(
    'unshare',
    ['--mount', '--propagation=private', 'mmdebstrap', ...args],
    { purpose: 'installing the Debian base system' },
    signal,
  );
  await rename(join(target, 'etc/dpkg/dpkg.cfg.d/99mmdebstrap'), join(target, 'etc/dpkg/dpkg.cfg.d/docker'));
  await writeFile(join(target, 'usr/sbin/policy-rc.d'), POLICY_NO_SERVICES, { mode: 0o755 });
  // The machine's own name and resolver have no place in an image, nor has the folder that the packages came from.
  for (const name of ['hostname', 'resolv.conf', 'apt/sources.list'])
    await rm(join(target, 'etc', name), { force: true });
}

async function readStanza(directory: string, locked: LockedPackage, signal: AbortSignal | undefined): Promise<string> {
  const file = packageFileName(locked);
  const control = await runCommand(
    'dpkg-deb',
    ['-f', join(directory, file)],
    { purpose: `reading the package ${locked.name}` },
    signal,
  );
  return `${control.trimEnd()}\nFilename: ./${file}\nSize: ${locked.sizeBytes}\nSHA256: ${locked.sha256}\n`;
}

/** mmdebstrap chooses the base by the name of the release, which only this file states. */
function makeRelease(index: string): string {
  const names = `Suite: ${DEBIAN_RELEASE}\nCodename: ${DEBIAN_RELEASE}\n`;
  return `${names}SHA256:\n ${sha256OfText(index)} ${Buffer.byteLength(index)} Packages\n`;
}

function makeAptSettings(): string {
  const settings = {
    'Dir::Etc::sourcelist': `${MOUNT_POINT}/sources.list`,
    'Dir::Etc::sourceparts': `${MOUNT_POINT}/parts`,
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} "${value}";\n`)
    .join('');
}
