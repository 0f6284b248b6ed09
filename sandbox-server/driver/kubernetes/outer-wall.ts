/**
 * The wall around a learner's namespace that no NetworkPolicy opens, whoever writes one: where Cilium enforces policies,
 * its own kind can deny, and what is denied is not allowed by any other.
 * Source: docs.cilium.io, "Deny Policies" and "CiliumNetworkPolicy".
 */
import * as z from 'zod/mini';
import { type ApiClient, isRefusal } from './api-client.ts';
import { managedLabels, type Manifest } from './manifest.ts';
import { learnerNamespace, OUTER_WALL, SANDBOX_LABEL, SHELL_NAMESPACE } from './names.ts';
import { type ApiServerAddress, cidrOf } from './network.ts';
import { decode } from './observed.ts';

const API_VERSION = 'cilium.io/v2';
const KIND = 'CiliumNetworkPolicy';
/** As Cilium calls the namespace and the labels of a pod. */
const NAMESPACE = 'k8s:io.kubernetes.pod.namespace';
const SANDBOX = `k8s:${SANDBOX_LABEL}`;
const LAST_PORT = 65_535;
const DNS_PORT = 53;

const resourceList = z.object({ resources: z.array(z.object({ kind: z.string() })) });

/** Whether this cluster has the kind that can deny. */
export async function detectOuterWall(api: ApiClient, signal: AbortSignal): Promise<boolean> {
  try {
    const { resources } = decode(resourceList, await api.call('GET', `/apis/${API_VERSION}`, {}, signal));
    return resources.some(({ kind }) => kind === KIND);
  } catch (error) {
    if (isRefusal(error, 404)) return false;
    throw error;
  }
}

/**
 * Pods of a learner reach their own namespace and the cluster's names, and the API servers where some are given; only
 * those of the namespace and their own shell reach them. Pure.
 */
export function makeOuterWall(id: string, apiServers: readonly ApiServerAddress[] = []): Manifest & { spec: object } {
  const own = learnerNamespace(id);
  const othersShells = {
    matchExpressions: [inNamespace(SHELL_NAMESPACE), { key: SANDBOX, operator: 'NotIn', values: [id] }],
  };
  return {
    apiVersion: API_VERSION,
    kind: KIND,
    metadata: { name: OUTER_WALL, namespace: own, labels: { ...managedLabels } },
    spec: {
      endpointSelector: {},
      // What is allowed is for network policies to say.
      enableDefaultDeny: { ingress: false, egress: false },
      egressDeny: [
        ...denyOutside(apiServers),
        { toEndpoints: [outside(own, 'kube-system', SHELL_NAMESPACE), othersShells] },
        ...denySystem,
      ],
      ingressDeny: [{ fromEntities: ['world'] }, { fromEndpoints: [outside(own, SHELL_NAMESPACE), othersShells] }],
    },
  };
}

function outside(...namespaces: string[]) {
  return { matchExpressions: [{ key: NAMESPACE, operator: 'NotIn', values: namespaces }] };
}

function inNamespace(name: string) {
  return { key: NAMESPACE, operator: 'In', values: [name] };
}

/** Of the cluster's own pods those that answer names, and of these the port on which they do. */
const dns = (operator: 'In' | 'NotIn') => ({
  matchExpressions: [inNamespace('kube-system'), { key: 'k8s:k8s-app', operator, values: ['kube-dns'] }],
});
const denySystem = [
  { toEndpoints: [dns('NotIn')] },
  { toEndpoints: [dns('In')], toPorts: allPortsBut([DNS_PORT], [DNS_PORT]) },
];

/** Where API servers are to be reached: every other address, and on theirs every other port. */
function denyOutside(apiServers: readonly ApiServerAddress[]): object[] {
  const toEntities = ['world', 'host', 'remote-node'];
  if (apiServers.length === 0) return [{ toEntities }];
  const except = (isFamily: (address: string) => boolean) => {
    const addresses = apiServers.filter(({ address }) => isFamily(address)).map(cidrOf);
    return addresses.length === 0 ? {} : { except: [...new Set(addresses)] };
  };
  const toCIDRSet = [
    { cidr: '0.0.0.0/0', ...except((address) => !address.includes(':')) },
    { cidr: '::/0', ...except((address) => address.includes(':')) },
  ];
  return [
    { toCIDRSet },
    {
      toEntities,
      toPorts: allPortsBut(
        apiServers.map(({ port }) => port),
        [],
      ),
    },
  ];
}

/** Every port of TCP and UDP but these, as ranges. */
function allPortsBut(tcp: readonly number[], udp: readonly number[]): object[] {
  return [{ ports: [...rangesBut(tcp, 'TCP'), ...rangesBut(udp, 'UDP')] }];
}

function rangesBut(open: readonly number[], protocol: 'TCP' | 'UDP'): object[] {
  const edges = [0, ...new Set(open.toSorted((a, b) => a - b)), LAST_PORT + 1];
  return edges.slice(1).flatMap((next, index) => {
    const first = (edges[index] ?? 0) + 1;
    return first < next ? [{ port: String(first), endPort: next - 1, protocol }] : [];
  });
}
