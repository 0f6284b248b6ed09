/** How many follow a showing, at all servers together: each says how many it has, now and then. */
import type { Clock } from '../clock.ts';
import type { Events, SharedEvent } from '../events/events.ts';
import { BEAT_MS } from '../protocol/showing.ts';

/** A room that comes in is not worth a message for each head. */
const SAY_AFTER_MS = 500;
/** A server that has not repeated its count for so long is gone. */
const STALE_MS = 2.5 * BEAT_MS;

export interface FollowerCounts extends Disposable {
  set(code: string, count: number): void;
  hear(event: Extract<SharedEvent, { type: 'showing-followers' }>): void;
  /** Says all counts again, for servers that have come since. */
  repeat(): void;
  total(code: string): number;
}

export interface FollowerCountsDeps {
  readonly events: Events;
  readonly clock: Clock;
  /** Tells the servers apart. */
  readonly server: string;
}

export function createFollowerCounts(
  { events, clock, server }: FollowerCountsDeps,
  onChange: (code: string, count: number) => void,
): FollowerCounts {
  const own = new Map<string, number>();
  const others = new Map<string, Map<string, { count: number; at: number }>>();
  const saying = new Map<string, Disposable>();

  const say = (code: string) => {
    saying.delete(code);
    const count = own.get(code) ?? 0;
    if (count === 0) own.delete(code);
    events.publish({ type: 'showing-followers', code, server, count });
  };
  const total = (code: string) => {
    const elsewhere = [...(others.get(code)?.values() ?? [])].filter(({ at }) => clock.now() - at < STALE_MS);
    return elsewhere.reduce((sum, { count }) => sum + count, own.get(code) ?? 0);
  };

  return {
    set(code, count) {
      own.set(code, count);
      if (!saying.has(code))
        saying.set(
          code,
          clock.after(SAY_AFTER_MS, () => say(code)),
        );
    },
    hear({ code, server: from, count }) {
      if (from !== server) {
        const known = others.get(code) ?? new Map<string, { count: number; at: number }>();
        if (count > 0) others.set(code, known.set(from, { count, at: clock.now() }));
        else if (known.delete(from) && known.size === 0) others.delete(code);
      }
      onChange(code, total(code));
    },
    repeat() {
      for (const code of own.keys()) if (!saying.has(code)) say(code);
      for (const [code, known] of others) {
        for (const [from, { at }] of known) if (clock.now() - at >= STALE_MS) known.delete(from);
        if (known.size === 0) others.delete(code);
      }
    },
    total,
    [Symbol.dispose]() {
      for (const timer of saying.values()) timer[Symbol.dispose]();
    },
  };
}
