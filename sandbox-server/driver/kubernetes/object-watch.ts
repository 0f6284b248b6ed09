/** All objects of one kind and label as they are now, by one list and a watch that goes on where it ended. */
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { PodiumError } from '../../errors.ts';
import type { Logger } from '../../telemetry/log.ts';
import { type ApiClient, isRefusal, type WatchEvent } from './api-client.ts';
import { decode } from './observed.ts';

/** An API server that restarts is back in a few seconds. */
const RETRY_MS = 1000;

export interface Watched {
  readonly id: string;
  /** Versions of the same object can be compared as numbers (Kubernetes 1.35, and etcd's always). */
  readonly resourceVersion: string;
}

export interface ObjectWatch<T extends Watched> extends Disposable {
  readonly objects: ReadonlyMap<string, T>;
  /** Called after each change, until the result is disposed; the map holds it already. */
  onChange(listener: () => void): Disposable;
  /** An object as the API server has just answered with it, which the watch may be behind. */
  note(object: T): void;
  /** Resolves when the map holds what there is. */
  readonly listed: Promise<void>;
}

export interface WatchedKind<T extends Watched> {
  /** Path of all objects of the kind. */
  readonly collection: string;
  readonly labelSelector: string;
  /** Throws for an object that cannot be read: it is reported and left out, so that it does not hide the others. */
  decode(object: unknown): T;
}

const versioned = z.object({ metadata: z.object({ resourceVersion: z.string() }) });

export function watchObjects<T extends Watched>(api: ApiClient, kind: WatchedKind<T>, log: Logger): ObjectWatch<T> {
  return new Watch(api, kind, log);
}

const listOfObjects = z.object({ items: z.array(z.unknown()) });

class Watch<T extends Watched> implements ObjectWatch<T> {
  readonly #api: ApiClient;
  readonly #kind: WatchedKind<T>;
  readonly #log: Logger;
  readonly #objects = new Map<string, T>();
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  readonly #listed = Promise.withResolvers<void>();

  constructor(api: ApiClient, kind: WatchedKind<T>, log: Logger) {
    this.#api = api;
    this.#kind = kind;
    this.#log = log;
    this.#listed.promise.catch(() => undefined);
    void this.#run();
  }

  get objects(): ReadonlyMap<string, T> {
    return this.#objects;
  }

  get listed(): Promise<void> {
    return this.#listed.promise;
  }

  onChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  note(object: T): void {
    if (!this.#isNews(object)) return;
    this.#objects.set(object.id, object);
    this.#tell();
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#listed.reject(new PodiumError('shutting_down'));
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const { collection } = this.#kind;
    while (!signal.aborted) {
      try {
        await this.#follow(await this.#list());
      } catch (error) {
        if (signal.aborted) return;
        this.#log.warn({ err: error, collection, retryMs: RETRY_MS }, 'a list of the cluster could not be followed');
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Resolves with the version from which to watch. */
  async #list(): Promise<string> {
    const { collection, labelSelector } = this.#kind;
    const answer = await this.#api.call('GET', collection, { query: { labelSelector } }, this.#closing.signal);
    this.#objects.clear();
    for (const item of decode(listOfObjects, answer).items) {
      const object = this.#decode(item);
      if (object) this.#objects.set(object.id, object);
    }
    this.#listed.resolve();
    this.#tell();
    return decode(versioned, answer).metadata.resourceVersion;
  }

  /** Returns when the list must be asked for again. */
  async #follow(from: string): Promise<void> {
    const { collection, labelSelector } = this.#kind;
    let resourceVersion = from;
    while (!this.#closing.signal.aborted) {
      const query = { labelSelector, resourceVersion, allowWatchBookmarks: 'true' };
      try {
        for await (const event of this.#api.watch(collection, query, this.#closing.signal)) {
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
    const known = this.#decode(object);
    if (known && type === 'DELETED') this.#objects.delete(known.id);
    else if (known && this.#isNews(known)) this.#objects.set(known.id, known);
    this.#tell();
  }

  #isNews({ id, resourceVersion }: T): boolean {
    const known = this.#objects.get(id);
    return known === undefined || BigInt(known.resourceVersion) < BigInt(resourceVersion);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #decode(object: unknown): T | undefined {
    try {
      return this.#kind.decode(object);
    } catch (error) {
      this.#log.error({ err: error, collection: this.#kind.collection }, 'an object of the cluster cannot be read');
      return undefined;
    }
  }
}
