/**
 * Watches every place of a cluster from beside it, and notes what must never be: one that lives two minutes past its
 * time, one that is given to two, two that are given to one.
 */
import pino from 'pino';
import type { ApiClient } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import type { Place } from '../../sandbox-server/driver/kubernetes/place.ts';
import { watchPlaces } from '../../sandbox-server/driver/kubernetes/place-watch.ts';

/** Of the design: none is alive after that, whatever was killed when. */
export const PAST_EXPIRY_MS = 120_000;
/** Time passes also when nothing changes. */
const LOOK_EVERY_MS = 1000;

export interface PlaceLedger extends Disposable {
  /** As they are now. */
  readonly places: readonly Place[];
  /** What must never be and was, in words. */
  readonly broken: ReadonlySet<string>;
  /** Resolves when it is so; rejects with `what` after the limit. */
  until(isSo: (places: readonly Place[]) => boolean, what: string, limitMs: number): Promise<void>;
}

export function createPlaceLedger(api: ApiClient): PlaceLedger {
  return new Ledger(api);
}

class Ledger implements PlaceLedger {
  readonly broken = new Set<string>();
  readonly #watch;
  readonly #ticking: NodeJS.Timeout;
  readonly #waiting = new Set<() => void>();
  /** By the uid of the place: those whose it was. */
  readonly #holders = new Map<string, Set<string>>();

  constructor(api: ApiClient) {
    // It is cut off again and again here, and says so each time.
    this.#watch = watchPlaces(api, pino({ level: 'silent' }));
    this.#watch.onChange(() => this.#look());
    this.#ticking = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  get places(): readonly Place[] {
    return [...this.#watch.objects.values()];
  }

  async until(isSo: (places: readonly Place[]) => boolean, what: string, limitMs: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const check = () => isSo(this.places) && resolve();
    const limit = setTimeout(() => {
      const left = this.places.map(({ id, state, claim }) => `${id} ${state} ${claim?.id ?? 'nobody’s'}`);
      reject(new Error(`Not after ${limitMs} ms: ${what}; there are ${left.join(', ')}`));
    }, limitMs);
    this.#waiting.add(check);
    check();
    await promise.finally(() => {
      clearTimeout(limit);
      this.#waiting.delete(check);
    });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticking);
    this.#watch[Symbol.dispose]();
  }

  #look(): void {
    const places = this.places;
    for (const place of places) this.#lookAt(place);
    const claimed = places.filter(({ state }) => state !== 'stopping').flatMap(({ claim }) => claim?.id ?? []);
    for (const id of claimed)
      if (claimed.indexOf(id) !== claimed.lastIndexOf(id)) this.broken.add(`sandbox ${id} has two places`);
    for (const check of [...this.#waiting]) check();
  }

  #lookAt({ id, uid, claim, expiresAt }: Place): void {
    const pastMs = Date.now() - expiresAt.getTime();
    if (pastMs > PAST_EXPIRY_MS) this.broken.add(`place ${id} is there ${PAST_EXPIRY_MS / 1000} s past its time`);
    if (claim === undefined) return;
    const holders = this.#holders.get(uid) ?? new Set();
    this.#holders.set(uid, holders.add(claim.id));
    if (holders.size > 1) this.broken.add(`place ${id} was given to ${[...holders].join(' and ')}`);
  }
}
