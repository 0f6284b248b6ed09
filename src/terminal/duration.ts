/** Durations as people say them, in any language that the browser knows. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** Below this a duration is said in seconds: "90 seconds" still means something to a reader, "200 seconds" does not. */
const SECONDS_BELOW_MS = 90 * SECOND_MS;

export type DurationStyle = 'long' | 'short';

/** "2 hours", "1 hour 10 minutes", "52 minutes", "40 seconds" (short: "52 min"): rounded, and never below a second. */
export function sayDuration(durationMs: number, language: string, style: DurationStyle = 'long'): string {
  const unit = (value: number, name: 'second' | 'minute' | 'hour'): string =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: style }).format(value);
  if (durationMs < SECONDS_BELOW_MS) return unit(Math.max(1, Math.ceil(durationMs / SECOND_MS)), 'second');
  const minutes = Math.round(durationMs / MINUTE_MS);
  const hours = Math.floor((minutes * MINUTE_MS) / HOUR_MS);
  const rest = minutes - hours * 60;
  if (hours === 0) return unit(minutes, 'minute');
  if (rest === 0) return unit(hours, 'hour');
  return `${unit(hours, 'hour')} ${unit(rest, 'minute')}`;
}
