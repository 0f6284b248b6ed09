/** The versions that the cluster is made of. Each `modules/<part>/go.mod` holds the same number, and a test compares them. */
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
