/**
 * Names, labels and paths that manifests, the driver and the server's rights must agree on. Pure.
 *
 * A sandbox has two places: `learner-<id>` holds what the learner makes and may all be deleted by them;
 * `podium-sandboxes` holds the pod that they type in, out of their reach.
 */
import type { AccountRole } from '../../protocol/lab.ts';

export const SERVER_NAMESPACE = 'podium';
export const SHELL_NAMESPACE = 'podium-sandboxes';
export const LEARNER_NAMESPACE_PREFIX = 'learner-';

export const SERVER_ACCOUNT = 'podium-server';
/** As the API server writes the account in a request's user information. */
export const SERVER_USER = `system:serviceaccount:${SERVER_NAMESPACE}:${SERVER_ACCOUNT}`;
export const JANITOR_ACCOUNT = 'podium-janitor';
export const JANITOR_USER = `system:serviceaccount:${SERVER_NAMESPACE}:${JANITOR_ACCOUNT}`;
/** The accounts of all shells and checkers. */
export const SHELL_ACCOUNTS_GROUP = `system:serviceaccounts:${SHELL_NAMESPACE}`;

/** Carried by a learner's namespace and by everything of that sandbox elsewhere; its value is the place's id. */
export const SANDBOX_LABEL = 'podium.dev/sandbox';
/** Carried by a claim and by the namespace that it was given; its value is the sandbox id that pages know. */
export const CLAIM_LABEL = 'podium.dev/claim';
export const LAB_LABEL = 'podium.dev/lab';
/** On the pods that try the network; its value is the part that a pod has. */
export const PROBE_LABEL = 'podium.dev/probe';
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const MANAGED_BY = 'podium';
/** Set by Kubernetes on every namespace, so that policies may name one. */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';

/** Owner and expiry are longer than a label may be, and nobody selects by them. */
export const OWNER_ANNOTATION = 'podium.dev/owner';
export const EXPIRES_ANNOTATION = 'podium.dev/expires-at';
export const CREATED_ANNOTATION = 'podium.dev/created-at';
/** `starting` until a shell has answered once; then `warm` until somebody claims it, and `running`. */
export const STATE_ANNOTATION = 'podium.dev/state';
export const IMAGE_ANNOTATION = 'podium.dev/image';

/** With which data the servers of this cluster work, and where those are, for people. */
export const DATA_LEASE = 'server-data';
export const DATA_ANNOTATION = 'podium.dev/data';

/** ClusterRoles; those for use inside a learner's namespace are bound there, and only these may the server bind. */
export const roles = {
  server: 'podium-server',
  janitor: 'podium-janitor',
  keeper: 'podium-keeper',
  learner: 'podium-learner',
  checker: 'podium-checker',
  clusterReader: 'podium-cluster-reader',
  networkAuthor: 'podium-network-author',
} as const;

/** Of the accounts that labs name. Nothing in them goes beyond what the learner may. */
export const accountRoles = {
  view: 'podium-account-view',
  'edit-pods': 'podium-account-edit-pods',
} as const satisfies Record<AccountRole, string>;

export const OUTER_WALL = 'outer-wall';
/** The network policy that every learner's namespace begins with. */
export const LEARNER_NETWORK = 'podium';

export const SHELL_CONTAINER = 'shell';
export const CHECKER_CONTAINER = 'checker';
export const SHELL_PRIORITY_CLASS = 'podium-shells';

/** Its name stands in the refusal of a shell pod whose image is not here. */
export const SHELL_IMAGE_POLICY = 'podium-shell-images';

/** Where a container of the shell pod finds the cluster's certificate and, in `shell` alone, the learner's token. */
export const CLUSTER_MOUNT = '/var/run/podium/cluster';
export const TOKEN_MOUNT = '/var/run/podium/token';
export const LEARNER_HOME = '/home/learner';
/** Owns the shells; comes with a volume of its own, so that any image can be a lab's. */
export const AGENT_IMAGE = 'podium.dev/shell-agent:1';
export const AGENT_FOLDER = '/podium';
export const AGENT_PROGRAM = `${AGENT_FOLDER}/shell-agent`;
/** Where the agent listens. Not below /run/podium, which in many images is /var/run/podium. */
export const AGENT_SOCKET_FOLDER = '/run/podium-agent';
/** Writable by the checker alone. */
export const CHECKER_FOLDER = '/var/run/podium/checker';

export function learnerNamespace(placeId: string): string {
  return `${LEARNER_NAMESPACE_PREFIX}${placeId}`;
}

/** Of the shell pod, its account and its network policy alike: each kind has names of its own. */
export function shellName(placeId: string): string {
  return `shell-${placeId}`;
}

export function checkerAccount(placeId: string): string {
  return `checker-${placeId}`;
}
