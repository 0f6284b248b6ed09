/** A server with a pool, for figures of starts that were prepared. */
import { setTimeout as delay } from 'node:timers/promises';
import { learnerNamespace } from '../../sandbox-server/driver/kubernetes/names.ts';
import { createAdminAccess } from '../support/admin-access.ts';
import { acquireCluster } from '../support/cluster.ts';
import { createServerProcess } from '../support/server-process.ts';

/** Of the labs that are started here. */
const IMAGE = 'podium.dev/shell:1';
const LOOK_MS = 250;

export interface PooledServer extends AsyncDisposable {
  readonly origin: string;
  /** Resolves when the pool is full. */
  awaitWarm(): Promise<void>;
}

/** Disposing it ends the server and all that was made meanwhile, for learners who gave up too. */
export async function createPooledServer(kubeconfig: string, floor: number): Promise<PooledServer> {
  await using resources = new AsyncDisposableStack();
  const cluster = resources.use(await acquireCluster(kubeconfig));
  const admin = resources.use(createAdminAccess(kubeconfig));
  const before = new Set((await admin.placesOf(IMAGE)).map(({ id }) => id));
  resources.defer(async () => {
    const ours = (await admin.placesOf(IMAGE)).filter(({ id }) => !before.has(id));
    await Promise.all(ours.map(({ id }) => admin.deleteNamespace(learnerNamespace(id))));
  });
  const environment = { PODIUM_POOL_FLOOR: String(floor) };
  const { origin } = resources.use(await createServerProcess({ kubeconfig: cluster.serverKubeconfig, environment }));
  const owned = resources.move();
  return {
    origin,
    async awaitWarm() {
      while ((await admin.placesOf(IMAGE)).filter(({ state }) => state === 'warm').length < floor) await delay(LOOK_MS);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
