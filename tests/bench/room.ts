/** Many sandboxes at once, for figures of a full room. */
import { Browser } from '../server/browser.ts';
import type { PodiumWireOptions } from './podium-wire.ts';

/** More starts at once only wait for each other on two cores. */
const STARTS_AT_ONCE = 4;

export interface Seat {
  readonly browser: Browser;
  readonly sandboxId: string;
  readonly namespace: string;
}

/** Starts a sandbox for each of `count` new people; what was started is ended with the stack that the caller disposes. */
export async function fillRoom(
  origin: string,
  lab: string,
  count: number,
  stack: AsyncDisposableStack,
): Promise<Seat[]> {
  const seats: Seat[] = [];
  stack.defer(async () => void (await Promise.all(seats.map(({ browser, sandboxId }) => browser.end(sandboxId)))));
  const startNext = async () => {
    const browser = new Browser(origin);
    const { id, namespace } = await browser.startAndWait(lab);
    seats.push({ browser, sandboxId: id, namespace });
    if (seats.length % 10 === 0) process.stdout.write(`room: ${seats.length} of ${count} sandboxes\n`);
  };
  let begun = 0;
  const startMany = async () => {
    while (begun < count) {
      begun += 1;
      await startNext();
    }
  };
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, startMany));
  return seats;
}

/** What a terminal of that seat is opened with, once, within half a minute. */
export async function admit({ browser, sandboxId }: Seat, terminal: string): Promise<PodiumWireOptions> {
  const ticket = await browser.ticket(sandboxId);
  return { origin: browser.origin, cookie: browser.cookie ?? '', ticket, terminal };
}
