/** One run for all who ask for the same at once; it is cancelled when the last of them has gone. */

export interface SharedFlights<Progress, Result> {
  /**
   * Joins the run under way for `key`, or begins one. `onProgress` first gets the latest progress, then what follows.
   * An abort of `signal` rejects for this caller alone.
   */
  join(key: string, caller: Caller<Progress>, run: Run<Progress, Result>): Promise<Result>;
}

export interface Caller<Progress> {
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

export type Run<Progress, Result> = (onProgress: (progress: Progress) => void, signal: AbortSignal) => Promise<Result>;

interface Flight<Progress, Result> {
  readonly result: Promise<Result>;
  readonly callers: Set<Caller<Progress>>;
  readonly controller: AbortController;
  latest?: { readonly progress: Progress };
}

export function createSharedFlights<Progress, Result>(): SharedFlights<Progress, Result> {
  const flights = new Map<string, Flight<Progress, Result>>();

  function begin(key: string, run: Run<Progress, Result>): Flight<Progress, Result> {
    const controller = new AbortController();
    const callers = new Set<Caller<Progress>>();
    const onProgress = (progress: Progress) => {
      flight.latest = { progress };
      for (const caller of callers) caller.onProgress(progress);
    };
    // Begun in the next turn, so that the first progress finds its callers.
    const result = Promise.resolve().then(() => run(onProgress, controller.signal));
    const flight: Flight<Progress, Result> = { result, callers, controller };
    flights.set(key, flight);
    const land = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    result.then(land, land);
    return flight;
  }

  return {
    async join(key, caller, run) {
      caller.signal.throwIfAborted();
      const underWay = flights.get(key);
      // One that everybody has left is only clearing up: whoever comes now wants a new one, after it.
      if (underWay?.controller.signal.aborted) {
        await underWay.result.catch(() => undefined);
        return this.join(key, caller, run);
      }
      const flight = underWay ?? begin(key, run);
      if (flight.latest) caller.onProgress(flight.latest.progress);
      flight.callers.add(caller);
      return new Promise((resolve, reject) => {
        const leave = () => {
          flight.callers.delete(caller);
          if (flight.callers.size === 0) flight.controller.abort(caller.signal.reason);
          // The last one stays until what was begun is taken away again.
          if (flight.callers.size > 0) reject(caller.signal.reason as Error);
        };
        caller.signal.addEventListener('abort', leave, { once: true });
        flight.result.then(resolve, reject).finally(() => caller.signal.removeEventListener('abort', leave));
      });
    },
  };
}
