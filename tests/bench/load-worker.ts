/**
 * A room at its terminals, in a process of its own: some people type, some let `yes` run. Their browsers are not on the
 * server's machine, so this process yields to it, and takes of a flood what it is told to.
 */
import { setPriority } from 'node:os';
import { makePodiumWire, type PodiumWireOptions } from './podium-wire.ts';
import { type Heard, type Line, openLine } from './wire.ts';

export interface LoadOrder {
  readonly typing: readonly PodiumWireOptions[];
  readonly flooding: readonly PodiumWireOptions[];
  /** What each flooded page draws. */
  readonly floodBytesPerSecond: number;
}

/** Five keys a second are sixty words a minute. */
const KEY_EVERY_MS = 200;
const NICENESS = 10;
/** As a page draws: a bit for each frame of the screen. */
const FRAME_MS = 16;

setPriority(NICENESS);
process.once('message', (order) => void work(order as LoadOrder));
process.once('disconnect', () => process.exit(0));

async function work({ typing, flooding, floodBytesPerSecond }: LoadOrder): Promise<void> {
  // All at once: what admits them is good for half a minute.
  const [writers, floods] = await Promise.all([
    Promise.all(typing.map((options) => openLine(makePodiumWire(options)))),
    Promise.all(flooding.map((options) => openSlowLine(options, floodBytesPerSecond))),
  ]);
  for (const line of writers) setTimeout(() => typeForEver(line), Math.random() * KEY_EVERY_MS);
  for (const line of floods) line.send('yes\r');
  process.send?.('ready');
}

function typeForEver(line: Line): void {
  let keys = 0;
  setInterval(() => line.send((keys += 1) % 2 === 1 ? 'x' : '\u007f'), KEY_EVERY_MS);
}

/** Acknowledges no more a second than a page draws, which is what holds the shell back. */
async function openSlowLine(options: PodiumWireOptions, bytesPerSecond: number): Promise<Line> {
  const wire = makePodiumWire(options);
  const undrawn: Heard[] = [];
  const read = (...message: Parameters<typeof wire.read>): Heard => {
    const heard = wire.read(...message);
    undrawn.push(heard);
    return { outputBytes: heard.outputBytes };
  };
  const line = await openLine({ ...wire, read });
  let allowance = 0;
  setInterval(() => {
    allowance = Math.min(allowance + (bytesPerSecond * FRAME_MS) / 1000, bytesPerSecond);
    while (allowance > 0 && undrawn.length > 0) {
      const { reply, outputBytes } = undrawn.shift() as Heard;
      if (reply !== undefined) line.reply(reply);
      allowance -= outputBytes;
    }
  }, FRAME_MS);
  return line;
}
