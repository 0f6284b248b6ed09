/** Brings the driver that the operator chose, now or when the launcher says that its cluster is there. */
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { isLoopback } from './loopback.ts';
import type { DriverSwitch } from './driver/driver-switch.ts';
import { ClusterTakenError, type ServerData } from './driver/driver.ts';
import { PodiumError } from './errors.ts';
import { clusterProgress } from './protocol/sandbox.ts';
import type { Logger } from './telemetry/log.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** An API server that restarts is back in a few seconds. */
const RETRY_MS = 5000;

const launcherMessage = z.object({
  type: z.literal('cluster'),
  cluster: clusterProgress,
  kubeconfig: z.optional(z.string()),
});

export interface ChooseDriverDeps {
  readonly config: Config;
  readonly drivers: DriverSwitch;
  /** Of all labs: what is made ahead. */
  readonly images: readonly string[];
  /** A lab leaves network policies to its learner. */
  readonly provesOuterWall: boolean;
  /** What a cluster is held for. */
  readonly data: ServerData;
  /** Called where the cluster is another server's; this one cannot go on. */
  readonly onTaken: (error: ClusterTakenError) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Messages of the launcher; it is the parent process. */
  readonly onLauncherMessage: (listener: (message: unknown) => void) => void;
}

/** Returns when the driver is there or on its way. Throws for one that can never work here. */
export async function chooseDriver(deps: ChooseDriverDeps, signal: AbortSignal): Promise<void> {
  const { config, drivers, clock } = deps;
  switch (config.driver) {
    case 'none':
      return;
    case 'local': {
      // Only now: the terminal library is compiled for a machine, and an image of the server is without it.
      const { createLocalDriver } = await import('./driver/local-pty.ts');
      return drivers.use(
        await createLocalDriver({
          directory: join(config.dataDirectory, 'local-sandboxes'),
          clock,
          isLoopback: isLoopback(config.host),
          environment: deps.environment,
        }),
      );
    }
    case 'kubernetes':
      void connect(deps, config.kubeconfig ?? '', signal);
      return;
    case 'embedded':
      followLauncher(deps, signal);
  }
}

function followLauncher(deps: ChooseDriverDeps, signal: AbortSignal): void {
  let replaced = new AbortController();
  deps.onLauncherMessage((message) => {
    const result = launcherMessage.safeParse(message);
    if (!result.success)
      return deps.log.warn({ problems: z.prettifyError(result.error) }, 'launcher sent what is not understood');
    const { cluster, kubeconfig } = result.data;
    // The newest message counts: what an older one began is given up.
    if (kubeconfig === undefined) return deps.drivers.reportCluster(cluster);
    replaced.abort();
    replaced = new AbortController();
    void connect(deps, kubeconfig, AbortSignal.any([signal, replaced.signal]));
  });
}

/** Tries until the cluster answers; meanwhile pages are told why not. */
async function connect(
  { config, drivers, images, provesOuterWall, data, onTaken, clock, log, metrics }: ChooseDriverDeps,
  kubeconfigPath: string,
  signal: AbortSignal,
): Promise<void> {
  // Only now, since a server without a cluster needs none of its 20 MB.
  const { createKubernetesDriver } = await import('./driver/kubernetes/kubernetes-driver.ts');
  // Without a lab there is nobody to keep apart.
  const [image, ...others] = images;
  const isEmbedded = config.driver === 'embedded';
  const allowUnproved = config.allowUnprovedIsolation;
  while (!signal.aborted) {
    try {
      const driver = await createKubernetesDriver({
        kubeconfigPath,
        agentDelivery: config.agentDelivery,
        runtimeClass: config.runtimeClass,
        ...(image !== undefined && {
          isolation: { images: [image, ...others], isEmbedded, allowUnproved, provesOuterWall },
        }),
        pool: { images, floor: config.poolFloor, schedule: config.poolSchedule, ceiling: config.poolCeiling },
        data,
        onTaken,
        clock,
        log,
        metrics,
      });
      if (signal.aborted) return await driver[Symbol.asyncDispose]();
      drivers.reportCluster({ state: 'ready' });
      return await drivers.use(driver);
    } catch (error) {
      if (error instanceof ClusterTakenError) return onTaken(error);
      const code = error instanceof PodiumError ? error.code : 'cluster_unreachable';
      drivers.reportCluster({ state: 'starting', code });
      log.warn({ err: error, retryMs: RETRY_MS }, 'cluster does not answer');
      await new Promise<void>((resolve) => void clock.after(RETRY_MS, resolve));
    }
  }
}
