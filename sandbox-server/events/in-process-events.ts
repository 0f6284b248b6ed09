import type { EventListener, Events, HeardEvent } from './events.ts';

export interface Listeners {
  readonly tell: (event: HeardEvent) => void;
  readonly subscribe: (listener: EventListener) => Disposable;
}

export function createListeners(): Listeners {
  const listeners = new Set<EventListener>();
  return {
    tell(event) {
      for (const listener of [...listeners]) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
  };
}

/** For a server that is alone. */
export function createInProcessEvents(): Events {
  const { tell, subscribe } = createListeners();
  return { publish: tell, subscribe, [Symbol.asyncDispose]: () => Promise.resolve() };
}
