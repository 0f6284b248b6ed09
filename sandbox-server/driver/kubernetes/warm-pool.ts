/**
 * The pool: places that are made before anybody asks, so that a start is only a matter of giving one. Any number of
 * servers keep it together, without a leader: each looks what there is and makes what is missing.
 */
import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { floorAt, type PoolSchedule } from '../../schedule/pool-schedule.ts';
import { makeId } from '../sandbox-id.ts';
import { endPlace, retirePlace } from './end-sandbox.ts';
import { type ClusterAccess, makePlaceReady } from './make-place.ts';
import { collectionPath } from './manifest.ts';
import { decodePlace, makeNamespace, type Place } from './place.ts';
import type { PlaceWatch } from './place-watch.ts';

/** How many places of each image are kept ready. */
export interface PoolWishes {
  readonly images: readonly string[];
  /** When fewer of an image are warm, more are made. */
  readonly floor: number;
  readonly schedule: PoolSchedule;
  /** When more of an image are warm, the oldest are ended. */
  readonly ceiling: number;
}

export const emptyPool: PoolWishes = { images: [], floor: 0, schedule: [], ceiling: 0 };

/** More at once only slow each other, and the starts of those who wait. */
const MAKING_AT_ONCE = 2;
/** Made anew after this, so that nobody gets a pod of last month's image. */
const LIFE_MS = 12 * 60 * 60_000;
/** A place is not given that would be looked at as old while somebody still settles in. */
const LEAST_LIFE_MS = 10 * 60_000;
/** A cold start takes seconds; one that takes this long was left behind by a server that died. */
const STALE_MS = 180_000;
/** After a failure the cluster is left alone for a while. */
const PAUSE_MS = 30_000;
/** Time passes also when nothing changes. */
const LOOK_EVERY_MS = 15_000;
/** Several servers see the same change at once, and should not all make what is missing. */
const JITTER_MS = 250;

export interface WarmPlaces {
  /** A warm place with this image, if it is one of those that this server keeps ready, and it has not taken it before. */
  take(image: string): Place | undefined;
  /** One that was not needed after all. */
  giveBack(place: Place): void;
  /** One that is somebody's now. */
  noteGiven(place: Place): void;
}

export interface WarmPoolDeps {
  readonly cluster: ClusterAccess;
  readonly watch: PlaceWatch;
  readonly wishes: PoolWishes;
  /** True while somebody waits for a start: making places for nobody would slow it. */
  readonly isBusy: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Disposing it stops the making; what is warm stays for the next server. */
export function createWarmPool(deps: WarmPoolDeps): WarmPlaces & Disposable {
  return new WarmPool(deps);
}

class WarmPool implements WarmPlaces {
  readonly #deps: WarmPoolDeps;
  readonly #taken = new Set<string>();
  /** By id, with the image: what this server is making. */
  readonly #making = new Map<string, string>();
  readonly #ending = new Set<string>();
  readonly #closing = new AbortController();
  #next: Disposable | undefined;
  #pausedUntil = 0;

  constructor(deps: WarmPoolDeps) {
    this.#deps = deps;
    deps.watch.onChange(() => this.#lookSoon());
    void deps.watch.listed.then(
      () => this.#lookSoon(),
      () => undefined,
    );
  }

  take(image: string): Place | undefined {
    const { clock, wishes } = this.#deps;
    if (!wishes.images.includes(image)) return undefined;
    const soon = clock.now() + LEAST_LIFE_MS;
    const free = this.#warm(image).filter(({ expiresAt }) => expiresAt.getTime() > soon);
    // Not the same that another server would pick.
    const place = free.length > 0 ? free[randomInt(free.length)] : undefined;
    if (place) this.#taken.add(place.id);
    return place;
  }

  giveBack(place: Place): void {
    this.#taken.delete(place.id);
  }

  noteGiven({ createdAt }: Place): void {
    const { clock, metrics } = this.#deps;
    metrics.poolAge.observe((clock.now() - createdAt.getTime()) / 1000);
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#next?.[Symbol.dispose]();
  }

  get #places(): Place[] {
    return [...this.#deps.watch.objects.values()];
  }

  #warm(image: string): Place[] {
    return this.#places.filter((place) => isWarm(place) && place.image === image && !this.#taken.has(place.id));
  }

  #lookSoon(): void {
    this.#next?.[Symbol.dispose]();
    this.#next = this.#deps.clock.after(randomInt(JITTER_MS), () => this.#look());
  }

  #look(): void {
    const { signal } = this.#closing;
    const { api } = this.#deps.cluster;
    if (signal.aborted) return;
    for (const id of this.#taken) if (!isWarm(this.#deps.watch.objects.get(id))) this.#taken.delete(id);
    for (const place of this.#findSuperfluous()) void this.#end(place.id, () => retirePlace(api, place, signal));
    for (const image of this.#deps.wishes.images) this.#refill(image);
    this.#count();
    this.#next = this.#deps.clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  #findSuperfluous(): Place[] {
    const { clock, wishes } = this.#deps;
    const now = clock.now();
    const isOver = (place: Place) =>
      place.expiresAt.getTime() <= now ||
      (place.state === 'starting' && now - place.createdAt.getTime() > STALE_MS && !this.#making.has(place.id));
    const unclaimed = this.#places.filter(({ claim, state }) => claim === undefined && state !== 'stopping');
    // Images that only another server's labs have are that one's matter; what nobody wants any more expires.
    const ceiling = Math.max(wishes.ceiling, this.#floor);
    const beyond = wishes.images.flatMap((image) => {
      const byAge = this.#warm(image).toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
      return byAge.slice(ceiling);
    });
    return [...new Set([...unclaimed.filter(isOver), ...beyond])];
  }

  get #floor(): number {
    const { clock, wishes } = this.#deps;
    return floorAt(clock.now(), wishes.floor, wishes.schedule);
  }

  #refill(image: string): void {
    const { clock, isBusy } = this.#deps;
    const coming = this.#places.filter(
      (place) => place.image === image && place.claim === undefined && place.state === 'starting',
    );
    const ids = new Set(coming.map(({ id }) => id));
    for (const [id, made] of this.#making) if (made === image) ids.add(id);
    const missing = this.#floor - this.#warm(image).length - ids.size;
    if (missing <= 0 || isBusy() || clock.now() < this.#pausedUntil || this.#making.size >= MAKING_AT_ONCE) return;
    void this.#make(image);
    // The rest after the next look, which its namespace brings about.
  }

  #count(): void {
    const { wishes, metrics } = this.#deps;
    for (const image of wishes.images) {
      metrics.poolPlaces.set({ image, state: 'warm' }, this.#warm(image).length);
      const making = [...this.#making.values()].filter((made) => made === image);
      metrics.poolPlaces.set({ image, state: 'starting' }, making.length);
    }
  }

  async #make(image: string): Promise<void> {
    const { cluster, clock, log } = this.#deps;
    const { signal } = this.#closing;
    const id = makeId(randomBytes);
    this.#making.set(id, image);
    try {
      const createdAt = new Date(clock.now());
      const manifest = makeNamespace({ id, image, createdAt, expiresAt: new Date(createdAt.getTime() + LIFE_MS) });
      const place = decodePlace(await cluster.api.call('POST', collectionPath(manifest), { body: manifest }, signal));
      await makePlaceReady(cluster, place, { onStage: () => undefined, signal });
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error, image, pauseMs: PAUSE_MS }, 'a place for the pool could not be made');
      this.#pausedUntil = clock.now() + PAUSE_MS;
      await this.#end(id, () => endPlace(cluster.api, id, signal));
    } finally {
      this.#making.delete(id);
      this.#lookSoon();
    }
  }

  async #end(id: string, work: () => Promise<void>): Promise<void> {
    if (this.#ending.has(id)) return;
    this.#ending.add(id);
    this.#taken.add(id);
    try {
      await work();
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#deps.log.warn({ err: error }, 'a place of the pool could not be ended');
    } finally {
      this.#ending.delete(id);
    }
  }
}

function isWarm(place: Place | undefined): boolean {
  return place?.claim === undefined && place?.state === 'warm';
}
