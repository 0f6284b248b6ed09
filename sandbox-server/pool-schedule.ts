/** When more sandboxes are to be ready than usual: for a workshop, a meetup. Pure. */

export interface PoolEvent {
  readonly from: Date;
  readonly until: Date;
  readonly floor: number;
}
export type PoolSchedule = readonly PoolEvent[];

const EVENT = /^([^/]+)\/([^=]+)=(\d{1,5})$/;

/** Throws an Error that says what to write instead. */
export function parsePoolSchedule(text: string): PoolSchedule {
  return text.split(',').map((part) => {
    const [, from = '', until = '', floor = ''] = EVENT.exec(part.trim()) ?? [];
    const event = { from: new Date(from), until: new Date(until), floor: Number(floor) };
    if (!(event.from.getTime() < event.until.getTime())) {
      throw new Error(
        `"${part.trim()}" is no event. Write from when until when, and how many: 2026-11-26T17:30Z/2026-11-26T20:00Z=70.`,
      );
    }
    return event;
  });
}

/** How many are to be ready at this moment: the usual number, or what the largest event that is on asks for. */
export function floorAt(nowMs: number, usual: number, schedule: PoolSchedule): number {
  const isOn = ({ from, until }: PoolEvent) => from.getTime() <= nowMs && nowMs < until.getTime();
  return Math.max(usual, ...schedule.filter(isOn).map(({ floor }) => floor));
}
