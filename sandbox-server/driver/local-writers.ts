/** Who types into a terminal: one attachment, by rules that leave no doubt. */
import type { Role, Writer } from '../protocol/frames.ts';

export interface Candidate {
  readonly client: string;
  readonly device: string;
  readonly wish: 'write' | 'view';
}

export interface WriterSeat<A extends Candidate> {
  /** The one who types; undefined while the place is free, or kept for somebody who was cut off. */
  readonly current: A | undefined;
  /** What is shown of who types; also while the place is kept. */
  readonly writer: Writer;
  roleOf(candidate: A): Role;
  /** Writes if it wishes to and the place is free, or its own tab's (a reload). True if the writer is another now. */
  join(candidate: A): boolean;
  take(candidate: A): boolean;
  /** True if this was the writer: its place is kept for its tab until it is released. */
  leave(candidate: A): boolean;
  /** Gives a kept place to the one who wished to write first. True if it was still kept. */
  release(): boolean;
}

/** `now` gives milliseconds since 1970. */
export function createWriterSeat<A extends Candidate>(now: () => number): WriterSeat<A> {
  const present = new Set<A>();
  let owner: A | undefined;
  let since = 0;
  const isKept = () => owner !== undefined && !present.has(owner);

  function seat(candidate: A | undefined): boolean {
    if (candidate === owner) return false;
    // The same tab after a reload has been writing all the time.
    if (candidate?.client !== owner?.client) since = now();
    owner = candidate;
    return true;
  }

  return {
    get current() {
      return isKept() ? undefined : owner;
    },
    get writer() {
      return owner ? { device: owner.device, since } : null;
    },
    roleOf: (candidate) => (candidate === owner ? 'writer' : 'viewer'),
    join(candidate) {
      present.add(candidate);
      const isItsOwn = owner === undefined || owner.client === candidate.client;
      return candidate.wish === 'write' && isItsOwn ? seat(candidate) : false;
    },
    take: (candidate) => present.has(candidate) && seat(candidate),
    leave: (candidate) => present.delete(candidate) && candidate === owner,
    release: () => isKept() && seat([...present].find(({ wish }) => wish === 'write')),
  };
}
