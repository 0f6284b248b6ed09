import { type ApiClient, isRefusal } from './api-client.ts';
import { decodePlace, type Place } from './place.ts';
import { learnerNamespace } from './names.ts';

/** The place as it is now; undefined when there is none of this id. */
export async function readPlace(api: ApiClient, id: string, signal: AbortSignal): Promise<Place | undefined> {
  try {
    return decodePlace(await api.call('GET', `/api/v1/namespaces/${learnerNamespace(id)}`, {}, signal));
  } catch (error) {
    if (isRefusal(error, 404)) return undefined;
    throw error;
  }
}
