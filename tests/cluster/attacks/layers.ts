/**
 * What stops attacks, as data: how each is called in the threat model, what an attacker is told where it refuses, and
 * how an administrator takes it off to see that it was one.
 */
import { SHELL_NAMESPACE } from '../../../sandbox-server/driver/kubernetes/names.ts';
import type { Administrator } from './administrator.ts';
import type { Player, Stage } from './stage.ts';

/** Disposing it puts the layer back. */
export interface Removal extends AsyncDisposable {
  /** Who plays the script instead, where the layer cannot be taken off a running sandbox. */
  readonly player?: Pick<Player, 'play'>;
}

export interface Layer {
  readonly name: string;
  /** Where it refuses in words. */
  readonly says?: RegExp;
  /** Left out where no administrator can take it off what runs: then only the control shows that the attempt works. */
  readonly remove?: (stage: Stage) => Promise<Removal>;
}

/** RBAC: taken off by making the attacker an administrator. */
export const rbac: Layer = {
  name: 'rbac',
  says: /cannot \w+ resource|\(Forbidden\)|forbidden: User/,
  remove: ({ admin, places }) =>
    admin.add('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: `attack-${places['OWN_SHELL_POD']}` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', namespace: SHELL_NAMESPACE, name: places['OWN_SHELL_POD'] }],
    }),
};

/** RBAC for an account that is not the attacker's own: it is the server's. */
export const serverRbac: Layer = {
  name: 'rbac of the server',
  says: rbac.says as RegExp,
  remove: ({ admin }) =>
    admin.add('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'attack-server' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'podium', name: 'podium-server' }],
    }),
};

/** An admission policy: taken off by its binding. */
export function policy(name: string): Layer {
  return {
    name: `policy ${name}`,
    says: new RegExp(`ValidatingAdmissionPolicy '${name}'`),
    remove: ({ admin }) =>
      admin.takeAway(`/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/${name}`),
  };
}

const ENFORCE = 'pod-security.kubernetes.io/enforce';

export const podSecurity: Layer = {
  name: 'pod security',
  says: /violates PodSecurity/,
  remove: ({ admin, places }) => setPodSecurity(admin, places['NAMESPACE'] ?? ''),
};

async function setPodSecurity(admin: Administrator, namespace: string): Promise<Removal> {
  const path = `/api/v1/namespaces/${namespace}`;
  const label = (level: string) => admin.patch(path, { metadata: { labels: { [ENFORCE]: level } } });
  await label('privileged');
  return { [Symbol.asyncDispose]: () => label('restricted') };
}

export const quota: Layer = {
  name: 'quota',
  says: /exceeded quota: limits|failed quota: limits/,
  remove: ({ admin, places }) => admin.takeAway(`/api/v1/namespaces/${places['NAMESPACE']}/resourcequotas/limits`),
};

export const limitRange: Layer = {
  name: 'limit range',
  says: /maximum \S+ usage per|is forbidden: .*limit is|Failed\/Evicted/,
  remove: ({ admin, places }) => admin.takeAway(`/api/v1/namespaces/${places['NAMESPACE']}/limitranges/defaults`),
};

const dropped = /timed out/;

/** Cilium drops what no policy allows, and says nothing: a connection is waited for until the attacker gives up. */
function network(name: string, namespaceOf: (stage: Stage) => string | undefined): Layer {
  return {
    name,
    says: dropped,
    remove: (stage) => stage.admin.openNetwork(namespaceOf(stage) ?? ''),
  };
}

export const shellsNetwork = network('network policy of the shells', () => SHELL_NAMESPACE);
export const ownNetwork = network('network policy of the learner', ({ places }) => places['NAMESPACE']);
export const victimsNetwork = network('network policy of the other learner', ({ places }) => places['VICTIM']);

/** Cilium's own policy, which denies what a network policy would allow. */
function wall(name: string, namespaceOf: (stage: Stage) => string | undefined): Layer {
  return {
    name,
    says: dropped,
    remove: (stage) =>
      stage.admin.takeAway(`/apis/cilium.io/v2/namespaces/${namespaceOf(stage)}/ciliumnetworkpolicies/outer-wall`),
  };
}

export const ownWall = wall('outer wall of the learner', ({ places }) => places['NAMESPACE']);
export const victimsWall = wall('outer wall of the other learner', ({ places }) => places['VICTIM']);

/** User namespace, capabilities, seccomp, mounts: all that makes the shell's container; off in a privileged pod. */
function confinement(name: string, says: RegExp): Layer {
  return { name, says, remove: (stage) => stage.admin.runPrivileged(stage) };
}

export const capabilities = confinement('no capabilities', /not permitted|denied|superuser/i);
export const seccomp = confinement('seccomp', /not permitted|denied/i);
export const ownMounts = confinement('mounts of its own', /nothing there/);
export const readOnlyRoot = confinement('read-only root', /Read-only file system|Permission denied/);

/** A layer that holds for as long as the program runs that it is part of. */
function lasting(name: string, says?: RegExp): Layer {
  return says === undefined ? { name } : { name, says };
}

export const loopbackOnly = lasting('listens on loopback only', /timed out|refused/);
export const noForwarding = lasting('DNS forwards nothing', /NXDOMAIN/);
export const noRedirects = lasting('the API server follows no redirect', /^HTTP\/\S+ 302/m);
export const homeSize = lasting('size of the home', /No space left/);
export const temporarySize = lasting('size of /tmp', /No space left/);
export const processLimit = lasting('process limit', /forked \d+/);
export const memoryLimit = lasting('memory limit', /Killed|Out of memory|out of memory/);
export const cpuLimit = lasting('processor limit', /used \d+/);
export const fairQueues = lasting('queues of the API server', /answered/);
export const shortEnd = lasting('the server cuts pods short', /gone/);
export const namespaceEnd = lasting('the namespace’s own end', /gone/);
export const podEnd = lasting('the pod’s own end', /gone/);
export const ownChecker = lasting('a container of its own for checks', /"done":false|not-found/);
export const checkerEnvironment = lasting('environment of the checker', /"done":false/);
export const serverJudges = lasting('the server judges', /"done":false|"checksDone":\[\]|not_found|bad_request/);
export const carefulCheck = lasting('checks that read data as data', /"done":false/);
export const ownership = lasting('a sandbox is its owner’s', /sandbox_unknown|\[\]/);
export const ticket = lasting('ticket for one use by one person', /ticket_refused/);
export const viewTicket = lasting('rights of a ticket', /not_writer/);
export const origin = lasting('origin', /foreign_origin|403/);
export const host = lasting('host name', /foreign_host|421/);
export const frames = lasting('frames are checked', /frame_\w+|1009/);
export const sequence = lasting('input is taken once', /once/);
export const signature = lasting('signed cookie', /\[\]/);
export const oneUseCode = lasting('code for one use', /hand_over_refused/);
export const siteFiles = lasting('only the site is served', /4\d\d/);
