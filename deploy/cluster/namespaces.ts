/**
 * The instance's own network and mount namespaces. Nothing that its programs do to interfaces, firewall, mounts or kernel settings
 * reaches the host: there is nothing to put back afterwards, not even when everything was killed at once.
 */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Addresses, InstancePaths } from './instance.ts';
import type { ProcessIdentity } from './processes.ts';
import { identifyProcess } from './processes.ts';
import { ClusterError } from './errors.ts';

/**
 * Kernel settings of the whole machine that the kubelet (the first six) and Cilium would write. They find a file of ours with the value
 * that they want instead. `unprivileged_bpf_disabled` could not even be put back before the next reboot.
 */
export const shadowedSettings: Record<string, string> = {
  'vm/overcommit_memory': '1',
  'vm/panic_on_oom': '0',
  'kernel/panic': '10',
  'kernel/panic_on_oops': '1',
  'kernel/keys/root_maxkeys': '1000000',
  'kernel/keys/root_maxbytes': '25000000',
  'kernel/unprivileged_bpf_disabled': '1',
  'kernel/timer_migration': '0',
};

/** The script that furnishes the namespaces and then stays, as the process through which others enter. Pure. */
export function makeNamespaceScript(addresses: Addresses): string {
  return `set -eu
mount --make-rshared /
# CNI, containerd and Cilium keep sockets and mounts below /run, the kubelet links below /var/log: none of it is to appear on the host.
mount -t tmpfs -o mode=755 podium-run /run
mkdir -p /run/netns /run/cilium/cgroupv2 /run/lock
mount -t tmpfs -o mode=755 podium-log '/var/log'
mount -t bpf bpf /sys/fs/bpf
mount -t cgroup2 none /run/cilium/cgroupv2
ip link set lo up
ip link add node0 type veth peer name node0-peer
ip link set node0 up
ip link set node0-peer up
ip address add ${addresses.node}/${addresses.nodePrefixLength} dev node0
# ClusterIPs are reached from the node itself only when there is a route to begin with.
ip route add default dev node0
for setting in ip_forward conf/all/rp_filter conf/default/rp_filter; do
  case "$setting" in ip_forward) value=1 ;; *) value=0 ;; esac
  echo "$value" > "/proc/sys/net/ipv4/$setting"
done
echo ready
exec sleep infinity > /dev/null
`;
}

/**
 * The command that runs a program with our files over the machine's kernel settings. Only such a program sees them: in a mount
 * namespace where something covers a part of /proc the kernel refuses pods with a user namespace their own /proc (mount_namespaces(7),
 * "mount point restrictions"), so containerd's must stay untouched. Other mounts go both ways as before: pods get their volumes. Pure.
 */
export function shadowSettings(
  paths: InstancePaths,
  program: string,
  args: readonly string[],
): [string, readonly string[]] {
  const shadows = Object.keys(shadowedSettings).map(
    (setting) => `[ ! -e /proc/sys/${setting} ] || mount --bind '${shadowFile(paths, setting)}' /proc/sys/${setting}`,
  );
  const script = ['set -eu', 'mount --make-rprivate /proc', ...shadows, 'exec "$@"'].join('\n');
  return ['unshare', ['--mount', '--propagation', 'unchanged', 'sh', '-c', script, 'podium-part', program, ...args]];
}

function shadowFile(paths: InstancePaths, setting: string): string {
  return path.join(paths.sysctls, setting.replaceAll('/', '.'));
}

/** Makes the namespaces and resolves, when they are furnished, with the process that holds them. */
export async function createNamespaces(paths: InstancePaths, addresses: Addresses): Promise<ProcessIdentity> {
  await mkdir(paths.sysctls, { recursive: true });
  for (const [setting, value] of Object.entries(shadowedSettings)) {
    await writeFile(shadowFile(paths, setting), `${value}\n`);
  }
  await using log = await open(path.join(paths.logs, 'namespaces.log'), 'a');
  const script = makeNamespaceScript(addresses);
  const child = spawn('unshare', ['--net', '--mount', '--propagation', 'private', 'sh', '-c', script], {
    detached: true,
    stdio: ['ignore', 'pipe', log.fd],
  });
  const { stdout } = child;
  if (stdout === null) throw new Error('the output was asked for as a pipe');
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    stdout.once('data', () => resolve());
    child.once('exit', () => {
      reject(new ClusterError('part-failed', { facts: 'namespaces', next: `read ${paths.logs}/namespaces.log` }));
    });
  });
  child.unref();
  stdout.destroy();
  if (child.pid === undefined) throw new Error('a process that answered has no pid');
  return identifyProcess(child.pid);
}

export type NamespaceHandles = { net: string; mount: string };

/**
 * Opens the namespaces through any process that lives in them. The paths stay good as long as this process lives,
 * so that parts can be started even when the first holder was killed.
 */
export function openNamespaces(pid: number): NamespaceHandles {
  const handle = (kind: string) => `/proc/${process.pid}/fd/${openSync(`/proc/${pid}/ns/${kind}`, 'r')}`;
  return { net: handle('net'), mount: handle('mnt') };
}

/** The command that runs a program inside the namespaces. Pure. */
export function enterNamespaces(
  handles: NamespaceHandles,
  program: string,
  args: readonly string[],
): [string, string[]] {
  return ['nsenter', [`--net=${handles.net}`, `--mount=${handles.mount}`, '--', program, ...args]];
}
