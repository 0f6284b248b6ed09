import { PodiumError } from '../../errors.ts';
import type { ApiClient } from './api-client.ts';
import { readClaim } from './claims.ts';
import type { PlaceWatch } from './place-watch.ts';

/** Where the sandbox of this id is; throws `sandbox_unknown` when nobody has claimed one. */
export type PlaceFinder = (sandboxId: string, signal: AbortSignal) => Promise<string>;

/** Knows by the watch, and asks where the watch is not that far yet. */
export function createPlaceFinder(api: ApiClient, { objects: places }: PlaceWatch): PlaceFinder {
  return async (sandboxId, signal) => {
    const known = [...places.values()].find(({ claim, state }) => claim?.id === sandboxId && state !== 'stopping');
    const placeId = known?.id ?? (await readClaim(api, sandboxId, signal))?.placeId;
    if (placeId === undefined) throw new PodiumError('sandbox_unknown');
    return placeId;
  };
}
