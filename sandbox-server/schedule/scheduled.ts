/** Settings that hold for a time: `2026-11-26T17:30Z/2026-11-26T20:00Z=…`, several with commas between. Pure. */

export interface Span {
  readonly from: Date;
  readonly until: Date;
}

const SCHEDULED = /^([^/]+)\/([^=]+)=(.+)$/;

/**
 * What `read` makes of the part after each "=". Throws an Error with `advice` where it makes nothing of one, or where
 * the times are none or the wrong way round.
 */
export function parseScheduled<T extends object>(
  text: string,
  read: (value: string) => T | undefined,
  advice: string,
): readonly (Span & T)[] {
  return text.split(',').map((part) => {
    const [, from = '', until = '', value = ''] = SCHEDULED.exec(part.trim()) ?? [];
    const span = { from: new Date(from), until: new Date(until) };
    const what = read(value);
    if (what && span.from.getTime() < span.until.getTime()) return { ...span, ...what };
    throw new Error(`"${part.trim()}" cannot be read. ${advice}`);
  });
}

export function isOn({ from, until }: Span, nowMs: number): boolean {
  return from.getTime() <= nowMs && nowMs < until.getTime();
}
