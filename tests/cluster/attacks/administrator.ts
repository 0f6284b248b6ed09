/** What an administrator does around attacks: looks whether one got through, cleans up, and takes walls down to see that they were ones. */
import { type ApiClient, createApiClient, isRefusal } from '../../../sandbox-server/driver/kubernetes/api-client.ts';
import { awaitObject } from '../../../sandbox-server/driver/kubernetes/await-object.ts';
import { createCredentialSource } from '../../../sandbox-server/driver/kubernetes/credentials.ts';
import { decodeToken } from '../../../sandbox-server/driver/kubernetes/observed.ts';
import { decideReady } from '../../../sandbox-server/driver/kubernetes/pod-state.ts';
import { runInContainer } from '../../support/shell-exec.ts';
import { composeScript } from './compose-script.ts';
import type { Removal } from './layers.ts';
import type { Stage } from './stage.ts';

const never = new AbortController().signal;
const NETWORK_POLICIES = '/apis/networking.k8s.io/v1/namespaces';
const OPEN = 'attack-open';
/** As long as anything of the suite may take. */
const POD_LIMIT_MS = 60_000;

export interface Administrator extends Disposable {
  /** Undefined where there is none. */
  read(path: string): Promise<unknown>;
  patch(path: string, body: unknown): Promise<void>;
  /** At once, whatever farewell it asked for. */
  remove(path: string): Promise<void>;
  /** Makes an object, and removes it in the end. */
  add(collection: string, object: NamedObject): Promise<Removal>;
  /** Removes an object, and makes it again in the end. */
  takeAway(path: string): Promise<Removal>;
  /** As the server has one. */
  issueServerToken(): Promise<string>;
  /** Lets everything in and out of a namespace. */
  openNetwork(namespace: string): Promise<Removal>;
  /** A pod with the shell's image and none of its walls, which plays scripts in the attacker's stead. */
  runPrivileged(stage: Stage): Promise<Removal>;
}

interface NamedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly [field: string]: unknown;
}

export function createAdministrator(kubeconfig: string): Administrator {
  const api = createApiClient(createCredentialSource(kubeconfig, Date.now));
  const read = async (path: string) => {
    try {
      return await api.call('GET', path, {}, never);
    } catch (error) {
      if (isRefusal(error, 404)) return undefined;
      throw error;
    }
  };
  const remove = (path: string) => removeAtOnce(api, path);
  const add = async (collection: string, body: NamedObject): Promise<Removal> => {
    await api.call('POST', collection, { body }, never);
    return { [Symbol.asyncDispose]: () => remove(`${collection}/${body.metadata.name}`) };
  };
  return {
    read,
    remove,
    add,
    async patch(path, body) {
      await api.call('PATCH', path, { body, contentType: 'application/merge-patch+json' }, never);
    },
    async takeAway(path) {
      const body = withoutHistory(await read(path));
      await remove(path);
      const collection = path.slice(0, path.lastIndexOf('/'));
      return {
        async [Symbol.asyncDispose]() {
          await api.call('POST', collection, { body }, never);
        },
      };
    },
    async issueServerToken() {
      const path = '/api/v1/namespaces/podium/serviceaccounts/podium-server/token';
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
      return decodeToken(await api.call('POST', path, { body }, never));
    },
    openNetwork: (namespace) =>
      add(`${NETWORK_POLICIES}/${namespace}/networkpolicies`, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: OPEN },
        spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] },
      }),
    runPrivileged: (stage) => runPrivileged(api, { add, kubeconfig, stage }),
    [Symbol.dispose]: () => api[Symbol.dispose](),
  };
}

async function removeAtOnce(api: ApiClient, path: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 };
  try {
    await api.call('DELETE', path, { body }, never);
  } catch (error) {
    if (!isRefusal(error, 404)) throw error;
  }
}

/** As it would be written by hand: what the API server has filled in would be refused in a new object. */
function withoutHistory(object: unknown): unknown {
  const { metadata, ...rest } = object as { metadata: Record<string, unknown>; status?: unknown };
  delete rest.status;
  const { name, namespace, labels } = metadata;
  return {
    ...rest,
    metadata: { name, ...(namespace !== undefined && { namespace }), ...(labels !== undefined && { labels }) },
  };
}

const PRIVILEGED = 'attack-privileged';

interface PrivilegedNeeds {
  readonly add: Administrator['add'];
  readonly kubeconfig: string;
  readonly stage: Stage;
}

async function runPrivileged(api: ApiClient, { add, kubeconfig, stage }: PrivilegedNeeds): Promise<Removal> {
  const pods = '/api/v1/namespaces/default/pods';
  const container = {
    name: PRIVILEGED,
    image: 'podium.dev/shell:1',
    command: ['sleep', '3600'],
    env: [{ name: 'HOME', value: '/tmp' }],
    securityContext: { privileged: true, runAsUser: 0 },
    volumeMounts: [{ name: 'runtime', mountPath: '/run/containerd' }],
  };
  const pod = await add(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: PRIVILEGED },
    spec: {
      hostPID: true,
      terminationGracePeriodSeconds: 0,
      containers: [container],
      volumes: [{ name: 'runtime', hostPath: { path: '/run/containerd' } }],
    },
  });
  await awaitObject(api, { collection: pods, name: PRIVILEGED }, decideReady, AbortSignal.timeout(POD_LIMIT_MS));
  const target = { namespace: 'default', pod: PRIVILEGED, container: PRIVILEGED };
  return {
    player: {
      play: (script, values) =>
        runInContainer(kubeconfig, target, composeScript(script, { ...stage.places, ...values })),
    },
    [Symbol.asyncDispose]: () => pod[Symbol.asyncDispose](),
  };
}
