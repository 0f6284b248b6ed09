/**
 * Gathers what the server's image holds: the programs, their npm packages, the site, the content, and Node itself.
 * `node deploy/images/server-files.ts FOLDER` does it for Docker; the build without Docker calls it directly.
 */
import { cp, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildSiteIfStale } from '../launch/site-build.ts';
import { sha256OfText, sha256OfTree } from './fingerprint.ts';
import { ImageError } from './image-error.ts';
import { findPackageFolders, findServerSources } from './server-sources.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What the site is made of, what is taken along as it is, and what says how. */
const OTHER_SOURCES = [
  'astro.config.mjs',
  'content',
  'deploy/images/server-files.ts',
  'deploy/images/server-sources.ts',
  'package-lock.json',
  'package.json',
  'src',
];

/** Changes with everything that `gatherServer` would take. */
export async function checksumOfServer(): Promise<string> {
  const { files } = await findServerSources(ROOT);
  const sources = [...files, ...OTHER_SOURCES];
  const sums = await Promise.all(sources.map((source) => sha256OfTree(join(ROOT, source))));
  return sha256OfText(sources.map((source, index) => `${source} ${sums[index]}\n`).join(''));
}

/** Writes `server`, `node` and `licences/node` into `out`, and builds the site first where it is older than its sources. */
export async function gatherServer(out: string, signal: AbortSignal): Promise<void> {
  await buildSiteIfStale(ROOT, () => undefined, signal);
  const { files, packages } = await findServerSources(ROOT);
  const take = (source: string) => copyInto(source, join(out, 'server', source));
  for (const source of [...files, 'LICENSE', 'package.json', 'content', 'dist']) await take(source);
  for (const folder of await findPackageFolders(ROOT, packages)) await take(folder);
  await copyInto('node_modules/node/bin/node', join(out, 'node'));
  await copyInto(await findNodeLicence(), join(out, 'licences/node/LICENSE'));
}

/** Node runs no TypeScript below node_modules and reads no source maps: that is more than half of what packages hold. */
const UNREAD_IN_PACKAGES = /\.(?:[cm]?ts|map)$/;

async function copyInto(source: string, target: string): Promise<void> {
  const from = join(ROOT, source);
  const isPackage = source.includes('node_modules/');
  await mkdir(dirname(target), { recursive: true });
  await cp(from, target, {
    recursive: true,
    // A package inside a package is taken when something needs it.
    filter: (path) =>
      !isPackage || !(UNREAD_IN_PACKAGES.test(path) || path.slice(from.length).startsWith('/node_modules')),
  });
}

/** npm keeps Node for this machine in a package of its own, beside the one that chooses it or inside it. */
async function findNodeLicence(): Promise<string> {
  const platform = `node-${process.platform}-${process.arch}`;
  for (const home of ['node_modules/node/node_modules', 'node_modules']) {
    const licence = join(home, platform, 'LICENSE');
    const text = await readFile(join(ROOT, licence), 'utf8').catch(() => '');
    if (text !== '') return licence;
  }
  throw new ImageError(
    'IMAGES_STEP_FAILED',
    `The licence of Node is not in the package ${platform}. Install all: npm ci`,
  );
}

if (import.meta.main) await gatherServer(process.argv[2] ?? 'out', new AbortController().signal);
