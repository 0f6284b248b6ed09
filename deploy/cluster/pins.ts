/** The versions that the cluster is made of, and what is compiled from which module. `modules/<name>/go.sum` holds the checksums. */
export const pins = {
  go: '1.26.8',
  kubernetes: '1.36.3',
  etcd: '3.7.3',
  containerd: '2.4.2',
  runc: '1.5.2',
  cniPlugins: '1.9.1',
  coredns: '1.15.0',
  cilium: '1.20.2',
  metricsServer: '0.9.0',
  localPathProvisioner: '0.0.30',
  helm: '4.3.1',
  kind: '0.33.0',
  kompose: '1.37.0',
} as const;

/** The Go toolchain is served as a module of this version. */
export const toolchainVersion = `v0.0.1-go${pins.go}.linux-amd64`;

export type GoProgram = { binary: string; package: string; needsC?: true; tags?: string; linkerFlags?: string };
export type PartPin = {
  /** Folder below `modules`. */
  name: string;
  module: string;
  version: string;
  programs: GoProgram[];
  /** Seconds of a cold build on two cores, for the first estimate; later parts are scaled by how the earlier ones went. */
  coldSeconds: number;
};

const kubernetesVersionFlags = [
  `-X k8s.io/component-base/version.gitVersion=v${pins.kubernetes}`,
  `-X k8s.io/component-base/version.gitMajor=${pins.kubernetes.split('.')[0]}`,
  `-X k8s.io/component-base/version.gitMinor=${pins.kubernetes.split('.')[1]}`,
  '-X k8s.io/component-base/version.gitTreeState=clean',
].join(' ');

const containerdCommands = 'github.com/containerd/containerd/v2/cmd';

/** The largest first: whoever waits learns soonest whether the machine can do it. */
export const partPins: PartPin[] = [
  {
    name: 'kube',
    module: 'k8s.io/kubernetes',
    version: pins.kubernetes,
    coldSeconds: 410,
    programs: [
      { binary: 'kube', package: '.', linkerFlags: kubernetesVersionFlags },
      { binary: 'kubectl', package: 'k8s.io/kubernetes/cmd/kubectl', linkerFlags: kubernetesVersionFlags },
    ],
  },
  {
    name: 'cilium',
    module: 'github.com/cilium/cilium',
    version: pins.cilium,
    coldSeconds: 358,
    programs: [
      { binary: 'cilium-agent', package: 'github.com/cilium/cilium/daemon' },
      { binary: 'cilium-cni', package: 'github.com/cilium/cilium/plugins/cilium-cni' },
    ],
  },
  {
    name: 'etcd',
    module: 'go.etcd.io/etcd/server/v3',
    version: pins.etcd,
    coldSeconds: 31,
    programs: [{ binary: 'etcd', package: '.' }],
  },
  {
    name: 'containerd',
    module: 'github.com/containerd/containerd/v2',
    version: pins.containerd,
    coldSeconds: 66,
    programs: ['containerd', 'containerd-shim-runc-v2', 'ctr'].map((binary) => ({
      binary,
      package: `${containerdCommands}/${binary}`,
      linkerFlags: `-X github.com/containerd/containerd/v2/version.Version=v${pins.containerd}`,
    })),
  },
  {
    name: 'runc',
    module: 'github.com/opencontainers/runc',
    version: pins.runc,
    coldSeconds: 11,
    programs: [
      {
        binary: 'runc',
        package: 'github.com/opencontainers/runc',
        needsC: true,
        tags: 'seccomp',
      },
    ],
  },
  {
    name: 'cni',
    module: 'github.com/containernetworking/plugins',
    version: pins.cniPlugins,
    coldSeconds: 6,
    programs: [{ binary: 'loopback', package: 'github.com/containernetworking/plugins/plugins/main/loopback' }],
  },
  {
    name: 'coredns',
    module: 'github.com/coredns/coredns',
    version: pins.coredns,
    coldSeconds: 114,
    programs: [{ binary: 'coredns', package: 'github.com/coredns/coredns' }],
  },
  {
    name: 'helm',
    module: 'helm.sh/helm/v4',
    version: pins.helm,
    coldSeconds: 90,
    programs: [
      {
        binary: 'helm',
        package: 'helm.sh/helm/v4/cmd/helm',
        linkerFlags: `-X helm.sh/helm/v4/internal/version.version=v${pins.helm}`,
      },
    ],
  },
  {
    name: 'metrics-server',
    module: 'sigs.k8s.io/metrics-server',
    version: pins.metricsServer,
    coldSeconds: 60,
    programs: [{ binary: 'metrics-server', package: 'sigs.k8s.io/metrics-server/cmd/metrics-server' }],
  },
  {
    name: 'local-path-provisioner',
    module: 'github.com/rancher/local-path-provisioner',
    version: pins.localPathProvisioner,
    coldSeconds: 20,
    programs: [{ binary: 'local-path-provisioner', package: 'github.com/rancher/local-path-provisioner' }],
  },
  {
    name: 'kompose',
    module: 'github.com/kubernetes/kompose',
    version: pins.kompose,
    coldSeconds: 90,
    programs: [{ binary: 'kompose', package: 'github.com/kubernetes/kompose' }],
  },
  {
    name: 'kind',
    module: 'sigs.k8s.io/kind',
    version: pins.kind,
    coldSeconds: 5,
    programs: [{ binary: 'kind', package: 'sigs.k8s.io/kind' }],
  },
  {
    name: 'podium-node',
    module: 'golang.org/x/sys',
    version: '0.46.0',
    coldSeconds: 5,
    programs: [{ binary: 'podium-node', package: '.' }],
  },
];
