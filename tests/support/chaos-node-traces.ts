/** What pods leave on the node of an embedded cluster, which is this machine: processes, control groups, mounts, folders. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { listCgroupProcesses, loadCgroupMounts } from '../../deploy/cluster/cgroups.ts';
import { clusterStatus } from '../../deploy/cluster/cluster.ts';
import { makeCgroupName, makeInstancePaths } from '../../deploy/cluster/instance.ts';

export interface NodeTraces {
  /** What carries the uid of a pod. */
  readonly traces: readonly { readonly what: string; readonly podUid: string }[];
  /** Named after the volume whose they are. */
  readonly volumeFolders: readonly string[];
  /** What belongs to a container that containerd does not know. */
  readonly strangers: readonly string[];
}

/** A container that has a process, as containerd has described it to runc. */
interface Bundle {
  readonly id: string;
  readonly podUid: string;
  readonly networkNamespace: string | undefined;
}

export async function readNodeTraces(instance: string): Promise<NodeTraces> {
  const paths = makeInstancePaths(instance);
  const pidOf = await readPartPids(instance);
  // Containers are read last: what is started meanwhile must not look like a stranger.
  const mounts = [...(await readMounts(pidOf('containerd'))), ...(await readMounts(pidOf('kubelet')))];
  const shims = await readShims(instance);
  const bundles = await readBundles(pidOf('containerd'));
  const podFolders = await readdir(join(paths.kubelet, 'pods')).catch(() => []);
  return {
    traces: [
      ...bundles.map(({ id, podUid }) => ({ what: `container ${id}`, podUid })),
      ...podFolders.map((podUid) => ({ what: 'folder', podUid })),
      ...(await readCgroups(instance)).map((podUid) => ({ what: 'control group', podUid })),
      ...mounts.flatMap((mount) => findPodUid(mount)),
    ],
    volumeFolders: await readdir(paths.volumes).catch(() => []),
    strangers: [
      ...shims.filter((id) => !bundles.some((bundle) => bundle.id === id)).map((id) => `process of container ${id}`),
      ...mounts.filter((mount) => isStranger(mount, bundles)).map((mount) => `mount ${mount}`),
    ],
  };
}

function findPodUid(mount: string): NodeTraces['traces'] {
  const [, podUid] = /\/pods\/([0-9a-f-]{36})\//u.exec(mount) ?? [];
  return podUid === undefined ? [] : [{ what: `mount ${mount}`, podUid }];
}

function isStranger(mount: string, bundles: readonly Bundle[]): boolean {
  const [, network] = /^\/run\/netns\/(cni-.+)$/u.exec(mount) ?? [];
  if (network !== undefined) return !bundles.some(({ networkNamespace }) => networkNamespace === network);
  const [, id] = /^\/run\/containerd\/[^]*?\/([0-9a-f]{64})\//u.exec(mount) ?? [];
  return id !== undefined && !bundles.some((bundle) => bundle.id === id);
}

async function readPartPids(instance: string): Promise<(part: string) => number> {
  const { parts } = await clusterStatus({ name: instance });
  return (name) => {
    const part = parts.find((each) => each.name === name);
    if (part?.isRunning !== true) throw new Error(`There is no ${name} to look at.`);
    return part.pid;
  };
}

interface RuncConfiguration {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly linux?: { readonly namespaces?: readonly { readonly type: string; readonly path?: string }[] };
}

/** In containerd's own mount namespace. */
async function readBundles(containerd: number): Promise<readonly Bundle[]> {
  const folder = `/proc/${containerd}/root/run/containerd/io.containerd.runtime.v2.task/k8s.io`;
  return Promise.all(
    (await readdir(folder)).map(async (id) => {
      const text = await readFile(join(folder, id, 'config.json'), 'utf8').catch(() => '{}');
      const { annotations, linux } = JSON.parse(text) as RuncConfiguration;
      const network = linux?.namespaces?.find(({ type }) => type === 'network')?.path;
      return {
        id,
        podUid: annotations?.['io.kubernetes.cri.sandbox-uid'] ?? 'unknown',
        networkNamespace: network === undefined ? undefined : basename(network),
      };
    }),
  );
}

async function readMounts(pid: number): Promise<string[]> {
  const lines = (await readFile(`/proc/${pid}/mountinfo`, 'utf8')).trim().split('\n');
  return lines.map((line) => line.split(' ')[4] ?? '');
}

/** Of each shim, the pod's first container, whose id it carries. */
async function readShims(instance: string): Promise<string[]> {
  const pids = await listCgroupProcesses(await loadCgroupMounts(), makeCgroupName(instance));
  const commands = await Promise.all(
    pids.map((pid) =>
      readFile(`/proc/${pid}/cmdline`, 'utf8')
        .then((text) => text.split('\0'))
        .catch((): string[] => []),
    ),
  );
  const shims = commands.filter(([program = '']) => basename(program).startsWith('containerd-shim'));
  return shims.map((command) => command[command.indexOf('-id') + 1] ?? '');
}

/** The uids of pods that have a control group, with processes or without. */
async function readCgroups(instance: string): Promise<string[]> {
  const { hierarchies } = await loadCgroupMounts();
  const folders = await Promise.all(
    hierarchies.map((hierarchy) =>
      readdir(join(hierarchy, makeCgroupName(instance), 'kubepods'), { recursive: true }).catch(() => []),
    ),
  );
  const uids = folders.flat().flatMap((folder) => /(?:^|\/)pod([0-9a-f-]{36})$/u.exec(folder)?.[1] ?? []);
  return [...new Set(uids)];
}
