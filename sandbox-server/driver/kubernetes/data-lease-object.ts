/**
 * With which data the servers of a cluster work, as a Lease. Servers share a cluster only when they share their data:
 * those that do hold the Lease together, and renew it; it is nobody else's until it was not renewed for its time. Pure.
 */
import type { V1Lease } from '@kubernetes/client-node';
import * as z from 'zod/mini';
import type { ServerData } from '../driver.ts';
import { LEASE_API_VERSION, microTime } from './lease.ts';
import { managedLabels, type Manifest, type Written } from './manifest.ts';
import { DATA_ANNOTATION, DATA_LEASE, SHELL_NAMESPACE } from './names.ts';
import { decode } from './observed.ts';

/** Longer than an API server is away when it restarts, shorter than the patience of who replaces a server's data. */
export const LEASE_SECONDS = 30;

export interface ObservedLease {
  readonly identity: string;
  /** For people: which data that are. */
  readonly description: string;
  readonly renewTime: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Since when, by the clock of who looks, a renewal was the newest one. The clock of who renewed may be another. */
export interface Sighting {
  readonly renewTime: string;
  readonly sinceMs: number;
}

export type LeaseStep =
  | 'make'
  /** It is that of our own data, or of a server that is gone. */
  | 'renew'
  /** It is not known yet whether its server is there. */
  | 'watch'
  /** Its server is there. */
  | 'refuse';

export function decideLeaseStep(
  lease: ObservedLease | undefined,
  identity: string,
  sighting: Sighting | undefined,
  nowMs: number,
): LeaseStep {
  if (lease === undefined) return 'make';
  if (lease.identity === identity) return 'renew';
  if (sighting === undefined) return 'watch';
  if (sighting.renewTime !== lease.renewTime) return 'refuse';
  return nowMs - sighting.sinceMs > LEASE_SECONDS * 1000 ? 'renew' : 'watch';
}

export function makeDataLease(data: ServerData, nowMs: number): Written<V1Lease> & Manifest {
  return {
    apiVersion: LEASE_API_VERSION,
    kind: 'Lease',
    metadata: {
      name: DATA_LEASE,
      namespace: SHELL_NAMESPACE,
      labels: { ...managedLabels },
      annotations: { [DATA_ANNOTATION]: data.description },
    },
    spec: { holderIdentity: data.identity, leaseDurationSeconds: LEASE_SECONDS, renewTime: microTime(new Date(nowMs)) },
  };
}

/** The change that makes the lease ours or keeps it so, unless somebody else has changed it. */
export function makeRenewal(data: ServerData, { resourceVersion }: ObservedLease, nowMs: number) {
  const { metadata, spec } = makeDataLease(data, nowMs);
  return { metadata: { resourceVersion, annotations: metadata.annotations }, spec };
}

export function explainRefusal(data: ServerData, { description }: ObservedLease): string {
  return (
    `Another server uses this cluster. It keeps its data in ${description}, this one in ${data.description}. ` +
    'Servers of one cluster share one PostgreSQL database: set PODIUM_DATABASE_URL to the same one for all of them, ' +
    `or stop the other one first. (kubectl -n ${SHELL_NAMESPACE} get lease ${DATA_LEASE} -o yaml shows when it was last there.)`
  );
}

const lease = z.object({
  metadata: z.object({
    uid: z.string(),
    resourceVersion: z.string(),
    annotations: z.optional(z.record(z.string(), z.string())),
  }),
  spec: z.object({ holderIdentity: z.string(), renewTime: z.string() }),
});

export function decodeLease(answer: unknown): ObservedLease {
  const { metadata, spec } = decode(lease, answer);
  return {
    identity: spec.holderIdentity,
    description: metadata.annotations?.[DATA_ANNOTATION] ?? 'a place that it does not tell',
    renewTime: spec.renewTime,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
  };
}
