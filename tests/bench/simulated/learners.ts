/** Sandboxes by the thousand: made ahead as the pool makes them, and claimed by played learners over the server's own HTTP API. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { endPlace } from '../../../sandbox-server/driver/kubernetes/end-sandbox.ts';
import { collectionPath } from '../../../sandbox-server/driver/kubernetes/manifest.ts';
import { type ClusterAccess, makePlaceReady } from '../../../sandbox-server/driver/kubernetes/make-place.ts';
import { decodePlace, makeNamespace } from '../../../sandbox-server/driver/kubernetes/place.ts';
import { makeId } from '../../../sandbox-server/driver/sandbox-id.ts';
import { Browser } from '../../server/browser.ts';

/** Of the lab that is started. */
const IMAGE = 'podium.dev/shell:1';
/** Longer than any run; the pool's own places live as long. */
const LIFE_MS = 12 * 60 * 60_000;
/** More at once only wait for each other on two cores. */
const MAKING_AT_ONCE = 12;
const CLAIMS_AT_ONCE = 4;
/** All come from one address, which may start 1,500 a minute. */
const CLAIM_EVERY_MS = 45;
const TELL_EVERY = 250;

const never = new AbortController().signal;

/** Makes so many warm places by the code that the pool makes them with, several at once; the pool itself makes two. */
export async function makeWarm(cluster: ClusterAccess, count: number): Promise<void> {
  const makeOne = async (): Promise<void> => {
    const createdAt = new Date(cluster.clock.now());
    const expiresAt = new Date(createdAt.getTime() + LIFE_MS);
    const id = makeId(randomBytes);
    const manifest = makeNamespace({ id, image: IMAGE, createdAt, expiresAt });
    try {
      const place = decodePlace(await cluster.api.call('POST', collectionPath(manifest), { body: manifest }, never));
      await makePlaceReady(cluster, place, { onStage: () => undefined, signal: never });
    } catch (error) {
      // As the pool does: it is taken away, and another one is made.
      process.stdout.write(`simulated-5000: a place could not be made: ${String(error)}\n`);
      await endPlace(cluster.api, id, never);
      await makeOne();
    }
  };
  await doMany({ what: 'made ahead', count, atOnce: MAKING_AT_ONCE }, makeOne);
}

/** So many new learners press Start, one after the other; resolves when the server has said of each sandbox that it runs. */
export async function claimMany(origin: string, count: number): Promise<Browser[]> {
  const learners: Browser[] = [];
  let next = performance.now();
  const claimOne = async () => {
    next = Math.max(next + CLAIM_EVERY_MS, performance.now());
    await delay(Math.max(0, next - performance.now()));
    const learner = new Browser(origin);
    await learner.startAndWait();
    learners.push(learner);
  };
  await doMany({ what: 'claimed', count, atOnce: CLAIMS_AT_ONCE }, claimOne);
  return learners;
}

interface Work {
  /** For who watches. */
  readonly what: string;
  readonly count: number;
  readonly atOnce: number;
}

async function doMany({ what, count, atOnce }: Work, doOne: () => Promise<void>): Promise<void> {
  const begunAt = performance.now();
  let [begun, done] = [0, 0];
  const work = async () => {
    while (begun < count) {
      begun += 1;
      await doOne();
      done += 1;
      if (done % TELL_EVERY > 0 && done < count) continue;
      const seconds = ((performance.now() - begunAt) / 1000).toFixed(0);
      process.stdout.write(`simulated-5000: ${done} of ${count} ${what} after ${seconds} s\n`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
