/**
 * The claim of somebody to a sandbox of a lab, as a Lease: its name makes it the only one, whoever asks where, and it
 * says which place it was given. One that was given none yet is a ticket: its holder waits for room. Pure.
 */
import type { V1Lease, V1LeaseSpec } from '@kubernetes/client-node';
import * as z from 'zod/mini';
import { LEASE_API_VERSION, microTime } from './lease.ts';
import { managedLabels, type Manifest, type Written } from './manifest.ts';
import * as names from './names.ts';
import { decode } from './observed.ts';
import type { Claim } from './place.ts';

export interface ObservedClaim extends Claim {
  /** Undefined while its holder waits for room. */
  readonly placeId: string | undefined;
  /** When its holder came into the line, where they had to wait. */
  readonly waitsSince?: Date;
  /** When somebody last said that they still wait. */
  readonly renewedAt?: Date;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdAt: Date;
}

export function makeClaimObject(claim: Claim, placeId: string): Written<V1Lease> & Manifest {
  return makeLease(claim, { holderIdentity: placeId });
}

export function makeTicketObject(claim: Claim, waitsSince: Date): Written<V1Lease> & Manifest {
  return makeLease(claim, { acquireTime: microTime(waitsSince), renewTime: microTime(waitsSince) });
}

function makeLease(claim: Claim, spec: Written<V1LeaseSpec>): Written<V1Lease> & Manifest {
  return {
    apiVersion: LEASE_API_VERSION,
    kind: 'Lease',
    metadata: {
      name: `claim-${claim.id}`,
      namespace: names.SHELL_NAMESPACE,
      labels: { ...managedLabels, [names.CLAIM_LABEL]: claim.id, [names.LAB_LABEL]: claim.lab },
      annotations: { [names.OWNER_ANNOTATION]: claim.ownerHash },
    },
    spec,
  };
}

/** The change of a ticket that says: its holder still waits. */
export function makeRenewalPatch(now: Date) {
  return { spec: { renewTime: microTime(now) } };
}

/** The change that gives a claim another place, unless somebody else has done so. */
export function makeRedirectPatch({ resourceVersion }: ObservedClaim, placeId: string) {
  return { metadata: { resourceVersion }, spec: { holderIdentity: placeId } };
}

const lease = z.object({
  metadata: z.object({
    uid: z.string(),
    resourceVersion: z.string(),
    creationTimestamp: z.iso.datetime(),
    labels: z.object({ [names.CLAIM_LABEL]: z.string(), [names.LAB_LABEL]: z.string() }),
    annotations: z.object({ [names.OWNER_ANNOTATION]: z.string() }),
  }),
  spec: z.object({
    holderIdentity: z.optional(z.string()),
    acquireTime: z.optional(z.iso.datetime()),
    renewTime: z.optional(z.iso.datetime()),
  }),
});

export function decodeClaim(answer: unknown): ObservedClaim {
  const { metadata, spec } = decode(lease, answer);
  const { acquireTime, renewTime } = spec;
  return {
    ...(acquireTime !== undefined && { waitsSince: new Date(acquireTime) }),
    ...(renewTime !== undefined && { renewedAt: new Date(renewTime) }),
    id: metadata.labels[names.CLAIM_LABEL],
    lab: metadata.labels[names.LAB_LABEL],
    ownerHash: metadata.annotations[names.OWNER_ANNOTATION],
    placeId: spec.holderIdentity,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    createdAt: new Date(metadata.creationTimestamp),
  };
}
