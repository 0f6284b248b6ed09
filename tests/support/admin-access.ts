/** What an administrator does in a test: looks at the node, and takes a wall away to see that it was one. */
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
const OPEN = 'test-open';

export interface AdminAccess extends Disposable {
  nodeName(): Promise<string>;
  nodeAddress(): Promise<string>;
  labelNamespace(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  /** Lets everything in and out of a namespace, until the result is disposed. */
  openNetwork(namespace: string): Promise<AsyncDisposable>;
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

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly addresses: readonly { readonly type: string; readonly address: string }[] };
  }[];
}

export function createAdminAccess(kubeconfig: string): AdminAccess {
  const api = createApiClient(createCredentialSource(kubeconfig, Date.now));
  const node = async () => {
    const { items } = (await api.call('GET', '/api/v1/nodes', {}, never)) as NodeList;
    const [first] = items;
    if (first === undefined) throw new Error('The cluster has no node.');
    return first;
  };
  return {
    nodeName: async () => (await node()).metadata.name,
    async nodeAddress() {
      const { addresses } = (await node()).status;
      return addresses.find(({ type }) => type === 'InternalIP')?.address ?? '';
    },
    async labelNamespace(name, labels) {
      const options = { body: { metadata: { labels } }, contentType: 'application/merge-patch+json' };
      await api.call('PATCH', `/api/v1/namespaces/${name}`, options, never);
    },
    async openNetwork(namespace) {
      const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
      const spec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] };
      const body = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: OPEN }, spec };
      await api.call('POST', path, { body }, never);
      return {
        async [Symbol.asyncDispose]() {
          await api.call('DELETE', `${path}/${OPEN}`, {}, never);
        },
      };
    },
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
