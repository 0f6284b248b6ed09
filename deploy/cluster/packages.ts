/** What the build and the cluster need from Debian. Nothing is installed here: the launcher does that, and says so. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

type Requirement = { package: string; anyOf: string[] };

const requirements: Requirement[] = [
  { package: 'gcc', anyOf: ['/usr/bin/gcc'] },
  { package: 'libc6-dev', anyOf: ['/usr/include/stdio.h'] },
  { package: 'pkg-config', anyOf: ['/usr/bin/pkg-config', '/usr/bin/pkgconf'] },
  { package: 'libseccomp-dev', anyOf: ['/usr/include/seccomp.h'] },
  // Cilium compiles its eBPF programs on the node.
  { package: 'clang-19', anyOf: ['/usr/bin/clang-19'] },
  { package: 'llvm-19', anyOf: ['/usr/bin/llc-19'] },
  { package: 'iproute2', anyOf: ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip'] },
  { package: 'nftables', anyOf: ['/usr/sbin/nft', '/sbin/nft'] },
  // The kernel calls modprobe for a module that it needs.
  { package: 'kmod', anyOf: ['/usr/sbin/modprobe', '/sbin/modprobe'] },
  { package: 'openssl', anyOf: ['/usr/bin/openssl'] },
  { package: 'util-linux', anyOf: ['/usr/bin/nsenter'] },
  { package: 'mount', anyOf: ['/usr/bin/mount', '/bin/mount'] },
];

/** Debian packages that are missing on this machine, for `apt-get install`. */
export function requiredPackages(): string[] {
  const missing = requirements.filter(({ anyOf }) => !anyOf.some((file) => existsSync(file)));
  const names = missing.map((requirement) => requirement.package);
  // Any Go from 1.17 on can fetch the pinned toolchain; Debian's is one.
  return listGoPrograms().length > 0 ? names : [...names, 'golang-go'];
}

/** Go programs on this machine, of whatever version: on PATH, and where Go and Debian put it. */
export function listGoPrograms(): string[] {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/local/go/bin', '/usr/lib/go/bin'];
  const programs = folders.filter((folder) => path.isAbsolute(folder)).map((folder) => path.join(folder, 'go'));
  return [...new Set(programs)].filter((program) => existsSync(program));
}
