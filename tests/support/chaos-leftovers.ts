/** What is left of sandboxes that are gone: in the cluster's records, and on the node, which is this machine. */
import type { ApiClient } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import * as names from '../../sandbox-server/driver/kubernetes/names.ts';
import { readNodeTraces } from './chaos-node-traces.ts';

/** Kinds that a sandbox is made of, or that its learner may make. */
const collections = [
  '/api/v1/pods',
  '/api/v1/serviceaccounts',
  '/api/v1/configmaps',
  '/api/v1/secrets',
  '/api/v1/resourcequotas',
  '/api/v1/limitranges',
  '/api/v1/persistentvolumeclaims',
  '/apis/rbac.authorization.k8s.io/v1/rolebindings',
  '/apis/networking.k8s.io/v1/networkpolicies',
  '/apis/coordination.k8s.io/v1/leases',
];
const never = new AbortController().signal;

interface ListedObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly claimRef?: { readonly namespace?: string }; readonly holderIdentity?: string };
}

/** In words, one for each; empty when all that there is belongs to a place. */
export async function findLeftovers(instance: string, api: ApiClient): Promise<readonly string[]> {
  // Places and pods are read last: what is made meanwhile must not look as if it were nobody's.
  const node = await readNodeTraces(instance);
  const objects = await Promise.all(collections.map((path) => list(api, path)));
  const volumes = await list(api, '/api/v1/persistentvolumes');
  const places = await list(api, '/api/v1/namespaces', { labelSelector: names.SANDBOX_LABEL });
  const pods = new Set((await list(api, '/api/v1/pods')).map(({ metadata }) => metadata.uid));
  const placeIds = new Map(
    places.map(({ metadata: { labels = {} } }) => [labels[names.SANDBOX_LABEL] ?? '', labels[names.CLAIM_LABEL]]),
  );
  const isThere = (namespace = '') => placeIds.has(namespace.slice(names.LEARNER_NAMESPACE_PREFIX.length));
  return [
    ...objects.flatMap((items, index) =>
      items
        .filter((object) => isLeft(object, placeIds))
        .map(({ metadata }) => `${collections[index]}: ${metadata.namespace}/${metadata.name}`),
    ),
    ...volumes
      .filter(({ spec }) => !isThere(spec?.claimRef?.namespace))
      .map(({ metadata }) => `volume ${metadata.name}`),
    ...node.volumeFolders
      .filter((folder) => !volumes.some(({ metadata }) => folder.startsWith(metadata.name)))
      .map((folder) => `folder of a volume: ${folder}`),
    ...node.traces.filter(({ podUid }) => !pods.has(podUid)).map(({ what, podUid }) => `${what} of pod ${podUid}`),
    ...node.strangers,
  ];
}

async function list(
  api: ApiClient,
  path: string,
  query: Record<string, string> = {},
): Promise<readonly ListedObject[]> {
  const { items } = (await api.call('GET', path, { query }, never)) as { items: readonly ListedObject[] };
  return items;
}

/** `places` are the claims of places, by the id of the place. */
function isLeft({ metadata, spec }: ListedObject, places: ReadonlyMap<string, string | undefined>): boolean {
  const { namespace = '', labels = {} } = metadata;
  if (namespace.startsWith(names.LEARNER_NAMESPACE_PREFIX))
    return !places.has(namespace.slice(names.LEARNER_NAMESPACE_PREFIX.length));
  if (namespace !== names.SHELL_NAMESPACE) return false;
  const claim = labels[names.CLAIM_LABEL];
  if (claim !== undefined) return places.get(spec?.holderIdentity ?? '') !== claim;
  const place = labels[names.SANDBOX_LABEL];
  return place !== undefined && !places.has(place);
}
