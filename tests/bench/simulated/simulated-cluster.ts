/** A simulated cluster with Podium installed, reached by a proxy that counts and plays what only a kubelet could answer. */
import { readFile, writeFile } from 'node:fs/promises';
import { LAB_IMAGE_REFS } from '../../../deploy/images/catalogue.ts';
import type { Driver } from '../../../sandbox-server/driver/driver.ts';
import { createApiClient } from '../../../sandbox-server/driver/kubernetes/api-client.ts';
import { createCredentialSource } from '../../../sandbox-server/driver/kubernetes/credentials.ts';
import { installPodium } from '../../../sandbox-server/driver/kubernetes/install.ts';
import type { RunningAgent } from '../../support/agent-program.ts';
import { acquireCluster } from '../../support/cluster.ts';
import { createControlPlane } from './control-plane.ts';
import { createCountingProxy } from './counting-proxy.ts';
import { createPlayedExec } from './played-exec.ts';

export interface SimulatedCluster extends AsyncDisposable {
  /** Of the server's own account, by way of the proxy. */
  readonly serverKubeconfig: string;
  /** Requests that came to the proxy so far, by verb and kind. */
  readonly counts: ReadonlyMap<string, number>;
  /** Without a pool. */
  createDriver(): Promise<Driver>;
}

const INSTALL_LIMIT_MS = 60_000;

/** Where no agent is given, a shell can only say that it is ready. */
export async function createSimulatedCluster(startAgent?: () => Promise<RunningAgent>): Promise<SimulatedCluster> {
  await using stack = new AsyncDisposableStack();
  const plane = stack.use(await createControlPlane());
  const { kubeconfig } = plane;
  const signal = AbortSignal.timeout(INSTALL_LIMIT_MS);
  await installPodium({ kubeconfigPath: kubeconfig, imageNames: LAB_IMAGE_REFS, signal });
  const admin = stack.use(createApiClient(createCredentialSource(kubeconfig, Date.now)));
  const exec = stack.use(createPlayedExec(admin, startAgent));
  const proxy = stack.use(await createCountingProxy(plane, exec.play));
  const cluster = stack.use(await acquireCluster(kubeconfig));
  const { serverKubeconfig } = cluster;
  const direct = await readFile(serverKubeconfig, 'utf8');
  await writeFile(serverKubeconfig, direct.replaceAll(plane.server, proxy.server));
  const owned = stack.move();
  return {
    serverKubeconfig,
    counts: proxy.counts,
    createDriver: () => cluster.createDriver(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
