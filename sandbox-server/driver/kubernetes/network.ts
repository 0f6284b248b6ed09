/** What all shells may reach, as NetworkPolicy. Pure. */
import type { V1NetworkPolicy, V1NetworkPolicyEgressRule } from '@kubernetes/client-node';
import { managedLabels, type Manifest, type Written } from './manifest.ts';
import { NAMESPACE_NAME_LABEL, SHELL_NAMESPACE } from './names.ts';

/** Where the cluster answers names: the label is the same for CoreDNS of every distribution. */
export const clusterDnsPeer: Written<V1NetworkPolicyEgressRule> = {
  to: [
    {
      namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
  ],
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};

/** One address on which the API server answers, without the ClusterIP in front of it. */
export interface ApiServerAddress {
  readonly address: string;
  readonly port: number;
}

/** Nothing enters a shell pod, and it reaches nothing but what another policy names. */
export function makeShellWall(): Written<V1NetworkPolicy> & Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'deny-all', namespace: SHELL_NAMESPACE, labels: { ...managedLabels } },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  };
}

/**
 * Names and the API server, for every shell. Policies apply behind the ClusterIP, so the addresses are those of
 * the EndpointSlice `default/kubernetes`.
 */
export function makeShellCommons(apiServers: readonly ApiServerAddress[]): Written<V1NetworkPolicy> & Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'dns-and-api-server', namespace: SHELL_NAMESPACE, labels: { ...managedLabels } },
    spec: {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [clusterDnsPeer, ...apiServers.map(apiServerPeer)],
    },
  };
}

export function apiServerPeer(server: ApiServerAddress): Written<V1NetworkPolicyEgressRule> {
  return { to: [{ ipBlock: { cidr: cidrOf(server) } }], ports: [{ protocol: 'TCP', port: server.port }] };
}

export function cidrOf({ address }: ApiServerAddress): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}
