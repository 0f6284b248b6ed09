/**
 * Which driver there is right now. With the embedded cluster the server is up before the cluster is, and the
 * cluster may be restarted under it: those who need a driver wait here for one.
 */
import { PodiumError, isErrorCode } from '../errors.ts';
import type { ClusterProgress } from '../protocol/sandbox.ts';
import type { Driver } from './driver.ts';

export interface DriverSwitch extends AsyncDisposable {
  /** What this server is made for, also while no driver is there yet. */
  readonly kind: Driver['kind'] | 'none';
  readonly cluster: ClusterProgress;
  readonly current: Driver | undefined;
  /** Waits through building and starting. Throws when it cannot come to anything, and the signal's reason when aborted. */
  whenReady(signal: AbortSignal): Promise<Driver>;
  reportCluster(cluster: ClusterProgress): void;
  /** Takes the driver over: it is disposed when another takes its place, or with the switch. */
  use(driver: Driver): Promise<void>;
  /** Called after every change of `cluster` or `current`. */
  subscribe(listener: () => void): Disposable;
}

export function createDriverSwitch(kind: DriverSwitch['kind']): DriverSwitch {
  let cluster: ClusterProgress = { state: kind === 'kubernetes' ? 'starting' : 'absent' };
  let current: Driver | undefined;
  const listeners = new Set<() => void>();
  const announce = () => {
    for (const listener of [...listeners]) listener();
  };
  const subscribe = (listener: () => void): Disposable => {
    listeners.add(listener);
    return { [Symbol.dispose]: () => listeners.delete(listener) };
  };

  return {
    kind,
    get cluster() {
      return cluster;
    },
    get current() {
      return current;
    },
    subscribe,
    async whenReady(signal) {
      using listening = new DisposableStack();
      return await new Promise<Driver>((resolve, reject) => {
        const settle = () => {
          const failure = findFailure(kind, cluster);
          if (current) resolve(current);
          else if (failure) reject(failure);
          else if (signal.aborted) reject(signal.reason as Error);
        };
        listening.use(subscribe(settle));
        signal.addEventListener('abort', settle);
        listening.defer(() => signal.removeEventListener('abort', settle));
        settle();
      });
    },
    reportCluster(progress) {
      cluster = progress;
      announce();
    },
    async use(driver) {
      const before = current;
      current = driver;
      announce();
      await before?.[Symbol.asyncDispose]();
    },
    async [Symbol.asyncDispose]() {
      const last = current;
      current = undefined;
      await last?.[Symbol.asyncDispose]();
    },
  };
}

function findFailure(kind: DriverSwitch['kind'], { state, code = '' }: ClusterProgress): PodiumError | undefined {
  if (kind === 'none') return new PodiumError('sandboxes_off');
  if (state !== 'failed') return undefined;
  return new PodiumError(isErrorCode(code) ? code : 'cluster_failed');
}
