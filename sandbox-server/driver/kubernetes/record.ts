/** The Namespace object as the record of a sandbox: what a restarted server reads again. Pure. */
import * as z from 'zod/mini';
import type { SandboxRecord } from '../driver.ts';
import * as names from './names.ts';
import { decode } from './observed.ts';

const namespaceObject = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    deletionTimestamp: z.optional(z.string()),
    labels: z.object({ [names.SANDBOX_LABEL]: z.string(), [names.LAB_LABEL]: z.string() }),
    annotations: z.object({
      [names.OWNER_ANNOTATION]: z.string(),
      [names.CREATED_ANNOTATION]: z.iso.datetime(),
      [names.EXPIRES_ANNOTATION]: z.iso.datetime(),
      [names.STATE_ANNOTATION]: z.enum(['starting', 'running']),
    }),
  }),
});

export interface ObservedNamespace {
  /** By which what lies elsewhere is owned. */
  readonly uid: string;
  readonly record: SandboxRecord;
}

/** Throws `cluster_refused` for a namespace that is no record of a sandbox. */
export function decodeNamespace(answer: unknown): ObservedNamespace {
  const { metadata } = decode(namespaceObject, answer);
  const { labels, annotations } = metadata;
  const isEnding = metadata.deletionTimestamp !== undefined;
  return {
    uid: metadata.uid,
    record: {
      id: labels[names.SANDBOX_LABEL],
      lab: labels[names.LAB_LABEL],
      ownerHash: annotations[names.OWNER_ANNOTATION],
      namespace: metadata.name,
      state: isEnding ? 'stopping' : annotations[names.STATE_ANNOTATION],
      createdAt: new Date(annotations[names.CREATED_ANNOTATION]),
      expiresAt: new Date(annotations[names.EXPIRES_ANNOTATION]),
    },
  };
}

const namespaceList = z.object({ items: z.array(z.unknown()) });

/** All records of a list; one that cannot be read is reported and left out, so that it does not hide the others. */
export function decodeNamespaceList(answer: unknown, onBroken: (error: unknown) => void): SandboxRecord[] {
  return decode(namespaceList, answer).items.flatMap((item) => {
    try {
      return [decodeNamespace(item).record];
    } catch (error) {
      onBroken(error);
      return [];
    }
  });
}
