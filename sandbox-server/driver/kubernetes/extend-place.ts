/** Giving a sandbox more time: its namespace says when it ends, to every server and to the janitor. */
import { PodiumError } from '../../errors.ts';
import { type ApiClient, isRefusal } from './api-client.ts';
import { objectPath } from './manifest.ts';
import { makeExtendingPatch, makeNamespace } from './place.ts';
import { readPlace } from './read-place.ts';

const MERGE = 'application/merge-patch+json';

export interface Extension {
  readonly claimId: string;
  readonly placeId: string;
  readonly expiresAt: Date;
}

/** Throws `sandbox_unknown` where the place is gone, ending, or another's. */
export async function extendPlace(
  api: ApiClient,
  { claimId, placeId, expiresAt }: Extension,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const place = await readPlace(api, placeId, signal);
    if (place?.claim?.id !== claimId || place.state === 'stopping') throw new PodiumError('sandbox_unknown');
    const body = makeExtendingPatch(place, expiresAt);
    try {
      await api.call('PATCH', objectPath(makeNamespace(place)), { body, contentType: MERGE }, signal);
      return;
    } catch (error) {
      // Changed since it was read.
      if (!isRefusal(error, 409)) throw error;
    }
  }
}
