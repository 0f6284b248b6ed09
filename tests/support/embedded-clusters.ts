/** Embedded clusters of a test's own, beside whatever else runs on the machine, and what they must leave untouched on the host. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { RunningCluster } from '../../deploy/cluster/cluster.ts';
import { downCluster, upCluster } from '../../deploy/cluster/cluster.ts';
import { makeInstancePaths } from '../../deploy/cluster/instance.ts';
import { buildParts, ensureParts, requiredPackages } from '../../deploy/cluster/parts.ts';
import { buildImages, buildServerImage, buildSystemImages } from '../../deploy/images/build.ts';
import { SERVER_IMAGE } from '../../deploy/images/catalogue.ts';
import { cacheDirectory } from '../../deploy/launch/directories.ts';
import { shadowedSettings } from '../../deploy/cluster/namespaces.ts';

const execute = promisify(execFile);
const cacheDir = cacheDirectory(process.env);

export const skippedWithoutRoot =
  process.platform !== 'linux' || process.getuid?.() !== 0
    ? 'an embedded cluster needs Linux and root'
    : requiredPackages().length > 0 && `Debian packages are missing: ${requiredPackages().join(' ')}`;

export interface ClusterAccess {
  /** Runs kubectl as administrator; resolves with what it printed. */
  readonly kubectl: (...args: string[]) => Promise<string>;
  readonly apply: (...objects: object[]) => Promise<void>;
}

export interface EmbeddedCluster extends AsyncDisposable, RunningCluster, ClusterAccess {}

/** Brings up a cluster of this name with the system's images and those named; disposing takes it down. */
export async function createEmbeddedCluster(
  name: string,
  imageNames: readonly string[] = [],
): Promise<EmbeddedCluster> {
  const { directory, goBinary } = await buildParts({ cacheDir });
  const work = { cacheDir, partsDirectory: directory };
  const system = await buildSystemImages(work);
  const labs = imageNames.length === 0 ? [] : await buildImages({ ...work, goBinary });
  const server = imageNames.includes(SERVER_IMAGE) ? await buildServerImage({ ...work, goBinary }) : [];
  const wanted = [...labs, ...server].filter(({ refs }) => refs.some((ref) => imageNames.includes(ref)));
  const imageArchives = [...system, ...wanted].map(({ archive }) => archive);
  const cluster = await upCluster({ name, cacheDir, imageArchives });
  return {
    ...cluster,
    ...makeAccess(directory, cluster.kubeconfigPath),
    [Symbol.asyncDispose]: () => removeCluster(name),
  };
}

/** The embedded cluster that the runner has brought up, which a test leaves as it was. */
export async function openRunnersCluster(): Promise<ClusterAccess> {
  const kubeconfig = process.env['PODIUM_TEST_KUBECONFIG'];
  if (kubeconfig === undefined) throw new Error('PODIUM_TEST_KUBECONFIG names no cluster.');
  return makeAccess(await ensureParts({ cacheDir }), kubeconfig);
}

function makeAccess(partsDirectory: string, kubeconfig: string): ClusterAccess {
  const run = (args: string[], input?: string) =>
    new Promise<string>((resolve, reject) => {
      const child = execFile(
        path.join(partsDirectory, 'bin', 'kubectl'),
        ['--kubeconfig', kubeconfig, ...args],
        { maxBuffer: 1 << 24 },
        (error, stdout, stderr) =>
          error === null ? resolve(stdout.trim()) : reject(new Error(stderr || error.message)),
      );
      child.stdin?.end(input ?? '');
    });
  return {
    kubectl: (...args) => run(args),
    apply: async (...objects) => {
      await run(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    },
  };
}

/** A name that no other run of the tests has, in this clone or another. */
export function makeTestName(label: string): string {
  return `${label}-${process.pid}`;
}

/** Takes the cluster down and removes the unpacked images too, which `down` keeps for the next start: there is none of this name. */
async function removeCluster(name: string): Promise<void> {
  await downCluster({ name });
  const { directory, lock, supervisorLock } = makeInstancePaths(name);
  for (const path of [directory, lock, supervisorLock]) await rm(path, { recursive: true, force: true });
}

/** What of the host a cluster of this name could have changed. */
export async function describeHost(name: string): Promise<Record<string, unknown>> {
  const output = async (program: string, ...args: string[]) => (await execute(program, args)).stdout;
  const settings = Object.keys(shadowedSettings).map(async (setting) => [
    setting,
    await readFile(path.join('/proc/sys', setting), 'utf8').catch(() => 'not there'),
  ]);
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  return {
    links: await output('ip', '-brief', 'link'),
    routes: await output('ip', 'route'),
    firewall: await output('nft', 'list', 'ruleset'),
    forwarding: await readFile('/proc/sys/net/ipv4/ip_forward', 'utf8'),
    settings: Object.fromEntries((await Promise.all(settings)) as [string, string][]),
    mounts: mounts.split('\n').filter((line) => line.includes(`clusters/${name}`) || line.includes(' - bpf ')),
    controlGroups: (await listControlGroups()).filter((group) => path.basename(group) === `podium-${name}`),
    networkNamespaces: existsSync('/run/netns') ? await readdir('/run/netns') : [],
  };
}

async function listControlGroups(): Promise<string[]> {
  const root = '/sys/fs/cgroup';
  const first = await readdir(root, { withFileTypes: true });
  const folders = first.filter((entry) => entry.isDirectory()).map((entry) => path.join(root, entry.name));
  const second = await Promise.all(
    folders.map((folder) => readdir(folder).then((names) => names.map((name) => path.join(folder, name)))),
  );
  return [...folders, ...second.flat()];
}
