/** One stream of events for the whole page, however many terminals it has: browsers open only six connections to a server. */
import { event, type PodiumEvent } from '../../sandbox-server/protocol/sandbox.ts';

/** The browser retries by itself after a cut, but not after an error status (a proxy's 502 while the server restarts). */
const REOPEN_AFTER_MS = 3_000;

export interface EventListeners {
  readonly onEvent: (event: PodiumEvent) => void;
  /** The stream is open, for the first time or again after a cut: what happened before must be asked for. */
  readonly onOpened: () => void;
}

const listeners = new Set<EventListeners>();
let source: EventSource | undefined;

/** Listens until the returned function is called. */
export function listenToEvents(listener: EventListeners): () => void {
  listeners.add(listener);
  if (source === undefined) openSource();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    source?.close();
    source = undefined;
  };
}

function openSource(): void {
  const opened = new EventSource('/api/events');
  source = opened;
  for (const type of ['cluster', 'sandbox'] as const) {
    opened.addEventListener(type, (message: MessageEvent<string>) => tell(message.data));
  }
  opened.addEventListener('open', () => {
    for (const listener of listeners) listener.onOpened();
  });
  opened.addEventListener('error', () => {
    if (opened.readyState === EventSource.CLOSED) setTimeout(() => source === opened && openSource(), REOPEN_AFTER_MS);
  });
}

function tell(data: string): void {
  const decoded = event.safeParse(JSON.parse(data));
  if (!decoded.success) return;
  for (const listener of listeners) listener.onEvent(decoded.data);
}
