/** Holding the cluster for this server's data: taken before the first sandbox, renewed, and given back at the end. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Clock } from '../../clock.ts';
import { ClusterTakenError, type ServerData } from '../driver.ts';
import { type ApiClient, isRefusal } from './api-client.ts';
import {
  decideLeaseStep,
  decodeLease,
  explainRefusal,
  makeDataLease,
  makeRenewal,
  type ObservedLease,
  type Sighting,
} from './data-lease-object.ts';
import { collectionPath, objectPath } from './manifest.ts';

/** Three may fail before the lease runs out. */
const RENEW_MS = 8000;
const LOOK_MS = 1000;
/** Giving it back saves the next server a wait; the end of this one does not wait long for it. */
const RETURN_LIMIT_MS = 2000;
const MERGE = 'application/merge-patch+json';

export interface DataLeaseOptions {
  readonly data: ServerData;
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called once where servers with other data have taken the cluster, after this one was away for long. */
  readonly onTaken: (error: ClusterTakenError) => void;
}

/**
 * Resolves when the cluster is this server's to use: at once where nobody or a server of the same data holds it, after
 * half a minute where its holder is gone. Throws a ClusterTakenError where the holder is there.
 */
export async function obtainDataLease(options: DataLeaseOptions, signal: AbortSignal): Promise<AsyncDisposable> {
  const { api, data, clock, log } = options;
  let sighting: Sighting | undefined;
  for (;;) {
    const found = await readLease(api, signal);
    const step = decideLeaseStep(found, data.identity, sighting, clock.now());
    if (found && step === 'refuse') throw new ClusterTakenError(explainRefusal(data, found));
    const held = step === 'watch' ? undefined : await write(options, found, signal);
    if (held) return new HeldLease(options, held);
    if (found && step === 'watch' && !sighting) {
      sighting = { renewTime: found.renewTime, sinceMs: clock.now() };
      log.warn({ holder: found.description }, 'another server held this cluster; waiting to see whether it is there');
    }
    await delay(LOOK_MS, undefined, { signal });
  }
}

async function readLease(api: ApiClient, signal: AbortSignal): Promise<ObservedLease | undefined> {
  try {
    return decodeLease(await api.call('GET', PATH, {}, signal));
  } catch (error) {
    if (isRefusal(error, 404)) return undefined;
    throw error;
  }
}

/** Makes or renews it; undefined where somebody else was faster. */
async function write(
  { api, data, clock }: DataLeaseOptions,
  found: ObservedLease | undefined,
  signal: AbortSignal,
): Promise<ObservedLease | undefined> {
  try {
    const manifest = makeDataLease(data, clock.now());
    const answer = found
      ? await api.call('PATCH', PATH, { body: makeRenewal(data, found, clock.now()), contentType: MERGE }, signal)
      : await api.call('POST', collectionPath(manifest), { body: manifest }, signal);
    return decodeLease(answer);
  } catch (error) {
    if (isRefusal(error, 404, 409)) return undefined;
    throw error;
  }
}

const PATH = objectPath(makeDataLease({ identity: '', description: '', isShared: false }, 0));

class HeldLease implements AsyncDisposable {
  readonly #options: DataLeaseOptions;
  readonly #closing = new AbortController();
  readonly #ended: Promise<void>;
  #held: ObservedLease;

  constructor(options: DataLeaseOptions, held: ObservedLease) {
    this.#options = options;
    this.#held = held;
    this.#ended = this.#keep(this.#closing.signal);
  }

  /** Other servers of the same data hold it on. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { api, data } = this.#options;
    this.#closing.abort();
    await this.#ended;
    if (data.isShared) return;
    const { uid, resourceVersion } = this.#held;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } };
    await api.call('DELETE', PATH, { body }, AbortSignal.timeout(RETURN_LIMIT_MS)).catch(() => undefined);
  }

  async #keep(signal: AbortSignal): Promise<void> {
    const { log, onTaken } = this.#options;
    while (!signal.aborted) {
      try {
        await delay(RENEW_MS, undefined, { signal, ref: false });
        await this.#renew(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ClusterTakenError) return onTaken(error);
        log.warn({ err: error }, 'the claim of this server to the cluster could not be renewed');
      }
    }
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const { api, data } = this.#options;
    const renewed = await write(this.#options, this.#held, signal);
    const found = renewed ?? (await readLease(api, signal));
    if (found && found.identity !== data.identity) throw new ClusterTakenError(explainRefusal(data, found));
    // Another server of the same data was faster, which is as good; or somebody has deleted it.
    this.#held = found ?? (await write(this.#options, undefined, signal)) ?? this.#held;
  }
}
