/** Scripts with their variables. Pure. */
import type { Values } from './attack.ts';

/** `$NAME` in a text, for what has a value; what has none is left to the shell. */
export function fill(text: string, values: Values): string {
  return text.replace(/\$\{?([A-Z][A-Z_]*)\}?/g, (whole, name: string) => values[name] ?? whole);
}

/** Values of values are filled in; the script itself reads them as variables of its environment. */
export function fillValues(values: Values, places: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fill(value, places)]));
}

/** A script for bash that knows the values. */
export function composeScript(script: string, values: Values): string {
  const exports = Object.entries(values).map(([name, value]) => `export ${name}=${quote(value)}`);
  return [...exports, script, ''].join('\n');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
