/** Waiting for an object of the cluster to be as one wants it: one list, then a watch, and never a poll. */
import { setTimeout as delay } from 'node:timers/promises';
import { PodiumError } from '../../errors.ts';
import { type ApiClient, isRefusal } from './api-client.ts';

/** Between two attempts when the connection was lost: the API server may be restarting. */
const RETRY_MS = 250;

export interface ObservedObject {
  /** Path of the objects of that kind, e.g. `/api/v1/namespaces`. */
  readonly collection: string;
  readonly name: string;
  /** As the last answer about it said; with it the first list is spared, without it the object is read first. */
  readonly resourceVersion?: string;
}

/**
 * Resolves with the first answer of `decide` that is not undefined. It is asked for each state of the object, with
 * null when there is none; what it throws is thrown here. Ends otherwise only by `signal`.
 */
export async function awaitObject<T>(
  api: ApiClient,
  observed: ObservedObject,
  decide: (object: unknown) => T | undefined,
  signal: AbortSignal,
): Promise<T> {
  const { collection, name } = observed;
  const fieldSelector = `metadata.name=${name}`;
  let resourceVersion = observed.resourceVersion;
  for (;;) {
    try {
      if (resourceVersion === undefined) {
        const list = (await api.call('GET', collection, { query: { fieldSelector } }, signal)) as ObjectList;
        const decided = decide(list.items[0] ?? null);
        if (decided !== undefined) return decided;
        resourceVersion = list.metadata.resourceVersion;
      }
      for await (const { type, object } of api.watch(collection, { fieldSelector, resourceVersion }, signal)) {
        // ERROR: that version is too old by now; the list is asked for again.
        if (type === 'ERROR') break;
        const decided = decide(type === 'DELETED' ? null : object);
        if (decided !== undefined) return decided;
      }
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
      await delay(RETRY_MS, undefined, { signal });
    }
    resourceVersion = undefined;
  }
}

interface ObjectList {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly unknown[];
}

/** 410: the version is too old; 429 and 5xx: the API server is busy or starting. */
function isConnectionLoss(error: unknown): boolean {
  if (error instanceof PodiumError) return error.code === 'cluster_unreachable';
  return isRefusal(error, 410, 429, 500, 502, 503, 504);
}
