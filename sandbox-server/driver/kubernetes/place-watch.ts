/** All places of the cluster as they are now, by one list and a watch that goes on where it ended. */
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { PodiumError } from '../../errors.ts';
import type { Logger } from '../../telemetry/log.ts';
import { type ApiClient, isRefusal, type WatchEvent } from './api-client.ts';
import { SANDBOX_LABEL } from './names.ts';
import { decode } from './observed.ts';
import { decodePlace, decodePlaces, type Place } from './place.ts';

const COLLECTION = '/api/v1/namespaces';
const QUERY = { labelSelector: SANDBOX_LABEL } as const;
/** An API server that restarts is back in a few seconds. */
const RETRY_MS = 1000;

export interface PlaceWatch extends Disposable {
  /** By the place's id. */
  readonly places: ReadonlyMap<string, Place>;
  /** Called after each change, until the result is disposed; the map holds it already. */
  onChange(listener: () => void): Disposable;
  /** A place as the API server has just answered with it, which the watch may be behind. */
  note(place: Place): void;
  /** Resolves when the map holds what there is. */
  readonly listed: Promise<void>;
}

const versioned = z.object({ metadata: z.object({ resourceVersion: z.string() }) });

export function watchPlaces(api: ApiClient, log: Logger): PlaceWatch {
  return new Watch(api, log);
}

class Watch implements PlaceWatch {
  readonly #api: ApiClient;
  readonly #log: Logger;
  readonly #places = new Map<string, Place>();
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  readonly #listed = Promise.withResolvers<void>();

  constructor(api: ApiClient, log: Logger) {
    this.#api = api;
    this.#log = log;
    this.#listed.promise.catch(() => undefined);
    void this.#run();
  }

  get places(): ReadonlyMap<string, Place> {
    return this.#places;
  }

  get listed(): Promise<void> {
    return this.#listed.promise;
  }

  onChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  note(place: Place): void {
    if (!this.#isNews(place)) return;
    this.#places.set(place.id, place);
    this.#tell();
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#listed.reject(new PodiumError('shutting_down'));
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#follow(await this.#list());
      } catch (error) {
        if (signal.aborted) return;
        this.#log.warn({ err: error, retryMs: RETRY_MS }, 'the list of places could not be followed');
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Resolves with the version from which to watch. */
  async #list(): Promise<string> {
    const answer = await this.#api.call('GET', COLLECTION, { query: QUERY }, this.#closing.signal);
    this.#places.clear();
    for (const place of decodePlaces(answer, (error) => this.#onBroken(error))) this.#places.set(place.id, place);
    this.#listed.resolve();
    this.#tell();
    return decode(versioned, answer).metadata.resourceVersion;
  }

  /** Returns when the list must be asked for again. */
  async #follow(from: string): Promise<void> {
    let resourceVersion = from;
    while (!this.#closing.signal.aborted) {
      const query = { ...QUERY, resourceVersion, allowWatchBookmarks: 'true' };
      try {
        for await (const event of this.#api.watch(COLLECTION, query, this.#closing.signal)) {
          // That version is too old by now.
          if (event.type === 'ERROR') return;
          resourceVersion = decode(versioned, event.object).metadata.resourceVersion;
          this.#take(event);
        }
      } catch (error) {
        if (isRefusal(error, 410)) return;
        throw error;
      }
    }
  }

  #take({ type, object }: WatchEvent): void {
    if (type === 'BOOKMARK') return;
    try {
      const place = decodePlace(object);
      if (type === 'DELETED') this.#places.delete(place.id);
      else if (this.#isNews(place)) this.#places.set(place.id, place);
    } catch (error) {
      this.#onBroken(error);
    }
    this.#tell();
  }

  /** Versions of the same object can be compared as numbers (Kubernetes 1.35, and etcd's always). */
  #isNews({ id, resourceVersion }: Place): boolean {
    const known = this.#places.get(id);
    return known === undefined || BigInt(known.resourceVersion) < BigInt(resourceVersion);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #onBroken(error: unknown): void {
    this.#log.error({ err: error }, 'a sandbox has no readable record');
  }
}
