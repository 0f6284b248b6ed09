/**
 * An instance is one embedded cluster on this machine: a name, a number that its address ranges come from, and a folder.
 * Everything here is pure; `cluster.ts` has the effects.
 */
import path from 'node:path';
import { ClusterError } from './errors.ts';

export const defaultInstanceName = 'podium';
/** Root only: it holds the cluster's private keys. */
export const instancesRoot = '/var/lib/podium/clusters';
/** Node, pod and service ranges of an instance come from its number in one octet each (32 + 32 + 32 of 256). */
export const instanceLimit = 32;
export const nodeName = 'node1';
/** A cgroup path and a file name are made of it; a DNS label fits both. */
const instanceNamePattern = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/u;

export function checkInstanceName(name: string): string {
  if (instanceNamePattern.test(name)) return name;
  throw new ClusterError('bad-name', {
    facts: JSON.stringify(name),
    next: 'use 1 to 32 lower-case letters, digits and hyphens, with a letter or digit first and last',
  });
}

export type Addresses = {
  node: string;
  nodePrefixLength: number;
  podRange: string;
  serviceRange: string;
  apiService: string;
  dnsService: string;
};

/** Address ranges of instance `number` (0 to 31). They never meet the host's own: each instance has a network namespace of its own. */
export function makeAddresses(number: number): Addresses {
  const pods = 128 + number;
  const services = 160 + number;
  const nodes = 192 + number;
  return {
    node: `10.${nodes}.0.1`,
    nodePrefixLength: 24,
    podRange: `10.${pods}.0.0/16`,
    serviceRange: `10.${services}.0.0/16`,
    apiService: `10.${services}.0.1`,
    dnsService: `10.${services}.0.10`,
  };
}

export type InstancePaths = ReturnType<typeof makeInstancePaths>;

/** Where an instance keeps what. `run` is made anew by each start; `containerd` keeps unpacked images from one start to the next. */
export function makeInstancePaths(name: string, root = instancesRoot) {
  const directory = path.join(root, checkInstanceName(name));
  const run = path.join(directory, 'run');
  return {
    directory,
    run,
    settings: path.join(directory, 'settings.json'),
    status: path.join(directory, 'status.json'),
    parts: path.join(run, 'parts'),
    configuration: path.join(run, 'configuration'),
    certificates: path.join(run, 'certificates'),
    kubeconfigs: path.join(run, 'kubeconfigs'),
    cni: path.join(run, 'cni'),
    sysctls: path.join(run, 'sysctls'),
    cilium: path.join(run, 'cilium'),
    etcd: path.join(run, 'etcd'),
    kubelet: path.join(run, 'kubelet'),
    podLogs: path.join(run, 'pod-logs'),
    volumes: path.join(run, 'volumes'),
    programs: path.join(run, 'programs'),
    containerd: path.join(directory, 'containerd'),
    importedImages: path.join(directory, 'imported-images.json'),
    number: path.join(directory, 'number'),
    /** Held while somebody brings the instance up or down. */
    lock: path.join(root, `.${name}.lock`),
    /** Held by its supervisor. */
    supervisorLock: path.join(root, `.${name}.supervisor.lock`),
    logs: path.join(directory, 'logs'),
    kubeconfig: path.join(run, 'admin.kubeconfig'),
    portFile: path.join(run, 'port'),
  };
}

/** containerd's socket inside the instance's mount namespace, where `/run` is the instance's own. */
export const containerdSocket = '/run/containerd/containerd.sock';

export function makeCgroupName(name: string): string {
  return `podium-${name}`;
}

/** The settings that a supervisor is started with; written by `up`, read again when a killed supervisor comes back. */
export type InstanceSettings = {
  name: string;
  number: number;
  partsDirectory: string;
  imageArchives: string[];
  /** 0: any free port. */
  port: number;
};
