/** What an administrator looks at and does in a test. */
import { createApiClient } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import { awaitObject } from '../../sandbox-server/driver/kubernetes/await-object.ts';
import { awaitGone, deleteObject } from '../../sandbox-server/driver/kubernetes/create-object.ts';
import { readClaim } from '../../sandbox-server/driver/kubernetes/claims.ts';
import { createCredentialSource } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import { collectionPath } from '../../sandbox-server/driver/kubernetes/manifest.ts';
import { SANDBOX_LABEL } from '../../sandbox-server/driver/kubernetes/names.ts';
import { decodePlaces, type Place } from '../../sandbox-server/driver/kubernetes/place.ts';
import { decideReady } from '../../sandbox-server/driver/kubernetes/pod-state.ts';

const never = new AbortController().signal;

export interface AdminAccess extends Disposable {
  /** Kinds and names of what carries the label of a sandbox there. */
  namesOf(namespace: string, sandboxId: string): Promise<string[]>;
  /** All places of the cluster with this image, claimed or not. */
  placesOf(image: string): Promise<Place[]>;
  /** Whether somebody has a claim of this id. */
  hasClaim(claimId: string): Promise<boolean>;
  /** Of the bindings there, by name. */
  rolesIn(namespace: string): Promise<string[]>;
  hasNamespace(name: string): Promise<boolean>;
  deleteNamespace(name: string): Promise<void>;
  deletePod(namespace: string, name: string): Promise<void>;
  /** One that ignores the request to end and has a minute for it; resolves when it runs. */
  createStubbornPod(namespace: string): Promise<void>;
}

export function createAdminAccess(kubeconfig: string): AdminAccess {
  const api = createApiClient(createCredentialSource(kubeconfig, Date.now));
  return {
    async namesOf(namespace, sandboxId) {
      const labelSelector = `${SANDBOX_LABEL}=${sandboxId}`;
      const collections = [
        '/api/v1/namespaces/NAMESPACE/pods',
        '/api/v1/namespaces/NAMESPACE/serviceaccounts',
        '/apis/networking.k8s.io/v1/namespaces/NAMESPACE/networkpolicies',
      ];
      const lists = await Promise.all(
        collections.map(async (path) => {
          const list = await api.call('GET', path.replace('NAMESPACE', namespace), { query: { labelSelector } }, never);
          return (list as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name);
        }),
      );
      return lists.flat();
    },
    async placesOf(image) {
      const query = { labelSelector: SANDBOX_LABEL };
      const answer = await api.call('GET', '/api/v1/namespaces', { query }, never);
      return decodePlaces(answer, () => undefined).filter((place) => place.image === image);
    },
    hasClaim: async (claimId) => (await readClaim(api, claimId, never)) !== undefined,
    async rolesIn(namespace) {
      const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`;
      const { items } = (await api.call('GET', path, {}, never)) as { items: { roleRef: { name: string } }[] };
      return items.map(({ roleRef }) => roleRef.name).toSorted();
    },
    async hasNamespace(name) {
      const query = { fieldSelector: `metadata.name=${name}` };
      const list = (await api.call('GET', '/api/v1/namespaces', { query }, never)) as { items: unknown[] };
      return list.items.length > 0;
    },
    deleteNamespace: (name) => deleteObject(api, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, never),
    async deletePod(namespace, name) {
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name } };
      await deleteObject(api, pod, never);
      await awaitGone(api, pod, never);
    },
    async createStubbornPod(namespace) {
      const command = ['/bin/sh', '-c', "trap '' TERM; while :; do sleep 1; done"];
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { namespace, name: 'stubborn' },
        spec: {
          terminationGracePeriodSeconds: 60,
          containers: [{ name: 'stubborn', image: 'podium.dev/tools:1', command }],
        },
      };
      await api.call('POST', collectionPath(pod), { body: pod }, never);
      await awaitObject(api, { collection: collectionPath(pod), name: 'stubborn' }, decideReady, never);
    },
    [Symbol.dispose]: () => api[Symbol.dispose](),
  };
}
