/** What the manifests of the system services have in common. Pure. */
import type { KubeObject } from '../kube-client.ts';

export const systemNamespace = 'kube-system';

/** A container that must be able to do nothing but its job. */
export const confinedContainer = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

export function makeServiceAccount(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: systemNamespace } };
}

export function makeClusterRole(name: string, rules: object[], labels: Record<string, string> = {}): KubeObject {
  const metadata = { name, labels };
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata, rules };
}

export function makeClusterRoleBinding(name: string, role: string, serviceAccount: string): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', name: serviceAccount, namespace: systemNamespace }],
  };
}

export function makeDeployment(name: string, labels: Record<string, string>, podSpec: object): KubeObject {
  const metadata = { name, namespace: systemNamespace, labels };
  const template = { metadata: { labels }, spec: { priorityClassName: 'system-cluster-critical', ...podSpec } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas: 1, selector: { matchLabels: labels }, template },
  };
}
