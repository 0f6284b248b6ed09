/** What can go wrong with the embedded cluster, as one table: the CLI and the launcher show these sentences and nothing else. */

const explanations = {
  'not-root': 'the embedded cluster needs root: it makes network namespaces, cgroups and mounts',
  'missing-requirements': 'this machine lacks something that the embedded cluster needs',
  'missing-packages': 'Debian packages are missing',
  'no-toolchain': 'the pinned Go toolchain could not be brought along',
  'disk-full': 'there is not enough free disk space',
  'build-failed': 'a part of the cluster could not be compiled',
  'part-failed': 'a part of the cluster does not start',
  'policy-not-enforced':
    'the probe found that network policies are not enforced, so the cluster was not released for use',
  'not-running': 'there is no running cluster of this name',
  'port-taken': 'the port asked for is taken',
  'bad-name': 'the name cannot be used for a cluster',
  'no-instance-left': 'all numbers for clusters on this machine are taken',
  'bad-bundle': 'the bundle cannot be used',
  'bad-image': 'an image archive cannot be imported',
  'bad-usage': 'the command was not understood',
  'timed-out': 'the cluster did not become ready in time',
  'command-failed': 'a program of the system failed',
} as const;

export type ClusterErrorCode = keyof typeof explanations;

export const clusterErrorCodes = Object.keys(explanations) as ClusterErrorCode[];

/** An error that a user may read: what happened, the facts, and what to do next. */
export class ClusterError extends Error {
  readonly code: ClusterErrorCode;
  readonly next: string;

  constructor(code: ClusterErrorCode, detail: { facts?: string; next: string; cause?: unknown }) {
    const facts = detail.facts === undefined ? '' : `: ${detail.facts}`;
    super(`${explanations[code]}${facts}`, { cause: detail.cause });
    this.name = 'ClusterError';
    this.code = code;
    this.next = detail.next;
  }
}
