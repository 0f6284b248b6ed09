/** Where Debian packages come from: the mirrors that this machine's apt already uses, with our release in place of its own. */
import { runCommand } from './command.ts';
import { ImageError } from './image-error.ts';

export const DEBIAN_RELEASE = 'bookworm';

/** From the package debian-archive-keyring: what the archive's index must be signed with. */
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

export interface Source {
  readonly uri: string;
  readonly suite: string;
}

/** Asks apt for the Debian mirrors that it is set to use. Throws ImageError IMAGES_ARCHIVE_UNREACHABLE when there is none. */
export async function sourcesOfMachine(signal?: AbortSignal): Promise<Source[]> {
  const args = ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'];
  const printed = await runCommand('apt-get', args, { purpose: "reading this machine's apt sources" }, signal);
  const sources = sourcesOf(printed.split('\n'));
  if (sources.length > 0) return sources;
  throw new ImageError(
    'IMAGES_ARCHIVE_UNREACHABLE',
    "This machine's apt uses no mirror of Debian. Name one: npm run images -- build --mirror URL (below it lie “debian” and “debian-security”).",
  );
}

/** Sources for our release on the mirrors among `uris`: those whose path is Debian's. Pure. */
export function sourcesOf(uris: readonly string[]): Source[] {
  const isBelow = (folder: string) => (uri: string) => new RegExp(`/${folder}/?$`).test(uri);
  const main = uris.find(isBelow('debian'));
  const security = uris.find(isBelow('debian-security'));
  if (main === undefined) return [];
  return [
    { uri: main, suite: DEBIAN_RELEASE },
    { uri: main, suite: `${DEBIAN_RELEASE}-updates` },
    ...(security === undefined ? [] : [{ uri: security, suite: `${DEBIAN_RELEASE}-security` }]),
  ];
}

/** Sources below one URL. Pure. */
export function makeMirrorSources(mirror: string): Source[] {
  const root = mirror.replace(/\/+$/, '');
  return sourcesOf([`${root}/debian`, `${root}/debian-security`]);
}

/** One line of a sources.list, which accepts nothing that Debian has not signed. Pure. */
export function makeSourceLine({ uri, suite }: Source): string {
  return `deb [signed-by=${KEYRING}] ${uri} ${suite} main\n`;
}
