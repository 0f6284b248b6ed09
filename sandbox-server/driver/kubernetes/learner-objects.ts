/**
 * What a sandbox consists of beside its shell pod, as whole manifests. Pure.
 *
 * The Namespace object is the record of the sandbox; what lies in another namespace is owned by it, so that
 * the garbage collector takes it away even when nobody else does.
 */
import type {
  V1LimitRange,
  V1NetworkPolicy,
  V1OwnerReference,
  V1ResourceQuota,
  V1RoleBinding,
  V1ServiceAccount,
} from '@kubernetes/client-node';
import { managedLabels, type Manifest, type Written } from './manifest.ts';
import * as names from './names.ts';
import { clusterDnsPeer } from './network.ts';

/** Enough for every textbook exercise, too little to make a nuisance of oneself on a node with a hundred others. */
const quota = {
  pods: '20',
  'count/jobs.batch': '20',
  'count/cronjobs.batch': '10',
  'count/deployments.apps': '20',
  'count/replicasets.apps': '60',
  'count/statefulsets.apps': '10',
  'count/daemonsets.apps': '5',
  'count/ingresses.networking.k8s.io': '10',
  configmaps: '40',
  secrets: '40',
  services: '20',
  // Kinds that cost nothing but room in the database: without a number somebody makes ten thousand of them.
  'count/serviceaccounts': '20',
  'count/replicationcontrollers': '20',
  'count/horizontalpodautoscalers.autoscaling': '10',
  'count/poddisruptionbudgets.policy': '10',
  // Refused before this by a policy that says why; this holds should that policy be missing.
  'services.loadbalancers': '0',
  'services.nodeports': '0',
  persistentvolumeclaims: '5',
  'requests.storage': '1Gi',
  'requests.cpu': '1',
  'requests.memory': '1Gi',
  'limits.memory': '2Gi',
  'requests.ephemeral-storage': '1Gi',
  'limits.ephemeral-storage': '2Gi',
} as const;

/** With this the server gives itself, in this namespace alone, the right to put the rest there. */
export function makeKeeperBinding(id: string): Written<V1RoleBinding> & Manifest {
  return makeBinding(id, names.roles.keeper, names.SERVER_NAMESPACE, names.SERVER_ACCOUNT);
}

/** The rights of the learner: only with them is the shell's account anybody. */
export function makeLearnerBinding(id: string): Written<V1RoleBinding> & Manifest {
  return makeBinding(id, names.roles.learner, names.SHELL_NAMESPACE, names.shellName(id));
}

/** The rights of the checks of the learner's work. Like the learner's it needs no right but to bind that role. */
export function makeCheckerBinding(id: string): Written<V1RoleBinding> & Manifest {
  return makeBinding(id, names.roles.checker, names.SHELL_NAMESPACE, names.checkerAccount(id));
}

/** What the server puts into the learner's namespace once it may. */
export function makeLimits(id: string): Manifest[] {
  return [makeQuota(id), makeLimitRange(id), makeLearnerNetwork(id)];
}

export function makeQuota(id: string): Written<V1ResourceQuota> & Manifest {
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: within(id, 'limits'), spec: { hard: { ...quota } } };
}

function makeLimitRange(id: string): Written<V1LimitRange> & Manifest {
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: within(id, 'defaults'),
    spec: {
      limits: [
        {
          type: 'Container',
          // Textbook manifests name no resources; the quota counts only pods that do.
          defaultRequest: { cpu: '10m', memory: '24Mi', 'ephemeral-storage': '16Mi' },
          default: { cpu: '500m', memory: '128Mi', 'ephemeral-storage': '128Mi' },
          max: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi' },
        },
        { type: 'PersistentVolumeClaim', max: { storage: '1Gi' } },
      ],
    },
  };
}

/** Nothing in and nothing out, but within the namespace, to the cluster's DNS, and from the learner's own shell. */
export function makeLearnerNetwork(id: string): Written<V1NetworkPolicy> & Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: within(id, names.LEARNER_NETWORK),
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [
            { podSelector: {} },
            {
              namespaceSelector: { matchLabels: { [names.NAMESPACE_NAME_LABEL]: names.SHELL_NAMESPACE } },
              podSelector: { matchLabels: { [names.SANDBOX_LABEL]: id } },
            },
          ],
        },
      ],
      egress: [{ to: [{ podSelector: {} }] }, clusterDnsPeer],
    },
  };
}

/** From this sandbox's shell to its own namespace; what all shells may reach is one policy for all. */
export function makeShellNetwork(id: string, owner: V1OwnerReference): Written<V1NetworkPolicy> & Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: besideShell(id, names.shellName(id), owner),
    spec: {
      podSelector: { matchLabels: { [names.SANDBOX_LABEL]: id } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ namespaceSelector: { matchLabels: { [names.SANDBOX_LABEL]: id } } }] }],
    },
  };
}

/** The learner's account, and the one that checks read with. Both get all their rights from bindings. */
export function makeAccounts(id: string, owner: V1OwnerReference): (Written<V1ServiceAccount> & Manifest)[] {
  return [names.shellName(id), names.checkerAccount(id)].map((name) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: besideShell(id, name, owner),
    automountServiceAccountToken: false,
  }));
}

export function makeOwnerReference(id: string, namespaceUid: string): V1OwnerReference {
  return { apiVersion: 'v1', kind: 'Namespace', name: names.learnerNamespace(id), uid: namespaceUid };
}

export function makeBinding(
  id: string,
  role: string,
  namespace: string,
  account: string,
): Written<V1RoleBinding> & Manifest {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: within(id, role),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', namespace, name: account }],
  };
}

/** Metadata of what lies in the learner's namespace. */
export function within(id: string, name: string) {
  return { name, namespace: names.learnerNamespace(id), labels: { ...managedLabels } };
}

/** Metadata of what lies in the shells' namespace and ends with the sandbox. */
export function besideShell(id: string, name: string, owner: V1OwnerReference) {
  return {
    name,
    namespace: names.SHELL_NAMESPACE,
    labels: { ...managedLabels, [names.SANDBOX_LABEL]: id },
    ownerReferences: [owner],
  };
}
