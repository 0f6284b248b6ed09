/** Figures as they are printed and judged. */

/** The value below which `share` of the values lie; nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('There is no percentile of nothing.');
  return value;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The most that it may be, or the least; none for what is only told. */
  readonly limit?: number;
  readonly isLeast?: boolean;
}

/** Prints one line a figure; false when one is beyond its limit. */
export function reportFigures(figures: readonly Figure[]): boolean {
  for (const { name, value, unit, limit } of figures) {
    const compared = limit === undefined ? '' : ` (limit ${limit})`;
    process.stdout.write(`figure: ${name} ${value.toFixed(2)} ${unit}${compared}\n`);
  }
  return figures.every(({ value, limit = value, isLeast = false }) => (isLeast ? value >= limit : value <= limit));
}
