/** The configuration files of the node's programs, as pure text. */
import path from 'node:path';
import { stringify } from 'yaml';
import type { Addresses, InstancePaths } from './instance.ts';
import { containerdSocket, makeCgroupName, nodeName } from './instance.ts';

/** A room of 100 learners has a shell pod, pods of its own and warm spares for each; the pod range holds far more. */
export const maxPods = 400;
/** A fork bomb in one pod must stop long before the node runs out of process ids. */
const podProcessLimit = 1024;
/** Below this the node evicts pods instead of failing writes for everyone, etcd included. */
export const evictionThresholds = {
  'memory.available': '200Mi',
  'nodefs.available': '2Gi',
  'nodefs.inodesFree': '3%',
  'imagefs.available': '2Gi',
  'pid.available': '5%',
};
/** A learner's `yes` must not fill the disk by its log: two files of this size for each container. */
const containerLogMaxSize = '8Mi';
const containerLogMaxFiles = 2;

export const pauseImage = 'podium.dev/pause:1';

/** Plugins of containerd that nothing here uses; some would look for kernel features or devices at each start. */
const unusedContainerdPlugins = [
  'io.containerd.snapshotter.v1.btrfs',
  'io.containerd.snapshotter.v1.zfs',
  'io.containerd.snapshotter.v1.devmapper',
  'io.containerd.snapshotter.v1.blockfile',
  'io.containerd.snapshotter.v1.erofs',
  'io.containerd.nri.v1.nri',
  'io.containerd.tracing.processor.v1.otlp',
  'io.containerd.internal.v1.tracing',
  'io.containerd.internal.v1.opt',
];

/** containerd's configuration. Values are quoted as TOML literal strings; paths of an instance hold no quote. */
export function makeContainerdConfiguration(paths: InstancePaths, binaries: string): string {
  const disabled = unusedContainerdPlugins.map((plugin) => `'${plugin}'`).join(', ');
  return `version = 3
root = '${paths.containerd}'
state = '/run/containerd'
disabled_plugins = [${disabled}]
[grpc]
  address = '${containerdSocket}'
[plugins.'io.containerd.cri.v1.images']
  snapshotter = 'overlayfs'
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = '${pauseImage}'
[plugins.'io.containerd.cri.v1.runtime']
  # runc dies on a negative OOM score where the machine lacks CAP_SYS_RESOURCE.
  restrict_oom_score_adj = true
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ['${binaries}']
    conf_dir = '${paths.cni}'
  [plugins.'io.containerd.cri.v1.runtime'.containerd]
    default_runtime_name = 'runc'
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
      runtime_type = 'io.containerd.runc.v2'
      [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
        BinaryName = '${path.join(binaries, 'runc')}'
        SystemdCgroup = false
`;
}

/** The kubelet's configuration. */
export function makeKubeletConfiguration(name: string, paths: InstancePaths, addresses: Addresses): string {
  return stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    ...makeKubeletNodeSettings(name, paths, addresses),
    maxPods,
    podPidsLimit: podProcessLimit,
    evictionHard: evictionThresholds,
    // Images come from archives, not from a registry: what the kubelet collected could not be pulled again.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    // 0 to 50 is the default: the scheduler would not know of images beyond it.
    nodeStatusMaxImages: -1,
    containerLogMaxSize,
    containerLogMaxFiles,
    // One process of a shell that goes over its memory limit dies, not the shell with all that runs in it.
    singleProcessOOMKill: true,
    serializeImagePulls: false,
    registryPullQPS: 0,
    // The defaults of 50 would stretch the start of a whole room.
    kubeAPIQPS: 100,
    kubeAPIBurst: 200,
    syncFrequency: '10s',
    shutdownGracePeriod: '0s',
  });
}

function makeKubeletNodeSettings(name: string, paths: InstancePaths, addresses: Addresses): object {
  return {
    failCgroupV1: false,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${makeCgroupName(name)}`,
    cgroupsPerQOS: true,
    enforceNodeAllocatable: ['pods'],
    failSwapOn: false,
    resolvConf: '',
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    clusterDNS: [addresses.dnsService],
    clusterDomain: 'cluster.local',
    tlsCertFile: path.join(paths.certificates, 'kubelet-server.crt'),
    tlsPrivateKeyFile: path.join(paths.certificates, 'kubelet-server.key'),
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: path.join(paths.certificates, 'ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    volumePluginDir: path.join(paths.kubelet, 'volume-plugins'),
    podLogsDir: paths.podLogs,
  };
}

/** kube-proxy's configuration: nftables, and no conntrack limits, which belong to the whole machine. */
export function makeProxyConfiguration(paths: InstancePaths, addresses: Addresses): string {
  return stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig: path.join(paths.kubeconfigs, 'proxy') },
    mode: 'nftables',
    clusterCIDR: addresses.podRange,
    hostnameOverride: nodeName,
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
    nodePortAddresses: [`${addresses.node}/32`],
  });
}

/** The CNI configuration; containerd misses Cilium's own atomic rename, so we write it in place. */
export function makeCniConfiguration(paths: InstancePaths): string {
  const logFile = path.join(paths.logs, 'cilium-cni.log');
  return JSON.stringify({
    cniVersion: '1.0.0',
    name: 'cilium',
    plugins: [{ type: 'cilium-cni', 'enable-debug': false, 'log-file': logFile }],
  });
}
