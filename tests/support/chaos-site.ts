/** A cluster of its own with servers and a janitor before it, of which everything may be killed and is started again. */
import { setTimeout as delay } from 'node:timers/promises';
import { clusterStatus } from '../../deploy/cluster/cluster.ts';
import { sendSignal } from '../../deploy/cluster/processes.ts';
import { LAB_IMAGE_REFS } from '../../deploy/images/catalogue.ts';
import { type ApiClient, createApiClient, isRefusal } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import { createCredentialSource } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import { installPodium } from '../../sandbox-server/driver/kubernetes/install.ts';
import {
  EXPIRES_ANNOTATION,
  learnerNamespace,
  SHELL_NAMESPACE,
  shellName,
} from '../../sandbox-server/driver/kubernetes/names.ts';
import type { Place } from '../../sandbox-server/driver/kubernetes/place.ts';
import { createPlaceLedger, type PlaceLedger } from './chaos-ledger.ts';
import type { Fault } from './chaos-plan.ts';
import { acquireCluster } from './cluster.ts';
import { createEmbeddedCluster } from './embedded-clusters.ts';
import { createJanitorProcess } from './janitor-process.ts';
import { killShellContainer } from './node-access.ts';
import { PLAIN_IMAGE } from './plain-pods.ts';
import { createPostgres } from './postgres.ts';
import { createServerProcess, type ServerProcess, type ServerProcessOptions } from './server-process.ts';

const SHELL_IMAGES = ['podium.dev/shell:1', 'podium.dev/shell-agent:1'];
const SERVERS = 2;
/** One warm place for everybody to be given at once. */
const POOL_FLOOR = '1';
/** A part that was killed again and again waits 10 s, then starts. */
const HEALED_LIMIT_MS = 120_000;
const INSTALL_LIMIT_MS = 60_000;
/** What `npm start` leaves between a server's death and the next one. */
const RESTART_WAIT_MS = 500;
const LOOK_MS = 250;

export interface ChaosSite extends AsyncDisposable {
  readonly name: string;
  /** An administrator's. */
  readonly api: ApiClient;
  readonly ledger: PlaceLedger;
  readonly origins: readonly string[];
  /** Kills it, and has it started again where nobody else does; what is not there just now lives on. */
  strike(fault: Fault): Promise<void>;
  /** Sets the end of a place's time to now, unless it is gone. */
  expire(place: Place): Promise<void>;
  /** Resolves when all parts of the cluster are there and its node is ready. */
  healed(): Promise<void>;
  endServers(): Promise<void>;
}

export async function createChaosSite(name: string): Promise<ChaosSite> {
  await using resources = new AsyncDisposableStack();
  const embedded = resources.use(await createEmbeddedCluster(name, [...SHELL_IMAGES, PLAIN_IMAGE]));
  const { kubeconfigPath } = embedded;
  const signal = AbortSignal.timeout(INSTALL_LIMIT_MS);
  await installPodium({ kubeconfigPath, imageNames: LAB_IMAGE_REFS, signal });
  const cluster = resources.use(await acquireCluster(kubeconfigPath));
  const postgres = resources.use(await createPostgres());
  const options: ServerProcessOptions = {
    kubeconfig: cluster.serverKubeconfig,
    databaseUrl: await postgres.createDatabase(),
    environment: { PODIUM_POOL_FLOOR: POOL_FLOOR },
  };
  const servers: ServerProcess[] = [];
  for (let count = 0; count < SERVERS; count += 1) servers.push(resources.use(await createServerProcess(options)));
  const janitor = resources.use(createJanitorProcess(await cluster.issueKubeconfig('janitor')));
  const api = resources.use(createApiClient(createCredentialSource(kubeconfigPath, Date.now)));
  const ledger = resources.use(createPlaceLedger(api));
  const owned = resources.move();
  return {
    name,
    api,
    ledger,
    origins: servers.map(({ origin }) => origin),
    strike: (fault) => strike(fault, { name, api, ledger, servers, janitor }),
    expire: (place) => expire(api, place),
    healed: () => awaitHealed(name, api),
    endServers: async () => void (await Promise.all(servers.map((server) => server.stop()))),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface Targets {
  readonly name: string;
  readonly api: ApiClient;
  readonly ledger: PlaceLedger;
  readonly servers: readonly ServerProcess[];
  readonly janitor: { replace(): Promise<void> };
}

async function strike({ victim, choice }: Fault, { name, api, ledger, servers, janitor }: Targets): Promise<void> {
  const running = ledger.places.filter(({ state, claim }) => state === 'running' && claim !== undefined);
  const place = running[choice % running.length];
  const server = servers[choice % servers.length];
  switch (victim) {
    case 'server':
      await server?.kill();
      await delay(RESTART_WAIT_MS);
      return server?.start();
    case 'janitor':
      return janitor.replace();
    case 'shell':
      // It may be on its way up or down just now.
      if (place) await killShellContainer(learnerNamespace(place.id)).catch(() => undefined);
      return;
    case 'pod':
      if (place) await deletePod(api, place);
      return;
    case 'kubelet':
    case 'containerd':
    case 'kube-apiserver':
    case 'etcd': {
      const part = (await clusterStatus({ name })).parts.find((each) => each.name === victim && each.isRunning);
      if (part) sendSignal(part.pid, 'SIGKILL');
    }
  }
}

async function deletePod(api: ApiClient, { id }: Place): Promise<void> {
  const path = `/api/v1/namespaces/${SHELL_NAMESPACE}/pods/${shellName(id)}`;
  await untilAnswered(() => api.call('DELETE', path, {}, AbortSignal.timeout(HEALED_LIMIT_MS)));
}

async function expire(api: ApiClient, { id }: Place): Promise<void> {
  const path = `/api/v1/namespaces/${learnerNamespace(id)}`;
  const contentType = 'application/merge-patch+json';
  await untilAnswered(() => {
    const body = { metadata: { annotations: { [EXPIRES_ANNOTATION]: new Date().toISOString() } } };
    return api.call('PATCH', path, { body, contentType }, AbortSignal.timeout(HEALED_LIMIT_MS));
  });
}

/** What is not there needs nothing done; an API server that was killed is back soon. */
async function untilAnswered(work: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + HEALED_LIMIT_MS;
  for (;;) {
    try {
      return void (await work());
    } catch (error) {
      if (isRefusal(error, 404)) return;
      if (Date.now() > deadline) throw error;
      await delay(LOOK_MS);
    }
  }
}

interface NodeList {
  readonly items: readonly {
    readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

async function awaitHealed(name: string, api: ApiClient): Promise<void> {
  await untilAnswered(async () => {
    const { parts } = await clusterStatus({ name });
    const missing = parts.filter(({ isRunning }) => !isRunning).map((part) => part.name);
    if (missing.length > 0) throw new Error(`Of the cluster there is no ${missing.join(', ')}.`);
    const { items } = (await api.call('GET', '/api/v1/nodes', {}, AbortSignal.timeout(HEALED_LIMIT_MS))) as NodeList;
    const conditions = items.flatMap(({ status }) => status.conditions);
    const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
    if (!isReady) throw new Error('The node is not ready.');
  });
}
