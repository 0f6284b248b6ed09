/** The programs that images hold: most come compiled from deploy/cluster, those of our own are made here. */
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './command.ts';
import { type DigestOfFile, sha256OfTree } from './fingerprint.ts';
import { ImageError } from './image-error.ts';
import { checksumOfServer, gatherServer } from './server-files.ts';

interface Making {
  readonly cacheDir: string;
  readonly goBinary: string;
  readonly signal: AbortSignal;
}

/** What is not compiled by deploy/cluster, but here. */
interface OwnBinary {
  /** Changes with all that it is made of. */
  checksum(): Promise<string>;
  /** Writes it, and its licences, into the folder `out`. */
  make(out: string, making: Making): Promise<void>;
  /** Compiling again would take long; what is only gathered again need not take room. */
  readonly isKept: boolean;
}

const HERE = fileURLToPath(new URL('.', import.meta.url));
const GO_BINARY_SCRIPT = join(HERE, 'scripts/go-binary.sh');

/** The server's files come with the Node that runs them. */
const server: OwnBinary = {
  checksum: checksumOfServer,
  make: (out, { signal }) => gatherServer(out, signal),
  isKept: false,
};

const OWN_BINARIES: Readonly<Record<string, OwnBinary>> = {
  hello: goProgram('hello', join(HERE, 'hello'), '.'),
  'shell-agent': goProgram('shell-agent', join(HERE, '../../sandbox-server/shell-agent'), '.'),
  yq: goProgram('yq', join(HERE, 'yq'), 'github.com/mikefarah/yq/v4'),
  server,
  node: server,
};

export interface BinariesOptions {
  readonly cacheDir: string;
  /** From deploy/cluster: programs in `bin/NAME`, their licences in `licences/NAME`. */
  readonly partsDirectory: string;
}

/** Where `/kubectl` or `/licences/kubectl` of the stage of binaries lies on this machine. */
export async function locateBinary(source: string, { cacheDir, partsDirectory }: BinariesOptions): Promise<string> {
  const own = OWN_BINARIES[nameOf(source)];
  if (own) return join(await ownDirectory(cacheDir, own), source);
  return join(partsDirectory, source.startsWith('/licences/') ? '' : 'bin', source);
}

/**
 * The checksum of what a source is made of: the program itself, or for our own its sources, so that nothing is
 * compiled to find out that an image is up to date. Throws ImageError IMAGES_BINARY_MISSING.
 */
export async function checksumOfBinary(
  source: string,
  options: BinariesOptions,
  digest: DigestOfFile,
): Promise<string> {
  const own = OWN_BINARIES[nameOf(source)];
  if (own) return own.checksum();
  const path = await locateBinary(source, options);
  if (!(await exists(path))) {
    throw new ImageError(
      'IMAGES_BINARY_MISSING',
      `${path} is missing. Build the programs first: npm run cluster -- build`,
    );
  }
  return sha256OfTree(path, digest);
}

/** Makes those of our own programs that `sources` name and that are not there for these sources. */
export async function buildOwnBinaries(
  sources: readonly string[],
  { cacheDir, goBinary }: { cacheDir: string; goBinary: string },
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  for (const name of new Set(sources.map(nameOf))) {
    const own = OWN_BINARIES[name];
    if (!own) continue;
    const out = await ownDirectory(cacheDir, own);
    if (await exists(out)) continue;
    await rm(`${out}.part`, { recursive: true, force: true });
    await mkdir(`${out}.part`, { recursive: true });
    await own.make(`${out}.part`, { cacheDir, goBinary, signal });
    await rename(`${out}.part`, out);
  }
}

/** After the image is built. */
export async function removePassingBinaries(sources: readonly string[], cacheDir: string): Promise<void> {
  for (const name of new Set(sources.map(nameOf))) {
    const own = OWN_BINARIES[name];
    if (own && !own.isKept) await rm(await ownDirectory(cacheDir, own), { recursive: true, force: true });
  }
}

function goProgram(name: string, moduleDirectory: string, packagePath: string): OwnBinary {
  return {
    isKept: true,
    checksum: () => sha256OfTree(moduleDirectory),
    async make(out, { cacheDir, goBinary, signal }) {
      const env = {
        PATH: `${dirname(goBinary)}:${process.env['PATH'] ?? ''}`,
        GOTOOLCHAIN: 'local',
        GOMODCACHE: join(cacheDir, 'go/mod'),
        GOCACHE: join(cacheDir, 'go/build'),
      };
      const args = [GO_BINARY_SCRIPT, moduleDirectory, packagePath, out, name];
      await runCommand('sh', args, { env, purpose: `compiling ${name}` }, signal);
    },
  };
}

/** `/licences/kubectl` belongs to kubectl. */
function nameOf(source: string): string {
  return source.split('/').at(-1) ?? source;
}

/** Named by the sources, so that a change of them, forth or back, never meets a program of other sources. */
async function ownDirectory(cacheDir: string, own: OwnBinary): Promise<string> {
  return join(cacheDir, 'images/binaries', await own.checksum());
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
