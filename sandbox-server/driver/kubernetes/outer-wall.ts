/**
 * The wall around a learner's namespace that no NetworkPolicy opens, whoever writes one: where Cilium enforces policies,
 * its own kind can deny, and what is denied is not allowed by any other.
 * Source: docs.cilium.io, "Deny Policies" and "CiliumNetworkPolicy".
 */
import * as z from 'zod/mini';
import { type ApiClient, isRefusal } from './api-client.ts';
import { managedLabels, type Manifest } from './manifest.ts';
import { learnerNamespace, SANDBOX_LABEL, SHELL_NAMESPACE } from './names.ts';
import { decode } from './observed.ts';

const API_VERSION = 'cilium.io/v2';
const KIND = 'CiliumNetworkPolicy';
/** As Cilium calls the namespace and the labels of a pod. */
const NAMESPACE = 'k8s:io.kubernetes.pod.namespace';
const SANDBOX = `k8s:${SANDBOX_LABEL}`;

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

/** Pods of a learner reach their own namespace and the cluster's names; only those and their own shell reach them. Pure. */
export function makeOuterWall(id: string): Manifest {
  const own = learnerNamespace(id);
  const outside = (...namespaces: string[]) => ({
    matchExpressions: [{ key: NAMESPACE, operator: 'NotIn', values: namespaces }],
  });
  const othersShells = {
    matchExpressions: [
      { key: NAMESPACE, operator: 'In', values: [SHELL_NAMESPACE] },
      { key: SANDBOX, operator: 'NotIn', values: [id] },
    ],
  };
  const manifest = {
    apiVersion: API_VERSION,
    kind: KIND,
    metadata: { name: 'outer-wall', namespace: own, labels: { ...managedLabels } },
    spec: {
      endpointSelector: {},
      // What is allowed is for network policies to say.
      enableDefaultDeny: { ingress: false, egress: false },
      egressDeny: [
        { toEntities: ['world', 'host', 'remote-node'] },
        { toEndpoints: [outside(own, 'kube-system', SHELL_NAMESPACE), othersShells] },
      ],
      ingressDeny: [{ fromEntities: ['world'] }, { fromEndpoints: [outside(own, SHELL_NAMESPACE), othersShells] }],
    },
  };
  return manifest;
}
