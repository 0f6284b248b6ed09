/** Where a follower is: with the room, or looking at what has been. Pure. */

export interface Place {
  /** The slide that the room sees; -1 where there is none here. */
  readonly live: number;
  /** The last one that the room has seen. */
  readonly furthest: number;
  /** What this follower looks at instead; undefined while following. */
  readonly looking: number | undefined;
}

export const beginning: Place = { live: -1, furthest: -1, looking: undefined };

export function shownSlide({ live, looking }: Place): number {
  return looking ?? live;
}

/** The room has moved: who follows moves with it, who looks back stays. */
export function moveLive(place: Place, live: number): Place {
  return { ...place, live, furthest: Math.max(place.furthest, live) };
}

/** The last slide that may be looked at. */
export function lastOpen({ furthest }: Place, count: number, mayLookAhead: boolean): number {
  return mayLookAhead ? count - 1 : furthest;
}

/** One slide back or on, never beyond `last`; back on the room's slide one follows again. */
export function step(place: Place, by: -1 | 1, last: number): Place {
  const wanted = Math.min(Math.max(shownSlide(place) + by, 0), Math.max(last, 0));
  return { ...place, looking: wanted === place.live ? undefined : wanted };
}

export function returnToLive(place: Place): Place {
  return { ...place, looking: undefined };
}
