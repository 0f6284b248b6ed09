/** Server-side apply of whole manifests. */
import { type ApiClient, isRefusal } from './api-client.ts';
import { type Manifest, objectPath } from './manifest.ts';

/** Said to the API server as the owner of every field that we write. */
export const FIELD_MANAGER = 'podium';
/** Server-side apply: what we no longer say goes, what others added stays. */
export async function applyManifest(api: ApiClient, manifest: Manifest, signal: AbortSignal): Promise<void> {
  const options = {
    query: { fieldManager: FIELD_MANAGER, force: 'true' },
    body: manifest,
    contentType: 'application/apply-patch+yaml',
  };
  try {
    await api.call('PATCH', objectPath(manifest), options, signal);
  } catch (error) {
    // What a role refers to may not be changed: it is made anew.
    if (!isRefusal(error, 422) || !manifest.kind.endsWith('Binding')) throw error;
    await api.call('DELETE', objectPath(manifest), {}, signal);
    await api.call('PATCH', objectPath(manifest), options, signal);
  }
}
