/**
 * Brings the embedded cluster up for the site while the site is already there, puts into it what Podium needs,
 * hands out the kubeconfig that the server works with, of an account of its own and never the administrator's, and
 * keeps the janitor there.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { installPodium, writeAccountKubeconfig } from '../../sandbox-server/driver/kubernetes/install.ts';
import { clusterStatus, downCluster, upCluster } from '../cluster/cluster.ts';
import { createKeptJanitor, JANITOR_UID } from './kept-janitor.ts';
import { type Prepared, prepare, type PrepareOptions } from './prepare.ts';
import { SERVER_UID } from './server-process.ts';

/** Only the server's user may read what is below; /run is empty after a reboot, as the token then is worthless. */
const KUBECONFIG_FOLDER = '/run/podium';

/** Tokens of Podium's accounts live for a day; new ones are written when a third of that is over. */
const TOKEN_RENEWAL_MS = 8 * 60 * 60 * 1000;

export interface ClusterProcess extends AsyncDisposable {
  /** For a human with kubectl: the administrator's. */
  readonly adminKubeconfig: string;
  readonly serverKubeconfig: string;
}

export interface ClusterProcessOptions extends PrepareOptions {
  /** Of the clone that this runs from. */
  readonly root: string;
  readonly name: string;
  readonly keepRunning: boolean;
  /** Under which all that learners start runs, where the operator has one. */
  readonly runtimeClass: string | undefined;
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
  await installPodium({
    kubeconfigPath: cluster.kubeconfigPath,
    imageNames: prepared.imageNames,
    runtimeClass: options.runtimeClass,
    signal,
  });
  const folder = join(KUBECONFIG_FOLDER, name);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const serverKubeconfig = join(folder, 'kubeconfig');
  const janitorKubeconfig = join(folder, 'janitor-kubeconfig');
  const access = { kubeconfigPath: cluster.kubeconfigPath, signal };
  const issue = () =>
    Promise.all([
      writeAccountKubeconfig({ ...access, account: 'server', path: serverKubeconfig, uid: SERVER_UID }),
      writeAccountKubeconfig({ ...access, account: 'janitor', path: janitorKubeconfig, uid: JANITOR_UID }),
    ]);
  await issue();
  const renewal = setInterval(() => {
    issue().catch((error: Error) =>
      options.say(`The accounts' tokens could not be renewed, it is tried again later: ${error.message}`),
    );
  }, TOKEN_RENEWAL_MS);
  const janitor = createKeptJanitor({ root: options.root, kubeconfig: janitorKubeconfig, say: options.say });
  return {
    adminKubeconfig: cluster.kubeconfigPath,
    serverKubeconfig,
    async [Symbol.asyncDispose]() {
      clearInterval(renewal);
      await janitor[Symbol.asyncDispose]();
      if (!wasRunning && !options.keepRunning) await downCluster({ name });
    },
  };
}
