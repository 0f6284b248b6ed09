/** Takes away what holds a namespace that is ending: pods that take their time, and finalizers that nobody takes off. */
import * as z from 'zod/mini';
import { type ApiClient, isRefusal } from './api-client.ts';
import { holdingKinds, kindPath } from './holding-kinds.ts';
import { learnerNamespace, SHELL_NAMESPACE, shellName } from './names.ts';
import { decode } from './observed.ts';

const MERGE = 'application/merge-patch+json';

export interface PodEnd {
  readonly placeId: string;
  /** Seconds that the pods get. With none the API server forgets them at once, whatever their node still runs. */
  readonly graceSeconds: 0 | 1;
}

/** Of the learner's own pods and of the shell pod; those that are gone are no mistake. */
export async function endPods(api: ApiClient, end: PodEnd, signal: AbortSignal): Promise<void> {
  const own = `/api/v1/namespaces/${learnerNamespace(end.placeId)}/pods`;
  await Promise.all([api.call('DELETE', own, { body: makeOrder(end) }, signal), endShellPod(api, end, signal)]);
}

export async function endShellPod(api: ApiClient, end: PodEnd, signal: AbortSignal): Promise<void> {
  const path = `/api/v1/namespaces/${SHELL_NAMESPACE}/pods/${shellName(end.placeId)}`;
  try {
    await api.call('DELETE', path, { body: makeOrder(end) }, signal);
  } catch (error) {
    if (!isRefusal(error, 404)) throw error;
  }
}

function makeOrder({ graceSeconds: gracePeriodSeconds }: PodEnd) {
  return { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds };
}

const objectList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        resourceVersion: z.string(),
        deletionTimestamp: z.optional(z.string()),
        finalizers: z.optional(z.array(z.string())),
      }),
    }),
  ),
});

/** Of objects that are to go; those of others are left alone. */
export async function removeFinalizers(api: ApiClient, placeId: string, signal: AbortSignal): Promise<void> {
  await Promise.all(
    holdingKinds.map(async (kind) => {
      const collection = kindPath(kind, learnerNamespace(placeId));
      const { items } = decode(objectList, await api.call('GET', collection, {}, signal));
      const held = items.filter(
        ({ metadata }) => metadata.deletionTimestamp !== undefined && (metadata.finalizers?.length ?? 0) > 0,
      );
      await Promise.all(
        held.map(async ({ metadata: { name, resourceVersion } }) => {
          const body = { metadata: { resourceVersion, finalizers: null } };
          try {
            await api.call('PATCH', `${collection}/${name}`, { body, contentType: MERGE }, signal);
          } catch (error) {
            // Somebody else has just changed it, or it is gone.
            if (!isRefusal(error, 404, 409)) throw error;
          }
        }),
      );
    }),
  );
}

const condition = z.object({ status: z.string(), message: z.optional(z.string()) });
const namespaceStatus = z.object({ status: z.object({ conditions: z.optional(z.array(condition)) }) });

/** What still holds it, in the words of the namespace controller. */
export async function readWhatHolds(api: ApiClient, placeId: string, signal: AbortSignal): Promise<readonly string[]> {
  const path = `/api/v1/namespaces/${learnerNamespace(placeId)}`;
  const { status } = decode(namespaceStatus, await api.call('GET', path, {}, signal));
  return (status.conditions ?? []).flatMap((each) => (each.status === 'True' && each.message ? [each.message] : []));
}
