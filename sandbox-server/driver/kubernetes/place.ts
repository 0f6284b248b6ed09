/**
 * A place: a namespace and a shell pod, made for somebody or ahead of time. Its Namespace object is the record of it,
 * which a restarted server reads again. Pure.
 */
import type { V1Namespace } from '@kubernetes/client-node';
import * as z from 'zod/mini';
import type { SandboxRecord } from '../driver.ts';
import { managedLabels, type Manifest, type Written } from './manifest.ts';
import * as names from './names.ts';
import { decode } from './observed.ts';

/** Whom a place is given to. */
export interface Claim {
  /** The sandbox id that pages know. */
  readonly id: string;
  readonly lab: string;
  readonly ownerHash: string;
}

export interface NewPlace {
  readonly id: string;
  readonly image: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Without it the place is made for the pool. */
  readonly claim?: Claim;
}

export interface Place extends NewPlace {
  /** By which what lies elsewhere is owned. */
  readonly uid: string;
  /** With it a change is refused when somebody else was faster. */
  readonly resourceVersion: string;
  readonly state: 'starting' | 'warm' | 'running' | 'stopping';
  /** When its end was ordered. */
  readonly stoppingSince?: Date;
}

export function makeNamespace({ id, image, createdAt, expiresAt, claim }: NewPlace): Written<V1Namespace> & Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: names.learnerNamespace(id),
      labels: {
        ...managedLabels,
        [names.SANDBOX_LABEL]: id,
        ...(claim && makeClaimLabels(claim)),
        'pod-security.kubernetes.io/enforce': 'restricted',
        // A Deployment is judged as it is written, before its pods are filled in: each would print a warning.
        'pod-security.kubernetes.io/warn': 'privileged',
        'pod-security.kubernetes.io/audit': 'privileged',
      },
      annotations: {
        [names.IMAGE_ANNOTATION]: image,
        [names.CREATED_ANNOTATION]: createdAt.toISOString(),
        [names.EXPIRES_ANNOTATION]: expiresAt.toISOString(),
        [names.STATE_ANNOTATION]: 'starting',
        ...(claim && { [names.OWNER_ANNOTATION]: claim.ownerHash }),
      },
    },
  };
}

/** The change of a place's namespace that says: a shell has answered. */
export function makeReadyPatch(state: 'warm' | 'running') {
  return { metadata: { annotations: { [names.STATE_ANNOTATION]: state } } };
}

/** The change that gives a claimed place another end, unless it is another's by now. */
export function makeExtendingPatch({ resourceVersion }: Place, expiresAt: Date) {
  return { metadata: { resourceVersion, annotations: { [names.EXPIRES_ANNOTATION]: expiresAt.toISOString() } } };
}

/** The change that gives a warm place to a claim, unless the place is another by now; `starting` where more is to be done. */
export function makeGivingPatch(
  { resourceVersion }: Place,
  claim: Claim,
  life: Pick<NewPlace, 'createdAt' | 'expiresAt'>,
  state: 'starting' | 'running',
) {
  return {
    metadata: {
      resourceVersion,
      labels: makeClaimLabels(claim),
      annotations: {
        [names.OWNER_ANNOTATION]: claim.ownerHash,
        [names.CREATED_ANNOTATION]: life.createdAt.toISOString(),
        [names.EXPIRES_ANNOTATION]: life.expiresAt.toISOString(),
        [names.STATE_ANNOTATION]: state,
      },
    },
  };
}

function makeClaimLabels({ id, lab }: Claim) {
  return { [names.CLAIM_LABEL]: id, [names.LAB_LABEL]: lab };
}

const namespaceObject = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    deletionTimestamp: z.optional(z.iso.datetime()),
    labels: z.object({
      [names.SANDBOX_LABEL]: z.string(),
      [names.CLAIM_LABEL]: z.optional(z.string()),
      [names.LAB_LABEL]: z.optional(z.string()),
    }),
    annotations: z.object({
      [names.IMAGE_ANNOTATION]: z.string(),
      [names.CREATED_ANNOTATION]: z.iso.datetime(),
      [names.EXPIRES_ANNOTATION]: z.iso.datetime(),
      [names.STATE_ANNOTATION]: z.enum(['starting', 'warm', 'running']),
      [names.OWNER_ANNOTATION]: z.optional(z.string()),
    }),
  }),
});

/** Throws `cluster_refused` for a namespace that is no record of a place. */
export function decodePlace(answer: unknown): Place {
  const { metadata } = decode(namespaceObject, answer);
  const { labels, annotations, deletionTimestamp } = metadata;
  const [id, lab] = [labels[names.CLAIM_LABEL], labels[names.LAB_LABEL]];
  const ownerHash = annotations[names.OWNER_ANNOTATION];
  const isClaimed = id !== undefined && lab !== undefined && ownerHash !== undefined;
  return {
    id: labels[names.SANDBOX_LABEL],
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    image: annotations[names.IMAGE_ANNOTATION],
    state: deletionTimestamp === undefined ? annotations[names.STATE_ANNOTATION] : 'stopping',
    ...(deletionTimestamp !== undefined && { stoppingSince: new Date(deletionTimestamp) }),
    createdAt: new Date(annotations[names.CREATED_ANNOTATION]),
    expiresAt: new Date(annotations[names.EXPIRES_ANNOTATION]),
    ...(isClaimed && { claim: { id, lab, ownerHash } }),
  };
}

const namespaceList = z.object({ items: z.array(z.unknown()) });

/** All places of a list; one that cannot be read is reported and left out, so that it does not hide the others. */
export function decodePlaces(answer: unknown, onBroken: (error: unknown) => void): Place[] {
  return decode(namespaceList, answer).items.flatMap((item) => {
    try {
      return [decodePlace(item)];
    } catch (error) {
      onBroken(error);
      return [];
    }
  });
}

/** What is on record of a claimed place; nothing of one in the pool. */
export function makeRecord({ id, claim, state, createdAt, expiresAt }: Place): SandboxRecord | undefined {
  if (claim === undefined || state === 'warm') return undefined;
  return { ...claim, namespace: names.learnerNamespace(id), state, createdAt, expiresAt };
}
