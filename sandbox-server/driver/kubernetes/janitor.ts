/**
 * The janitor ends what is past its time and clears what holds a namespace, whether a server is there or not.
 * It knows nothing but what is on record in the cluster, and does nothing twice that was done once.
 */
import type { Logger } from 'pino';
import type { Clock } from '../../clock.ts';
import { type ApiClient, isRefusal } from './api-client.ts';
import { endPods, readWhatHolds, removeFinalizers } from './clear-place.ts';
import { orderEnd } from './end-sandbox.ts';
import { type Duty, findDuty } from './janitor-duties.ts';
import { clearLeftBehind } from './left-behind.ts';
import { learnerNamespace } from './names.ts';
import type { Place } from './place.ts';
import type { PlaceWatch } from './place-watch.ts';

const LOOK_EVERY_MS = 5000;
/** Claims and shell pods that are left behind take nobody's room: they are looked for less often. */
const SWEEP_EVERY_MS = 60_000;
/** So many at once that a class which ends together is gone within the minute, and its cluster still answers others. */
const AT_ONCE = 8;

export interface JanitorDeps {
  readonly api: ApiClient;
  readonly watch: PlaceWatch;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Looks every few seconds until it is disposed. */
export function createJanitor(deps: JanitorDeps): Disposable {
  return new Janitor(deps);
}

class Janitor implements Disposable {
  readonly #deps: JanitorDeps;
  readonly #closing = new AbortController();
  /** What was said once to hold a place; it is not said again. */
  readonly #reported = new Set<string>();
  #next: Disposable | undefined;
  #sweptAt = 0;

  constructor(deps: JanitorDeps) {
    this.#deps = deps;
    void deps.watch.listed.then(
      () => this.#look(),
      () => undefined,
    );
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#next?.[Symbol.dispose]();
  }

  async #look(): Promise<void> {
    const { watch, clock, log } = this.#deps;
    const places = [...watch.objects.values()];
    const duties = places.map((place) => ({ place, duty: findDuty(place, clock.now()) }));
    const due = duties.filter(({ duty }) => duty !== 'none');
    for (let first = 0; first < due.length && !this.#closing.signal.aborted; first += AT_ONCE) {
      await Promise.all(due.slice(first, first + AT_ONCE).map(({ place, duty }) => this.#try(place, duty)));
    }
    for (const id of this.#reported) if (!watch.objects.has(id)) this.#reported.delete(id);
    await this.#sweep().catch((error: unknown) => {
      if (!this.#closing.signal.aborted) log.warn({ err: error }, 'what is left behind could not be looked for');
    });
    if (!this.#closing.signal.aborted) this.#next = clock.after(LOOK_EVERY_MS, () => void this.#look());
  }

  async #try(place: Place, duty: Duty): Promise<void> {
    try {
      await (duty === 'end' ? this.#end(place) : this.#clear(place, duty === 'force'));
    } catch (error) {
      if (this.#closing.signal.aborted || isRefusal(error, 404)) return;
      this.#deps.log.warn({ err: error, place: place.id, duty }, 'a place could not be cleared; it is tried again');
    }
  }

  async #end(place: Place): Promise<void> {
    const { api, log } = this.#deps;
    const { signal } = this.#closing;
    if (!(await orderEnd(api, place, signal))) return;
    log.info(
      { place: place.id, sandbox: place.claim?.id, expiresAt: place.expiresAt },
      'a place past its time is ended',
    );
    await endPods(api, { placeId: place.id, graceSeconds: 1 }, signal);
  }

  async #clear(place: Place, isForced: boolean): Promise<void> {
    const { api, log } = this.#deps;
    const { signal } = this.#closing;
    await endPods(api, { placeId: place.id, graceSeconds: isForced ? 0 : 1 }, signal);
    await removeFinalizers(api, place.id, signal);
    if (!isForced || this.#reported.has(place.id)) return;
    this.#reported.add(place.id);
    const holds = await readWhatHolds(api, place.id, signal);
    log.error({ namespace: learnerNamespace(place.id), holds }, 'a namespace does not end');
  }

  async #sweep(): Promise<void> {
    const { api, watch, clock } = this.#deps;
    if (clock.now() - this.#sweptAt < SWEEP_EVERY_MS) return;
    this.#sweptAt = clock.now();
    await clearLeftBehind(api, { places: watch.objects, now: clock.now() }, this.#closing.signal);
  }
}
