/** When more sandboxes are to be ready than usual: for a workshop, a meetup. Pure. */
import { isOn, parseScheduled, type Span } from './scheduled.ts';

export interface PoolEvent extends Span {
  readonly floor: number;
}
export type PoolSchedule = readonly PoolEvent[];

const FLOOR = /^\d{1,5}$/;

/** Throws an Error that says what to write instead. */
export function parsePoolSchedule(text: string): PoolSchedule {
  return parseScheduled(
    text,
    (value) => (FLOOR.test(value) ? { floor: Number(value) } : undefined),
    'Write from when until when, and how many: 2026-11-26T17:30Z/2026-11-26T20:00Z=70.',
  );
}

/** How many are to be ready at this moment: the usual number, or what the largest event that is on asks for. */
export function floorAt(nowMs: number, usual: number, schedule: PoolSchedule): number {
  return Math.max(usual, ...schedule.filter((event) => isOn(event, nowMs)).map(({ floor }) => floor));
}
