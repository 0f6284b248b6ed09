import type { Line } from './wire.ts';

/** A letter, then the key that takes it away again: the line stays short, and so does its drawing. */
const KEY_PAIR = ['x', '\u007f'] as const;

/** Milliseconds from each key to its echo, one key after the other, each sent when the one before has come back. */
export async function measureKeys(line: Line, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const echoed = new Promise<number>((resolve) => (line.onOutput = () => resolve(performance.now())));
    const pressed = performance.now();
    line.send(KEY_PAIR[index % 2 === 0 ? 0 : 1]);
    times.push((await echoed) - pressed);
  }
  return times;
}
