/** Lets nobody in before it is proved that learners are kept apart, and goes on trying where that failed. */
import { PodiumError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { withSignal } from '../../with-signal.ts';
import { findGaps, type Isolation, isolationLayers, type LayerReport, layerStates } from '../isolation.ts';

/** What is missing is put in place by a person; a node that was full or not yet there comes by itself. */
const RETRY_MS = 30_000;
/** A node names an image some seconds after it has it, so the first look again is soon; after that, somebody must bring it. */
const LOOK_AGAIN_MS = 5 * 60_000;

export interface IsolationGuard extends Isolation, AsyncDisposable {
  /** Whether learners may be let in now. */
  readonly isOpen: boolean;
  /** Waits for the first proof; throws `isolation_unproved` where it failed, until a later one has not. */
  permit(signal: AbortSignal): Promise<void>;
}

export interface IsolationGuardDeps {
  /** Throws where nothing can be said. */
  readonly prove: (signal: AbortSignal) => Promise<readonly LayerReport[]>;
  /** The operator lets learners in whatever comes out, and before. */
  readonly allowUnproved: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'isolationLayers'>;
}

/** Begins at once. Disposing it ends what it is at, and waits until that has left nothing behind. */
export function createIsolationGuard(deps: IsolationGuardDeps): IsolationGuard {
  return new Guard(deps);
}

class Guard implements IsolationGuard {
  report: readonly LayerReport[] = [];
  readonly #deps: IsolationGuardDeps;
  readonly #closing = new AbortController();
  readonly #first: Promise<void>;
  #trying: Promise<void>;
  #tries = 0;
  #failure: unknown;
  #next: Disposable | undefined;

  constructor(deps: IsolationGuardDeps) {
    this.#deps = deps;
    this.#first = this.#prove();
    this.#trying = this.#first;
  }

  get isOpen(): boolean {
    return this.#deps.allowUnproved || findGaps(this.report).length === 0;
  }

  get isBroken(): boolean {
    return !this.#deps.allowUnproved && findGaps(this.report).some(({ state }) => state === 'missing');
  }

  /** Until another look; undefined where all is said. */
  get #pauseMs(): number | undefined {
    // Who is let in all the same does not wait for it.
    if (findGaps(this.report).length > 0) return this.#deps.allowUnproved ? LOOK_AGAIN_MS : RETRY_MS;
    if (this.report.some(({ layer, state }) => layer === 'outer_wall' && state === 'not_checked')) return LOOK_AGAIN_MS;
    const lacksImages = this.report.some(({ layer, state }) => layer === 'lab_images' && state === 'missing');
    if (!lacksImages) return undefined;
    return this.#tries === 1 ? RETRY_MS : LOOK_AGAIN_MS;
  }

  async permit(signal: AbortSignal): Promise<void> {
    if (this.#deps.allowUnproved) return;
    await withSignal(this.#first, signal);
    if (!this.isOpen) throw new PodiumError('isolation_unproved', { cause: this.#failure });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#next?.[Symbol.dispose]();
    await this.#trying;
  }

  async #prove(): Promise<void> {
    const { prove, clock, log } = this.#deps;
    const { signal } = this.#closing;
    try {
      this.#note(await prove(signal));
    } catch (error) {
      if (signal.aborted) return;
      this.#failure = error;
      log.warn({ err: error, retryMs: RETRY_MS }, 'how learners are kept apart could not be looked at');
    }
    this.#tries += 1;
    const pauseMs = this.#pauseMs;
    if (pauseMs === undefined) return;
    this.#next = clock.after(pauseMs, () => {
      this.#trying = this.#prove();
    });
  }

  #note(report: readonly LayerReport[]): void {
    const { log, metrics, allowUnproved } = this.#deps;
    // Said again only where something has changed.
    const isNews = JSON.stringify(report) !== JSON.stringify(this.report);
    this.report = report;
    this.#failure = undefined;
    for (const layer of isolationLayers) {
      const found = report.find((each) => each.layer === layer)?.state ?? 'not_checked';
      for (const state of layerStates) metrics.isolationLayers.set({ layer, state }, state === found ? 1 : 0);
    }
    if (!isNews) return;
    const gaps = findGaps(report);
    // What could not be tried for lack of another would only hide that one.
    const missing = gaps.filter(({ state }) => state === 'missing');
    for (const { layer, state, because } of missing.length > 0 ? missing : gaps) {
      const facts = { layer, state, because };
      if (allowUnproved) log.warn(facts, 'learners are let in although a layer between them is not proved');
      else log.error(facts, 'no learner is let in: a layer between them is not proved');
    }
    const lacking = report.filter((each) => each.state === 'missing' && !gaps.includes(each));
    for (const { layer, because } of lacking) log.warn({ layer, because }, 'the cluster lacks something for labs');
    const layers = Object.fromEntries(report.map(({ layer, state }) => [layer, state]));
    if (gaps.length === 0) log.info({ layers }, 'learners are kept apart');
  }
}
