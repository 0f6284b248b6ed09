/** Results for a reader: one line for each attack, and a last one that counts. Pure. */
import type { Result } from './attack.ts';

const SAID_CHARACTERS = 600;

export function describeResult({ attack, outcome, said }: Result): string {
  const layers = attack.layers.map(({ name }) => name).join(' + ');
  const line = `${outcome.padEnd(8)}  ${attack.name}  [${layers}]`;
  return outcome === 'stopped'
    ? line
    : `${line}\n          ${said.trim().slice(-SAID_CHARACTERS).replaceAll('\n', '\n          ')}`;
}

export function makeTable(results: readonly Result[]): string {
  const classes = [...new Set(results.map(({ attackClass }) => attackClass))];
  const parts = classes.map((name) => {
    const own = results.filter(({ attackClass }) => attackClass === name);
    return `\n${name}: ${own.length}\n${own.map((result) => `  ${describeResult(result)}\n`).join('')}`;
  });
  return `${parts.join('')}\n${countResults(results)}\n`;
}

/** `attacks: N tried, M through`; what could not be judged is no success either. */
export function countResults(results: readonly Result[]): string {
  const count = (wanted: Result['outcome']) => results.filter(({ outcome }) => outcome === wanted).length;
  const unclear = count('unclear');
  return `${unclear > 0 ? `${unclear} could not be judged\n` : ''}attacks: ${results.length} tried, ${count('through')} through`;
}
