/** The programs of an instance and their flags, in the order in which they start. Pure. */
import path from 'node:path';
import type { Addresses, InstancePaths } from './instance.ts';
import { nodeName } from './instance.ts';
import { pins } from './pins.ts';

export const partNames = [
  'etcd',
  'containerd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
  'kubelet',
  'cilium-agent',
  'relay',
] as const;
export type PartName = (typeof partNames)[number];

/** What `status` shows as the version of each part. */
export const partVersions: Record<PartName, string> = {
  etcd: pins.etcd,
  containerd: pins.containerd,
  'kube-apiserver': pins.kubernetes,
  'kube-controller-manager': pins.kubernetes,
  'kube-scheduler': pins.kubernetes,
  'kube-proxy': pins.kubernetes,
  kubelet: pins.kubernetes,
  'cilium-agent': pins.cilium,
  relay: 'own',
};

export type PartCommand = {
  name: PartName;
  program: string;
  args: string[];
  env?: Record<string, string>;
  /** The relay stands with one foot on the host's loopback; all others live inside the instance's namespaces. */
  isOnHost?: true;
  /** It would write kernel settings of the whole machine, and is shown files of ours in their place. */
  writesSettings?: true;
};

export type PartContext = {
  paths: InstancePaths;
  addresses: Addresses;
  /** Where the compiled programs are. */
  binaries: string;
  apiServerPort: number;
};

/** Admission plugins by name, though most are defaults: a learner's walls hang on them. */
export const admissionPlugins = [
  'NamespaceLifecycle',
  'LimitRanger',
  'ServiceAccount',
  'NodeRestriction',
  'PodSecurity',
  'Priority',
  'DefaultTolerationSeconds',
  'DefaultStorageClass',
  'StorageObjectInUseProtection',
  'PersistentVolumeClaimResize',
  'RuntimeClass',
  'TaintNodesByCondition',
  'CertificateApproval',
  'CertificateSigning',
  'CertificateSubjectRestriction',
  'DefaultIngressClass',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionWebhook',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
  'ResourceQuota',
];

/** Where each program listens inside the instance's network namespace; every instance has its own, so they never collide. */
export const apiServerPortInside = 6443;
const etcdUrl = 'http://127.0.0.1:2379';
const etcdPeerUrl = 'http://127.0.0.1:2380';

export function makePartCommands(context: PartContext): PartCommand[] {
  return [
    makeEtcdCommand(context),
    makeContainerdCommand(context),
    makeApiServerCommand(context),
    makeControllerManagerCommand(context),
    makeSchedulerCommand(context),
    makeProxyCommand(context),
    makeKubeletCommand(context),
    makeCiliumCommand(context),
    makeRelayCommand(context),
  ];
}

function makeEtcdCommand({ paths, binaries }: PartContext): PartCommand {
  return {
    name: 'etcd',
    program: path.join(binaries, 'etcd'),
    args: [
      '--name=podium',
      `--data-dir=${paths.etcd}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=${etcdPeerUrl}`,
      `--initial-advertise-peer-urls=${etcdPeerUrl}`,
      `--initial-cluster=podium=${etcdPeerUrl}`,
      // Only a crash of the whole machine could lose unsynced writes, and after one every `up` begins anew anyway.
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
  };
}

function makeContainerdCommand({ paths, binaries }: PartContext): PartCommand {
  return {
    name: 'containerd',
    program: path.join(binaries, 'containerd'),
    args: ['--config', path.join(paths.configuration, 'containerd.toml'), '--log-level=warn'],
  };
}

function makeApiServerCommand({ paths, addresses }: PartContext): PartCommand {
  const pki = (file: string) => path.join(paths.certificates, file);
  return {
    name: 'kube-apiserver',
    program: path.join(paths.programs, 'kube-apiserver'),
    args: [
      `--etcd-servers=${etcdUrl}`,
      '--bind-address=0.0.0.0',
      `--secure-port=${apiServerPortInside}`,
      `--advertise-address=${addresses.node}`,
      `--service-cluster-ip-range=${addresses.serviceRange}`,
      '--authorization-mode=Node,RBAC',
      '--anonymous-auth=false',
      '--allow-privileged=true',
      `--enable-admission-plugins=${admissionPlugins.join(',')}`,
      '--enable-aggregator-routing=true',
      `--client-ca-file=${pki('ca.crt')}`,
      `--tls-cert-file=${pki('apiserver.crt')}`,
      `--tls-private-key-file=${pki('apiserver.key')}`,
      `--kubelet-client-certificate=${pki('kubelet-client.crt')}`,
      `--kubelet-client-key=${pki('kubelet-client.key')}`,
      `--kubelet-certificate-authority=${pki('ca.crt')}`,
      '--kubelet-preferred-address-types=InternalIP',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${pki('service-account.pub')}`,
      `--service-account-signing-key-file=${pki('service-account.key')}`,
      `--requestheader-client-ca-file=${pki('front-proxy-ca.crt')}`,
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-username-headers=X-Remote-User',
      `--proxy-client-cert-file=${pki('front-proxy.crt')}`,
      `--proxy-client-key-file=${pki('front-proxy.key')}`,
      '--profiling=false',
    ],
  };
}

function makeControllerManagerCommand({ paths, addresses }: PartContext): PartCommand {
  const pki = (file: string) => path.join(paths.certificates, file);
  const kubeconfig = path.join(paths.kubeconfigs, 'controller-manager');
  return {
    name: 'kube-controller-manager',
    program: path.join(paths.programs, 'kube-controller-manager'),
    args: [
      ...makeLeaderlessControllerFlags(kubeconfig),
      '--allocate-node-cidrs=true',
      `--cluster-cidr=${addresses.podRange}`,
      // One node has the whole range.
      '--node-cidr-mask-size=17',
      `--service-cluster-ip-range=${addresses.serviceRange}`,
      '--use-service-account-credentials=true',
      `--service-account-private-key-file=${pki('service-account.key')}`,
      `--root-ca-file=${pki('ca.crt')}`,
      `--cluster-signing-cert-file=${pki('ca.crt')}`,
      `--cluster-signing-key-file=${pki('ca.key')}`,
      // A room's namespaces end together; ten at a time would make the last ones wait.
      '--concurrent-namespace-syncs=30',
      '--kube-api-qps=200',
      '--kube-api-burst=400',
      '--terminated-pod-gc-threshold=50',
    ],
  };
}

function makeSchedulerCommand({ paths }: PartContext): PartCommand {
  return {
    name: 'kube-scheduler',
    program: path.join(paths.programs, 'kube-scheduler'),
    args: makeLeaderlessControllerFlags(path.join(paths.kubeconfigs, 'scheduler')),
  };
}

/** There is one of each controller, so nobody waits for a lease when it is restarted. */
function makeLeaderlessControllerFlags(kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    '--profiling=false',
  ];
}

function makeProxyCommand({ paths }: PartContext): PartCommand {
  return {
    name: 'kube-proxy',
    program: path.join(paths.programs, 'kube-proxy'),
    args: [`--config=${path.join(paths.configuration, 'kube-proxy.yaml')}`],
  };
}

function makeKubeletCommand({ paths, addresses }: PartContext): PartCommand {
  return {
    name: 'kubelet',
    writesSettings: true,
    program: path.join(paths.programs, 'kubelet'),
    args: [
      `--config=${path.join(paths.configuration, 'kubelet.yaml')}`,
      `--kubeconfig=${path.join(paths.kubeconfigs, 'node')}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${addresses.node}`,
      `--root-dir=${paths.kubelet}`,
    ],
  };
}

/** Cilium as the engine of NetworkPolicy alone: no service proxy, no masquerading, no Envoy, no Hubble, no operator. */
function makeCiliumCommand({ paths, addresses, binaries }: PartContext): PartCommand {
  return {
    name: 'cilium-agent',
    writesSettings: true,
    program: path.join(binaries, 'cilium-agent'),
    env: { K8S_NODE_NAME: nodeName },
    args: [
      `--k8s-kubeconfig-path=${path.join(paths.kubeconfigs, 'admin')}`,
      '--enable-ipv4=true',
      '--enable-ipv6=false',
      '--ipam=kubernetes',
      '--k8s-require-ipv4-pod-cidr=true',
      '--routing-mode=native',
      `--ipv4-native-routing-cidr=${addresses.podRange}`,
      '--enable-ipv4-masquerade=false',
      '--kube-proxy-replacement=false',
      '--bpf-lb-sock=false',
      '--enable-l7-proxy=false',
      '--enable-envoy-config=false',
      '--external-envoy-proxy=false',
      '--enable-health-checking=false',
      '--enable-endpoint-health-checking=false',
      '--enable-hubble=false',
      '--identity-allocation-mode=crd',
      // Without it a policy's ipBlock with the node's address would not match the node, and a shell could not be let to the API server.
      '--policy-cidr-match-mode=nodes',
      '--cluster-name=default',
      '--cluster-id=0',
      '--devices=node0',
      '--direct-routing-device=node0',
      '--cni-exclusive=false',
      `--lib-dir=${paths.cilium}`,
      '--bpf-root=/sys/fs/bpf',
      '--cgroup-root=/run/cilium/cgroupv2',
      '--enable-bpf-clock-probe=false',
      ...makeSmallMapFlags(),
    ],
  };
}

/** The defaults are sized by the machine's memory for thousands of pods; these hold for `maxPods` on one node. */
function makeSmallMapFlags(): string[] {
  return [
    '--bpf-lb-map-max=4096',
    '--bpf-policy-map-max=4096',
    '--bpf-ct-global-tcp-max=65536',
    '--bpf-ct-global-any-max=32768',
    '--bpf-nat-global-max=65536',
    '--bpf-map-dynamic-size-ratio=0',
  ];
}

function makeRelayCommand({ paths, addresses, binaries, apiServerPort }: PartContext): PartCommand {
  return {
    name: 'relay',
    program: path.join(binaries, 'podium-node'),
    isOnHost: true,
    args: [
      'relay',
      `--listen=127.0.0.1:${apiServerPort}`,
      `--dial=${addresses.node}:${apiServerPortInside}`,
      `--port-file=${paths.portFile}`,
    ],
  };
}
