/** Whose turn it is when room is kept for some of those who wait: first come first, each within what is kept for them. Pure. */

/** So many sandboxes at once for those who bear this label. */
export interface KeptRoom {
  readonly label: string;
  readonly count: number;
}

export interface RoomFacts {
  /** Sandboxes at once, of all. */
  readonly limit: number;
  /** The label of each sandbox that has room. */
  readonly inside: readonly string[];
  readonly kept: readonly KeptRoom[];
}

export interface Waiter {
  readonly id: string;
  readonly label: string;
}

export interface Turn {
  readonly id: string;
  /** How many sandboxes must end first; with 0 it is their turn now. */
  readonly endsNeeded: number;
}

/**
 * All who wait, in the order in which they will get room if others end and nobody comes: whoever came first goes first,
 * but not into room that is kept for others. Those for whom room is kept have no advantage beyond it.
 */
export function orderTurns(waiters: readonly Waiter[], { limit, inside, kept }: RoomFacts): readonly Turn[] {
  /** What of the kept room is still to be had, by label. */
  const unused = new Map<string, number>();
  for (const { label, count } of kept) unused.set(label, (unused.get(label) ?? 0) + count);
  const take = (label: string) => {
    const left = unused.get(label);
    if (left) unused.set(label, left - 1);
  };
  for (const label of inside) take(label);

  // Only the first of each label can be next. All for whom nothing is kept stand in one queue.
  const queueOf = (label: string) => (unused.has(label) ? label : undefined);
  const inOrder = waiters.map(({ id, label }, place) => ({ id, label, place }));
  const queues = Map.groupBy(inOrder.toReversed(), ({ label }) => queueOf(label));
  const turns: Turn[] = [];
  let free = limit - inside.length;
  let endsNeeded = 0;
  while (turns.length < waiters.length) {
    const keptForAll = [...unused.values()].reduce((sum, left) => sum + left, 0);
    const mayEnter = ({ label }: Waiter) => free > keptForAll - (unused.get(label) ?? 0);
    const heads = [...queues.values()].flatMap((queue) => queue.at(-1) ?? []);
    const next = heads.filter(mayEnter).toSorted((a, b) => a.place - b.place)[0];
    if (next) {
      queues.get(queueOf(next.label))?.pop();
      take(next.label);
      turns.push({ id: next.id, endsNeeded });
      free -= 1;
    } else {
      free += 1;
      endsNeeded += 1;
    }
  }
  return turns;
}
