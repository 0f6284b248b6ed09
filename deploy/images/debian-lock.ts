/** The recorded list of Debian packages that go into images: its text form, and what differs between two of them. Pure. */
import { ImageError } from './image-error.ts';

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

const HEADER = `# Debian packages of the images, exactly: name, version, size, SHA-256.
# Written by “npm run images -- lock”; do not edit by hand.
`;

export function formatLock(packages: readonly LockedPackage[]): string {
  const lines = [...packages]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, version, sizeBytes, sha256 }) => `${name} ${version} ${sizeBytes} ${sha256}\n`);
  return HEADER + lines.join('');
}

/** Throws ImageError IMAGES_CHECKSUM when a line is not one that formatLock writes. */
export function parseLock(text: string): LockedPackage[] {
  return text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'))
    .map(({ line, number }) => {
      const match = /^(\S+) (\S+) (\d+) ([0-9a-f]{64})$/.exec(line);
      if (!match?.[1] || !match[2] || !match[4]) {
        throw new ImageError(
          'IMAGES_CHECKSUM',
          `debian.lock, line ${number}, is damaged. Write it anew: npm run images -- lock`,
        );
      }
      return { name: match[1], version: match[2], sizeBytes: Number(match[3]), sha256: match[4] };
    });
}

/** One sentence a package that `found` has otherwise than `recorded`. */
export function describeDrift(recorded: readonly LockedPackage[], found: readonly LockedPackage[]): string[] {
  const before = new Map(recorded.map((each) => [each.name, each]));
  const after = new Map(found.map((each) => [each.name, each]));
  const gone = recorded
    .filter(({ name }) => !after.has(name))
    .map(({ name, version }) => `${name} ${version} is no longer needed`);
  const changed = found.flatMap(({ name, version, sha256 }) => {
    const old = before.get(name);
    if (!old) return [`${name} ${version} is new`];
    if (old.version !== version) return [`${name} ${old.version} → ${version}`];
    return old.sha256 === sha256 ? [] : [`${name} ${version} has another content than recorded`];
  });
  return [...gone, ...changed].sort();
}
