/** A namespace under the Pod Security level `restricted` on a real cluster, and pods in it as learners' pods run. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { CoreV1Api, Exec, KubeConfig, Log, Watch } from '@kubernetes/client-node';
import type { V1Container, V1Pod, V1Status } from '@kubernetes/client-node';

/** What a pod has for becoming ready: importing nothing, a start takes about a second. */
const READY_LIMIT_MS = 60_000;

interface PodWish {
  readonly name: string;
  readonly image: string;
  readonly command?: string[];
  readonly env?: Record<string, string>;
  readonly port?: number;
  /** Read-only root with memory at /tmp and at the home folder, as a learner's shell has it. */
  readonly isShell?: boolean;
  readonly runAsUser?: number;
}

export interface RestrictedPods extends AsyncDisposable {
  readonly namespace: string;
  /** Resolves when the pod is ready. */
  readonly start: (wish: PodWish) => Promise<V1Pod>;
  /** Resolves with what the command printed; throws with it when the command failed. */
  readonly run: (pod: string, command: readonly string[]) => Promise<string>;
  readonly logs: (pod: string) => Promise<string>;
  /** Asks for an orderly end and resolves with the milliseconds until the pod was gone. */
  readonly stop: (pod: string) => Promise<number>;
}

export async function createRestrictedPods(kubeconfigPath: string): Promise<RestrictedPods> {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromFile(kubeconfigPath);
  const core = kubeconfig.makeApiClient(CoreV1Api);
  const namespace = `images-${randomBytes(4).toString('hex')}`;
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await core.createNamespace({ body: { metadata: { name: namespace, labels } } });
  const until = (pod: string, isReached: (type: string, pod: V1Pod) => boolean) =>
    watchPod(kubeconfig, namespace, { pod, isReached });
  return {
    namespace,
    start: async (wish) => {
      const ready = until(wish.name, (_, pod) => isReady(pod));
      await core.createNamespacedPod({ namespace, body: makePod(wish) });
      return ready;
    },
    run: (pod, command) => execute(kubeconfig, { namespace, pod, command }),
    logs: async (pod) => {
      const stream = new PassThrough();
      await new Log(kubeconfig).log(namespace, pod, 'main', stream, { follow: false });
      return text(stream);
    },
    stop: async (pod) => {
      const gone = until(pod, (type) => type === 'DELETED');
      const begun = performance.now();
      await core.deleteNamespacedPod({ namespace, name: pod });
      await gone;
      return performance.now() - begun;
    },
    [Symbol.asyncDispose]: async () => {
      await core.deleteNamespace({ name: namespace, gracePeriodSeconds: 0 });
    },
  };
}

function makePod({ name, image, command, env, port, isShell, runAsUser }: PodWish): V1Pod {
  const container: V1Container = {
    name: 'main',
    image,
    imagePullPolicy: 'Never',
    env: Object.entries(env ?? {}).map(([key, value]) => ({ name: key, value })),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      ...(isShell && { readOnlyRootFilesystem: true }),
      ...(runAsUser !== undefined && { runAsUser }),
    },
    ...(command && { command }),
    ...(port && { readinessProbe: { tcpSocket: { port }, periodSeconds: 1 } }),
    ...(isShell && {
      volumeMounts: [
        { name: 'home', mountPath: '/home/learner' },
        { name: 'tmp', mountPath: '/tmp' },
      ],
    }),
  };
  const memory = { emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } };
  return {
    metadata: { name },
    spec: {
      hostUsers: false,
      automountServiceAccountToken: false,
      securityContext: { seccompProfile: { type: 'RuntimeDefault' }, ...(isShell && { fsGroup: 1000 }) },
      containers: [container],
      ...(isShell && { volumes: ['home', 'tmp'].map((volume) => ({ name: volume, ...memory })) }),
    },
  };
}

function isReady({ status }: V1Pod): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
}

interface PodEvent {
  readonly pod: string;
  readonly isReached: (type: string, pod: V1Pod) => boolean;
}

async function watchPod(kubeconfig: KubeConfig, namespace: string, { pod, isReached }: PodEvent): Promise<V1Pod> {
  const { promise, resolve, reject } = Promise.withResolvers<V1Pod>();
  let last: V1Pod | undefined;
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const query = { fieldSelector: `metadata.name=${pod}` };
  const onEvent = (type: string, found: V1Pod) => {
    last = found;
    if (isReached(type, found)) resolve(found);
  };
  const watch = await new Watch(kubeconfig).watch(path, query, onEvent, (error: unknown) => {
    reject(new Error(`The watch ended before pod ${pod} was as it should be`, { cause: error }));
  });
  const limit = setTimeout(() => {
    reject(new Error(`Pod ${pod} is not as it should be: ${JSON.stringify(last?.status)}`));
  }, READY_LIMIT_MS);
  try {
    return await promise;
  } finally {
    clearTimeout(limit);
    watch.abort();
  }
}

interface Execution {
  readonly namespace: string;
  readonly pod: string;
  readonly command: readonly string[];
}

async function execute(kubeconfig: KubeConfig, { namespace, pod, command }: Execution): Promise<string> {
  const output = new PassThrough();
  const printed = text(output);
  const { promise, resolve } = Promise.withResolvers<V1Status>();
  const socket = await new Exec(kubeconfig).exec(
    namespace,
    pod,
    'main',
    [...command],
    output,
    output,
    null,
    false,
    resolve,
  );
  const status = await Promise.race([promise, once(socket, 'close').then(() => promise)]);
  output.end();
  if (status.status !== 'Success') throw new Error(`${command.join(' ')}: ${status.message}\n${await printed}`);
  return printed;
}
