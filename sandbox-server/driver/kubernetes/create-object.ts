/** Creating objects so that doing it twice, or in two places at once, is the same as doing it once. */
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { type ApiClient, isRefusal } from './api-client.ts';
import { awaitObject } from './await-object.ts';
import { collectionPath, type Manifest, objectPath } from './manifest.ts';
import { decode } from './observed.ts';

/** An API server acts on a new binding when it has seen it in its own watch: milliseconds, seconds under load. */
const RIGHTS_LIMIT_MS = 10_000;
const FIRST_RETRY_MS = 5;
const LONGEST_RETRY_MS = 250;

/** Creates it, or is content that it is there. */
export async function createIfAbsent(api: ApiClient, manifest: Manifest, signal: AbortSignal): Promise<void> {
  try {
    await api.call('POST', collectionPath(manifest), { body: manifest }, signal);
  } catch (error) {
    if (!isRefusal(error, 409)) throw error;
  }
}

/** The same with a right that was given a moment ago: a refusal is asked about again, for a while. */
export async function createWithFreshRight(api: ApiClient, manifest: Manifest, signal: AbortSignal): Promise<void> {
  const giveUp = AbortSignal.timeout(RIGHTS_LIMIT_MS);
  for (let pauseMs = FIRST_RETRY_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_RETRY_MS)) {
    try {
      return await createIfAbsent(api, manifest, signal);
    } catch (error) {
      if (!isRefusal(error, 403) || giveUp.aborted) throw error;
    }
    await delay(pauseMs, undefined, { signal });
  }
}

const ownedObject = z.object({
  metadata: z.object({
    resourceVersion: z.string(),
    deletionTimestamp: z.optional(z.string()),
    ownerReferences: z.optional(z.array(z.object({ uid: z.string() }))),
  }),
  status: z.optional(z.object({ phase: z.optional(z.string()) })),
});

/**
 * Creates an object of the sandbox whose Namespace object has this uid. One that an earlier sandbox of the same name
 * has left is waited away first, for the garbage collector would take it from under us; so is a pod that has ended.
 * Returns the version from which to watch it.
 */
export async function createOwned(
  api: ApiClient,
  manifest: Manifest,
  ownerUid: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (;;) {
    try {
      const created = await api.call('POST', collectionPath(manifest), { body: manifest }, signal);
      return decode(ownedObject, created).metadata.resourceVersion;
    } catch (error) {
      if (!isRefusal(error, 409)) throw error;
    }
    if (await isOurs(api, manifest, ownerUid, signal)) return undefined;
    await deleteObject(api, manifest, signal);
    await awaitGone(api, manifest, signal);
  }
}

async function isOurs(api: ApiClient, manifest: Manifest, ownerUid: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { metadata, status } = decode(ownedObject, await api.call('GET', objectPath(manifest), {}, signal));
    const hasEnded = status?.phase === 'Failed' || status?.phase === 'Succeeded';
    const hasOurOwner = metadata.ownerReferences?.some(({ uid }) => uid === ownerUid) ?? false;
    return hasOurOwner && !hasEnded && metadata.deletionTimestamp === undefined;
  } catch (error) {
    if (isRefusal(error, 404)) return false;
    throw error;
  }
}

/** Asks for its end with the shortest farewell; what is not there is gone already. */
export async function deleteObject(api: ApiClient, manifest: Manifest, signal: AbortSignal): Promise<void> {
  try {
    await api.call('DELETE', objectPath(manifest), { body: shortFarewell }, signal);
  } catch (error) {
    if (!isRefusal(error, 404)) throw error;
  }
}

/** One second: time for a signal to be heard. With none the kubelet may forget containers that still run. */
export const shortFarewell = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 1 } as const;

export async function awaitGone(api: ApiClient, manifest: Manifest, signal: AbortSignal): Promise<void> {
  const observed = { collection: collectionPath(manifest), name: manifest.metadata.name };
  await awaitObject(api, observed, (object) => (object === null ? true : undefined), signal);
}
