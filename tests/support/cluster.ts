/** The cluster that tests run against: one with Podium installed, which the runner (`npm test`) has brought up. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { systemClock } from '../../sandbox-server/clock.ts';
import type { Driver } from '../../sandbox-server/driver/driver.ts';
import { writeAccountKubeconfig } from '../../sandbox-server/driver/kubernetes/install.ts';
import { createKubernetesDriver } from '../../sandbox-server/driver/kubernetes/kubernetes-driver.ts';
import type { PoolWishes } from '../../sandbox-server/driver/kubernetes/warm-pool.ts';
import { createMetrics, type Metrics } from '../../sandbox-server/telemetry/metrics.ts';

/** Issuing a token is one call; an API server that is just starting takes a few seconds for it. */
const ISSUE_LIMIT_MS = 30_000;

export const skippedWithoutCluster =
  process.env['PODIUM_TEST_KUBECONFIG'] === undefined
    ? 'no cluster here: npm test brings one up on Linux as root, or set PODIUM_TEST_KUBECONFIG to an administrator’s kubeconfig'
    : false;

export interface TestCluster extends AsyncDisposable {
  readonly adminKubeconfig: string;
  /** Of the server's own account, as the server has it. */
  readonly serverKubeconfig: string;
  /** Resolves with the path of a new one, of an account of Podium's. */
  issueKubeconfig(account: 'server' | 'janitor'): Promise<string>;
  /** Without a pool unless one is asked for. */
  createDriver(pool?: PoolWishes, metrics?: Metrics): Promise<Driver>;
}

/** Throws where `skippedWithoutCluster` says why. */
export async function acquireCluster(adminKubeconfig = process.env['PODIUM_TEST_KUBECONFIG']): Promise<TestCluster> {
  if (adminKubeconfig === undefined) throw new Error(String(skippedWithoutCluster));
  const folder = await mkdtemp(join(tmpdir(), 'podium-cluster-'));
  const issueKubeconfig = async (account: 'server' | 'janitor') => {
    const path = join(folder, account);
    const signal = AbortSignal.timeout(ISSUE_LIMIT_MS);
    const uid = process.getuid?.() ?? 0;
    await writeAccountKubeconfig({ account, kubeconfigPath: adminKubeconfig, path, uid, signal });
    return path;
  };
  const serverKubeconfig = await issueKubeconfig('server');
  return {
    adminKubeconfig,
    serverKubeconfig,
    issueKubeconfig,
    createDriver: (pool, metrics = createMetrics()) =>
      createKubernetesDriver({
        kubeconfigPath: serverKubeconfig,
        ...(pool && { pool }),
        clock: systemClock,
        log: pino({ level: 'warn' }),
        metrics,
      }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
