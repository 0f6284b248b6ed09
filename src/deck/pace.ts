/** How a talk stands against its plan: the seconds that each slide's `data-timing` gives it, against the clock. */

export type Pace =
  /** No slide has a timing. */
  | { readonly kind: 'none' }
  | { readonly kind: 'onTime' }
  /** So many seconds too early on this slide, or too late. */
  | { readonly kind: 'ahead' | 'behind'; readonly seconds: number };

/** Less than this is no news to who speaks. */
const TOLERANCE_SECONDS = 10;

/** On time is any moment between the planned begin and end of the slide; a slide without a timing has no length. */
export function paceAt(timings: readonly (number | undefined)[], index: number, elapsedSeconds: number): Pace {
  if (timings.every((timing) => timing === undefined)) return { kind: 'none' };
  const begin = sum(timings.slice(0, index));
  const end = begin + (timings[index] ?? 0);
  const [early, late] = [begin - elapsedSeconds, elapsedSeconds - end];
  if (early > TOLERANCE_SECONDS) return { kind: 'ahead', seconds: early };
  if (late > TOLERANCE_SECONDS) return { kind: 'behind', seconds: late };
  return { kind: 'onTime' };
}

/** The seconds that all slides together are planned for. */
export function sum(timings: readonly (number | undefined)[]): number {
  return timings.reduce<number>((total, timing) => total + (timing ?? 0), 0);
}

/** "1:05", "1:02:07": as a clock says it. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, place) => (place === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}
