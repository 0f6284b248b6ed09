/** All places of the cluster as they are now. */
import type { Logger } from '../../telemetry/log.ts';
import type { ApiClient } from './api-client.ts';
import { SANDBOX_LABEL } from './names.ts';
import { type ObjectWatch, watchObjects } from './object-watch.ts';
import { decodePlace, type Place } from './place.ts';

/** By the place's id. */
export type PlaceWatch = ObjectWatch<Place>;

const places = { collection: '/api/v1/namespaces', labelSelector: SANDBOX_LABEL, decode: decodePlace };

export function watchPlaces(api: ApiClient, log: Logger): PlaceWatch {
  return watchObjects(api, places, log);
}
