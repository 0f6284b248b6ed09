/** Writes whose content follows from their number, so that each one that was acknowledged can be looked for. */
import { createHash } from 'node:crypto';
import type { Store } from '../../sandbox-server/store/store.ts';

/** As a room has them at once. */
const WRITERS = 8;
/** Every so many writes also a home, which takes more than one page of the database. */
const HOME_EVERY = 5;
const HOME_BYTES = 40_000;
const NO_LIMIT = 2 ** 40;
const LAB = 'kill';

const ownerOf = (write: number) => `owner-${write}`;
const makeHome = (write: number): Buffer =>
  Buffer.alloc(HOME_BYTES, createHash('sha256').update(String(write)).digest());

/** Writes from `first` on until it throws; `onAcknowledged` is called as soon as the store has said that it is kept. */
export async function writeProgress(
  store: Store,
  first: number,
  onAcknowledged: (write: number) => void,
): Promise<void> {
  let next = first;
  const work = async (): Promise<never> => {
    for (;;) {
      const write = next;
      next += 1;
      await store.markCheckDone({ ownerHash: ownerOf(write), lab: LAB, check: 'one', at: new Date(write) });
      if (write % HOME_EVERY === 0) {
        const home = { ownerHash: ownerOf(write), lab: LAB, archive: makeHome(write), at: new Date(write) };
        await store.keepHome(home, NO_LIMIT);
      }
      onAcknowledged(write);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, work));
}

/** Those that are not there, or not as they were written. */
export async function findLost(store: Store, acknowledged: Iterable<number>): Promise<readonly number[]> {
  const lost: number[] = [];
  for (const write of acknowledged) {
    const done = await store.findFirstDone(ownerOf(write), LAB);
    const home = write % HOME_EVERY === 0 ? await store.readHome(ownerOf(write), LAB) : undefined;
    const isHomeThere = write % HOME_EVERY !== 0 || makeHome(write).equals(home ?? Buffer.alloc(0));
    if (done?.getTime() !== write || !isHomeThere) lost.push(write);
  }
  return lost;
}
