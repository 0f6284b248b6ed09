/**
 * The claim of somebody to a sandbox of a lab, as a Lease: its name makes it the only one, whoever asks where, and it
 * says which place it was given. Pure.
 */
import type { V1Lease } from '@kubernetes/client-node';
import * as z from 'zod/mini';
import { managedLabels, type Manifest, type Written } from './manifest.ts';
import * as names from './names.ts';
import { decode } from './observed.ts';
import type { Claim } from './place.ts';

export interface ObservedClaim extends Claim {
  readonly placeId: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

export function makeClaimObject(claim: Claim, placeId: string): Written<V1Lease> & Manifest {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: `claim-${claim.id}`,
      namespace: names.SHELL_NAMESPACE,
      labels: { ...managedLabels, [names.CLAIM_LABEL]: claim.id, [names.LAB_LABEL]: claim.lab },
      annotations: { [names.OWNER_ANNOTATION]: claim.ownerHash },
    },
    spec: { holderIdentity: placeId },
  };
}

/** The change that gives a claim another place, unless somebody else has done so. */
export function makeRedirectPatch({ resourceVersion }: ObservedClaim, placeId: string) {
  return { metadata: { resourceVersion }, spec: { holderIdentity: placeId } };
}

const lease = z.object({
  metadata: z.object({
    uid: z.string(),
    resourceVersion: z.string(),
    labels: z.object({ [names.CLAIM_LABEL]: z.string(), [names.LAB_LABEL]: z.string() }),
    annotations: z.object({ [names.OWNER_ANNOTATION]: z.string() }),
  }),
  spec: z.object({ holderIdentity: z.string() }),
});

export function decodeClaim(answer: unknown): ObservedClaim {
  const { metadata, spec } = decode(lease, answer);
  return {
    id: metadata.labels[names.CLAIM_LABEL],
    lab: metadata.labels[names.LAB_LABEL],
    ownerHash: metadata.annotations[names.OWNER_ANNOTATION],
    placeId: spec.holderIdentity,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
  };
}
