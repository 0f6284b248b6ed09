/** Room that is kept for some of those who come: for a class, while everybody else uses the same site. Pure. */
import { isOn, parseScheduled, type Span } from './scheduled.ts';

export interface Reservation extends Span {
  /** Whom it is for: those who start a sandbox of this lab. */
  readonly label: string;
  /** Sandboxes at once. */
  readonly count: number;
}
export type Reservations = readonly Reservation[];

const COUNT_FOR_LABEL = /^([1-9]\d{0,4}):([a-z0-9][a-z0-9-]*)$/;

/** Throws an Error that says what to write instead. */
export function parseReservations(text: string): Reservations {
  return parseScheduled(
    text,
    (value) => {
      const [, count, label] = COUNT_FOR_LABEL.exec(value) ?? [];
      return label === undefined ? undefined : { label, count: Number(count) };
    },
    'Write from when until when, how many and of which lab: 2026-11-26T17:30Z/2026-11-26T20:00Z=30:first-steps.',
  );
}

/** Most rooms that are kept at one moment. */
export function mostReserved(reservations: Reservations): number {
  const keptAt = (at: number) =>
    reservations.filter((each) => isOn(each, at)).reduce((sum, { count }) => sum + count, 0);
  return Math.max(0, ...reservations.map(({ from }) => keptAt(from.getTime())));
}
