/**
 * Who may do what, as whole manifests. Pure.
 *
 * The janitor, which has no learner's word to act upon, may list and end everywhere what learners make, but their
 * secrets; the admission policy `podium-janitor-account` leaves it sandboxes that are ending.
 *
 * The server holds cluster-wide only namespaces and the right to bind six named ClusterRoles; with the first of
 * them (`podium-keeper`) it lets itself into each namespace that it has made. The admission policy
 * `podium-server-account` keeps it from doing so anywhere else.
 */
import type { V1ClusterRole, V1ClusterRoleBinding, V1PolicyRule, V1Role, V1RoleBinding } from '@kubernetes/client-node';
import { holdingKinds } from './holding-kinds.ts';
import { managedLabels, type Manifest, type Written } from './manifest.ts';
import * as names from './names.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
const API_GROUP = 'rbac.authorization.k8s.io';

const read = ['get', 'list', 'watch'];
const everything = [...read, 'create', 'update', 'patch', 'delete', 'deletecollection'];

type Rule = Written<V1PolicyRule>;

function rule(group: string, resources: string[], verbs: string[]): Rule {
  return { apiGroups: [group], resources, verbs };
}

export function makeRoles(): Manifest[] {
  return [
    clusterRole(names.roles.server, serverRules),
    clusterRole(names.roles.janitor, janitorRules),
    clusterRole(names.roles.keeper, keeperRules),
    clusterRole(names.roles.learner, [...learnerRules, ...sharedReadRules]),
    clusterRole(names.roles.checker, [...checkerRules, ...sharedReadRules]),
    clusterRole(names.roles.networkAuthor, [rule('networking.k8s.io', ['networkpolicies'], everything)]),
    clusterRole(names.accountRoles.view, accountViewRules),
    clusterRole(names.accountRoles['edit-pods'], [...accountViewRules, ...accountPodRules]),
    clusterRole(names.roles.clusterReader, clusterReaderRules),
    clusterRoleBinding(names.roles.server, account(names.SERVER_ACCOUNT)),
    clusterRoleBinding(names.roles.janitor, account(names.JANITOR_ACCOUNT)),
    clusterRoleBinding(names.roles.clusterReader, {
      apiGroup: API_GROUP,
      kind: 'Group',
      name: names.SHELL_ACCOUNTS_GROUP,
    }),
    role('podium-shells', names.SHELL_NAMESPACE, shellNamespaceRules),
    roleBinding('podium-shells', names.SHELL_NAMESPACE, names.SERVER_ACCOUNT),
    role('podium-api-server-address', 'default', apiServerAddressRules),
    roleBinding('podium-api-server-address', 'default', names.SERVER_ACCOUNT),
    role('podium-left-claims', names.SHELL_NAMESPACE, leftClaimRules),
    roleBinding('podium-left-claims', names.SHELL_NAMESPACE, names.JANITOR_ACCOUNT),
  ];
}

const serverRules: Rule[] = [
  rule('', ['namespaces'], [...read, 'create', 'patch', 'delete']),
  rule(API_GROUP, ['rolebindings'], ['create']),
  {
    ...rule(API_GROUP, ['clusterroles'], ['bind']),
    resourceNames: [
      names.roles.keeper,
      names.roles.learner,
      names.roles.checker,
      names.roles.networkAuthor,
      ...Object.values(names.accountRoles),
    ],
  },
];

const janitorRules: Rule[] = [
  rule('', ['namespaces'], [...read, 'delete']),
  rule('', ['pods'], ['delete', 'deletecollection']),
  ...holdingKinds.map(({ group, resource }) => rule(group, [resource], ['list', 'patch'])),
];

const leftClaimRules: Rule[] = [rule('coordination.k8s.io', ['leases'], ['list', 'delete'])];

/** Inside a learner's namespace: set its limits, and cut its pods short at the end. */
const keeperRules: Rule[] = [
  rule('', ['resourcequotas'], [...read, 'create']),
  rule('', ['limitranges'], ['create']),
  rule('networking.k8s.io', ['networkpolicies'], ['create']),
  rule('cilium.io', ['ciliumnetworkpolicies'], ['create']),
  // What a lab asks for beyond: accounts, a wall with a door to the API server, and a network that is the learner's.
  rule('', ['serviceaccounts'], ['create']),
  { ...rule('cilium.io', ['ciliumnetworkpolicies'], ['patch']), resourceNames: [names.OUTER_WALL] },
  { ...rule('networking.k8s.io', ['networkpolicies'], ['delete']), resourceNames: [names.LEARNER_NETWORK] },
  rule('', ['pods'], ['list', 'deletecollection']),
];

const shellNamespaceRules: Rule[] = [
  rule('', ['pods'], [...read, 'create', 'delete']),
  // A WebSocket is opened with GET; since 1.35 it is judged as `create` nevertheless.
  rule('', ['pods/exec'], ['get', 'create']),
  rule('', ['serviceaccounts'], ['create', 'delete', ...read]),
  rule('', ['serviceaccounts/token'], ['create']),
  // The claims of learners to sandboxes.
  rule('coordination.k8s.io', ['leases'], [...read, 'create', 'patch', 'delete']),
  rule('networking.k8s.io', ['networkpolicies'], ['create', 'delete', 'patch', ...read]),
];

const apiServerAddressRules: Rule[] = [rule('discovery.k8s.io', ['endpointslices'], read)];

/** Seen by learner and checker alike, changed by neither. */
const sharedReadRules: Rule[] = [
  rule('', ['resourcequotas', 'limitranges', 'events', 'endpoints', 'namespaces'], read),
  rule('', ['pods/log', 'pods/status'], ['get']),
  rule('events.k8s.io', ['events'], read),
  rule('discovery.k8s.io', ['endpointslices'], read),
  rule('networking.k8s.io', ['networkpolicies'], read),
  rule('apps', ['controllerrevisions'], read),
  rule(API_GROUP, ['roles', 'rolebindings'], read),
  rule('metrics.k8s.io', ['pods'], ['get', 'list']),
];

/**
 * What textbooks ask for. Left out on purpose: roles and bindings; tokens; network policies; endpoints and
 * `services/proxy`, which together make the API server call any address for its caller.
 */
const learnerRules: Rule[] = [
  rule('', ['pods', 'replicationcontrollers', 'services', 'configmaps', 'secrets'], everything),
  rule('', ['persistentvolumeclaims', 'serviceaccounts'], everything),
  rule('', ['replicationcontrollers/scale'], ['get', 'update', 'patch']),
  rule('', ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy'], ['get', 'create']),
  rule('', ['pods/eviction'], ['create']),
  rule('apps', ['deployments', 'replicasets', 'statefulsets', 'daemonsets'], everything),
  rule('apps', ['deployments/scale', 'replicasets/scale', 'statefulsets/scale'], ['get', 'update', 'patch']),
  rule('batch', ['jobs', 'cronjobs'], everything),
  rule('autoscaling', ['horizontalpodautoscalers'], everything),
  rule('policy', ['poddisruptionbudgets'], everything),
  rule('networking.k8s.io', ['ingresses'], everything),
];

/** No secrets: a pod that is broken into would give them away, which is what a lesson on rights is about. */
const accountViewRules: Rule[] = [
  rule('', ['pods', 'services', 'configmaps', 'endpoints', 'events', 'persistentvolumeclaims'], read),
  rule('', ['pods/log'], ['get']),
  rule('apps', ['deployments', 'replicasets', 'statefulsets', 'daemonsets'], read),
  rule('batch', ['jobs', 'cronjobs'], read),
];

const accountPodRules: Rule[] = [rule('', ['pods'], ['create', 'update', 'patch', 'delete'])];

const checkerRules: Rule[] = [
  rule('', ['pods', 'replicationcontrollers', 'services', 'configmaps', 'secrets'], read),
  rule('', ['persistentvolumeclaims', 'serviceaccounts'], read),
  rule('apps', ['deployments', 'replicasets', 'statefulsets', 'daemonsets'], read),
  rule('batch', ['jobs', 'cronjobs'], read),
  rule('autoscaling', ['horizontalpodautoscalers'], read),
  rule('policy', ['poddisruptionbudgets'], read),
  rule('networking.k8s.io', ['ingresses'], read),
];

/** Of the cluster itself, what says nothing about other learners. */
const clusterReaderRules: Rule[] = [
  rule('', ['nodes'], read),
  rule('storage.k8s.io', ['storageclasses'], read),
  rule('networking.k8s.io', ['ingressclasses'], read),
  rule('node.k8s.io', ['runtimeclasses'], read),
  rule('scheduling.k8s.io', ['priorityclasses'], read),
  rule('metrics.k8s.io', ['nodes'], ['get', 'list']),
];

function clusterRole(name: string, rules: Rule[]): Written<V1ClusterRole> & Manifest {
  return { apiVersion: RBAC, kind: 'ClusterRole', metadata: { name, labels: { ...managedLabels } }, rules };
}

function role(name: string, namespace: string, rules: Rule[]): Written<V1Role> & Manifest {
  return { apiVersion: RBAC, kind: 'Role', metadata: { name, namespace, labels: { ...managedLabels } }, rules };
}

function clusterRoleBinding(
  name: string,
  subject: { kind: string; name: string; namespace?: string; apiGroup?: string },
): Written<V1ClusterRoleBinding> & Manifest {
  return {
    apiVersion: RBAC,
    kind: 'ClusterRoleBinding',
    metadata: { name, labels: { ...managedLabels } },
    roleRef: { apiGroup: API_GROUP, kind: 'ClusterRole', name },
    subjects: [subject],
  };
}

function roleBinding(name: string, namespace: string, accountName: string): Written<V1RoleBinding> & Manifest {
  return {
    apiVersion: RBAC,
    kind: 'RoleBinding',
    metadata: { name, namespace, labels: { ...managedLabels } },
    roleRef: { apiGroup: API_GROUP, kind: 'Role', name },
    subjects: [account(accountName)],
  };
}

function account(name: string) {
  return { kind: 'ServiceAccount', namespace: names.SERVER_NAMESPACE, name };
}
