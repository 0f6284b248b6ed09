/** Looks for everything that the kernel and the machine must have, by trying it, and names all that is missing at once. */
import { once } from 'node:events';
import { readFile, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { release } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { existsSync } from 'node:fs';
import { loadCgroupMounts } from './cgroups.ts';
import { ClusterError } from './errors.ts';
import { requiredPackages } from './packages.ts';
import { runCommand } from './run-command.ts';

/**
 * Pods of learners have user namespaces of their own, and older kernels cannot map the owners of files on tmpfs, where
 * tokens, Secrets and homes are: kubernetes.io/docs/concepts/workloads/pods/user-namespaces. Cilium 1.20 would do with 5.10.
 */
export const oldestKernel: [number, number] = [6, 3];
/** etcd, unpacked images and room for learners above the eviction threshold. */
const neededStateBytes = 6 * 1024 ** 3;
/** The cluster alone takes 1.3 GiB. */
const neededMemoryBytes = 2 * 1024 ** 3;
/** What the kubelet needs from the kernel's resource control. */
const neededControllers = ['cpu', 'memory', 'pids', 'cpuset'];

/** Each line tries one thing in namespaces that end with the script; a module that the kernel has is loaded on the way. */
const kernelTrials: { name: string; command: string }[] = [
  { name: 'veth network interfaces (CONFIG_VETH)', command: 'ip link add trial0 type veth peer name trial1' },
  {
    name: 'nftables with NAT (CONFIG_NF_TABLES, CONFIG_NFT_NAT)',
    command: 'nft add table ip trial && nft add chain ip trial nat "{ type nat hook prerouting priority 0; }"',
  },
  {
    name: 'nftables numgen (CONFIG_NFT_NUMGEN)',
    command:
      'nft add table ip trial2 && nft add chain ip trial2 c && nft add rule ip trial2 c numgen random mod 2 0 accept',
  },
  {
    name: 'overlay file system (CONFIG_OVERLAY_FS)',
    command:
      'mkdir -p /mnt/l /mnt/u /mnt/w /mnt/m && mount -t overlay overlay -o lowerdir=/mnt/l,upperdir=/mnt/u,workdir=/mnt/w /mnt/m',
  },
  { name: 'BPF file system (CONFIG_BPF_SYSCALL)', command: 'mkdir -p /mnt/b && mount -t bpf bpf /mnt/b' },
  {
    name: 'traffic control with BPF (CONFIG_NET_CLS_BPF, CONFIG_NET_SCH_INGRESS)',
    command: 'ip link add trial2 type veth peer name trial3 && tc qdisc add dev trial2 clsact',
  },
  {
    name: 'user namespaces (CONFIG_USER_NS, user.max_user_namespaces)',
    command: 'unshare --user --map-root-user true',
  },
];

/** Everything that is missing, in sentences; empty when the cluster can run here. */
export async function findMissingRequirements(stateDirectory: string): Promise<string[]> {
  if (process.platform !== 'linux') return ['Linux; here it is ' + process.platform];
  if (process.arch !== 'x64') return [`a 64-bit x86 processor; here it is ${process.arch}`];
  const missing = [...(await findMissingMachineParts(stateDirectory)), ...describeKernel(release())];
  const packages = requiredPackages();
  if (packages.length > 0)
    missing.push(`Debian packages: apt-get install --no-install-recommends ${packages.join(' ')}`);
  // Without these programs, and without root, the trials could not tell the kernel's faults from their own.
  if (process.getuid?.() !== 0) missing.push('root: start it with sudo');
  else if (packages.length === 0) missing.push(...(await findMissingKernelFeatures()));
  return missing;
}

/** Throws an error that names everything that is missing. */
export async function checkRequirements(stateDirectory: string): Promise<void> {
  const missing = await findMissingRequirements(stateDirectory);
  if (missing.length === 0) return;
  const isRootAlone = missing.length === 1 && missing[0]?.startsWith('root');
  throw new ClusterError(isRootAlone ? 'not-root' : 'missing-requirements', {
    facts: missing.map((line) => `\n  - ${line}`).join(''),
    next: 'provide it and start again, or start with --driver local: labs then run in shells of this machine',
  });
}

/** Throws an error when another program has `port` of this machine; the relay would find out only when the cluster is half up. */
export async function checkPort(port: number): Promise<void> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch (cause) {
    throw new ClusterError('port-taken', {
      facts: String(port),
      next: `choose another with --port, or leave the option out for any free one; "ss -ltnp 'sport = :${port}'" shows who has it`,
      cause,
    });
  } finally {
    probe.close();
  }
}

/** Pure. */
export function describeKernel(version: string): string[] {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const [oldestMajor, oldestMinor] = oldestKernel;
  const isEnough = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  return isEnough ? [] : [`Linux ${oldestKernel.join('.')} or newer; here it is ${version}`];
}

async function findMissingMachineParts(stateDirectory: string): Promise<string[]> {
  const missing: string[] = [];
  const memory = await readFile('/proc/meminfo', 'utf8');
  const totalBytes = Number(/^MemTotal:\s+(\d+)/mu.exec(memory)?.[1] ?? 0) * 1024;
  if (totalBytes < neededMemoryBytes) missing.push(`2 GiB of memory; here it is ${formatGibibytes(totalBytes)}`);
  const disk = await statfs(findExistingParent(stateDirectory));
  const freeBytes = disk.bavail * disk.bsize;
  if (freeBytes < neededStateBytes) {
    missing.push(`6 GiB of free disk at ${stateDirectory}; here it is ${formatGibibytes(freeBytes)}`);
  }
  const cgroups = await loadCgroupMounts();
  const controllers = await readControllers(cgroups.kind, cgroups.hierarchies);
  const lacking = neededControllers.filter((name) => !controllers.includes(name));
  if (lacking.length > 0) missing.push(`cgroup controllers: ${lacking.join(', ')}`);
  return missing;
}

async function readControllers(kind: 'v1' | 'v2', hierarchies: string[]): Promise<string[]> {
  if (kind === 'v1') return hierarchies.flatMap((hierarchy) => path.basename(hierarchy).split(','));
  return (await readFile('/sys/fs/cgroup/cgroup.controllers', 'utf8')).trim().split(' ');
}

async function findMissingKernelFeatures(): Promise<string[]> {
  const trials = kernelTrials.map(({ command }, index) => `(${command}) >/dev/null 2>&1 || echo ${index}`);
  const script = ['mount -t tmpfs trial /mnt', ...trials].join('\n');
  const output = await runCommand('unshare', [
    '--net',
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-c',
    script,
  ]).catch(() => undefined);
  if (output === undefined) return ['network and mount namespaces (CONFIG_NET_NS), and the right to make them'];
  return output.split('\n').flatMap((line) => kernelTrials[Number.parseInt(line, 10)]?.name ?? []);
}

function findExistingParent(directory: string): string {
  return existsSync(directory) ? directory : findExistingParent(path.dirname(directory));
}

function formatGibibytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
