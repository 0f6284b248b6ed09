/** Who types into a terminal: one attachment, by rules that leave no doubt. */
import type { Role, Writer } from '../protocol/frames.ts';

export interface Candidate {
  readonly client: string;
  readonly device: string;
  readonly wish: 'write' | 'view';
}

export interface WriterSeat<A extends Candidate> {
  readonly current: A | undefined;
  /** What is shown of who types. */
  readonly writer: Writer;
  roleOf(candidate: A): Role;
  /** Writes if it wishes to and nobody does, or if its own tab did before (a reload). True if the writer is another now. */
  join(candidate: A): boolean;
  take(candidate: A): boolean;
  /** The one who wished to write first follows a writer who goes. */
  leave(candidate: A): boolean;
}

/** `now` gives milliseconds since 1970. */
export function createWriterSeat<A extends Candidate>(now: () => number): WriterSeat<A> {
  const present = new Set<A>();
  let current: A | undefined;
  let since = 0;

  function seat(candidate: A | undefined): boolean {
    if (candidate === current) return false;
    // The same tab after a reload has been writing all the time.
    if (candidate?.client !== current?.client) since = now();
    current = candidate;
    return true;
  }

  return {
    get current() {
      return current;
    },
    get writer() {
      return current ? { device: current.device, since } : null;
    },
    roleOf: (candidate) => (candidate === current ? 'writer' : 'viewer'),
    join(candidate) {
      present.add(candidate);
      const isFree = current === undefined || current.client === candidate.client;
      return candidate.wish === 'write' && isFree ? seat(candidate) : false;
    },
    take: (candidate) => present.has(candidate) && seat(candidate),
    leave(candidate) {
      present.delete(candidate);
      return candidate === current && seat([...present].find(({ wish }) => wish === 'write'));
    },
  };
}
