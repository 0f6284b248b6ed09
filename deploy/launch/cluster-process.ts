/**
 * Brings the embedded cluster up for the site while the site is already there, puts into it what Podium needs,
 * and hands out the kubeconfig that the server works with: an account of its own, never the administrator's.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { installPodium, writeServerKubeconfig } from '../../sandbox-server/driver/kubernetes/install.ts';
import { clusterStatus, downCluster, upCluster } from '../cluster/cluster.ts';
import { type Prepared, prepare, type PrepareOptions } from './prepare.ts';
import { SERVER_UID } from './server-process.ts';

/** Only the server's user may read what is below; /run is empty after a reboot, as the token then is worthless. */
const KUBECONFIG_FOLDER = '/run/podium';

/** Tokens of the server's account live for a day; a new one is written when a third of that is over. */
const TOKEN_RENEWAL_MS = 8 * 60 * 60 * 1000;

export interface ClusterProcess extends AsyncDisposable {
  /** For a human with kubectl: the administrator's. */
  readonly adminKubeconfig: string;
  readonly serverKubeconfig: string;
}

export interface ClusterProcessOptions extends PrepareOptions {
  readonly name: string;
  readonly keepRunning: boolean;
}

export async function createClusterProcess(options: ClusterProcessOptions): Promise<ClusterProcess> {
  const { name, onProgress, signal } = options;
  const prepared: Prepared = await prepare(options);
  const wasRunning = (await clusterStatus({ name })).running;
  const cluster = await upCluster({
    name,
    cacheDir: options.cacheDir,
    partsDirectory: prepared.partsDirectory,
    imageArchives: prepared.imageArchives,
    onProgress,
    signal,
  });
  await installPodium({ kubeconfigPath: cluster.kubeconfigPath, imageNames: prepared.imageNames, signal });
  const serverKubeconfig = join(KUBECONFIG_FOLDER, name, 'kubeconfig');
  await mkdir(join(KUBECONFIG_FOLDER, name), { recursive: true, mode: 0o755 });
  const issue = () =>
    writeServerKubeconfig({ kubeconfigPath: cluster.kubeconfigPath, path: serverKubeconfig, uid: SERVER_UID, signal });
  await issue();
  const renewal = setInterval(() => {
    issue().catch((error: Error) =>
      options.say(`The server's token could not be renewed, it is tried again later: ${error.message}`),
    );
  }, TOKEN_RENEWAL_MS);
  return {
    adminKubeconfig: cluster.kubeconfigPath,
    serverKubeconfig,
    async [Symbol.asyncDispose]() {
      clearInterval(renewal);
      if (!wasRunning && !options.keepRunning) await downCluster({ name });
    },
  };
}
