/**
 * 500 cuts at random bytes while a shell prints: how soon the page's own code is back, and whether every byte is there
 * once. Every other cut leaves no network for a while; the page is then told, as a browser tells it, when there is one again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Browser } from '../server/browser.ts';
import { CountedStream } from '../support/counted-stream.ts';
import { createFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { PageTerminal } from '../support/page-terminal.ts';
import { chooseSeed, makeRandom } from '../support/seeded-random.ts';
import { type Figure, percentile } from './figures.ts';
import { fillRoom, type Seat } from './room.ts';
import type { PodiumUnderTest } from './run.ts';

/** One person may ask for 60 tickets a minute, and the next one comes when this one has had as many cuts. */
const PEOPLE = 10;
const CUTS_EACH = 50;
const MAX_BYTES_BETWEEN_CUTS = 32 * 1024;
const MAX_OUTAGE_MS = 2_000;
const LINES = 120_000;
const STREAM_LIMIT_MS = 120_000;
const P95_LIMIT_MS = 1_000;
const MAX_LIMIT_MS = 2_000;

export async function measureResume({ origin }: PodiumUnderTest): Promise<readonly Figure[]> {
  const seed = chooseSeed();
  process.stdout.write(`resume: PODIUM_TEST_SEED=${seed}\n`);
  const random = makeRandom(seed);
  await using room = new AsyncDisposableStack();
  const network = room.use(await createFaultProxy({ port: Number(new URL(origin).port) }));
  const seats = await fillRoom(`http://127.0.0.1:${network.port}`, 'first-steps', PEOPLE, room);
  const times: number[] = [];
  let exact = 0;
  for (const [index, seat] of seats.entries()) {
    process.stdout.write(`resume: person ${index + 1} of ${PEOPLE}\n`);
    const cuts = await measureCuts(seat, network, random);
    times.push(...cuts.times);
    exact += cuts.exact;
  }
  return [
    { name: 'resume p50', value: percentile(times, 0.5), unit: 'ms' },
    { name: 'resume p95', value: percentile(times, 0.95), unit: 'ms', limit: P95_LIMIT_MS },
    { name: 'resume longest', value: percentile(times, 1), unit: 'ms', limit: MAX_LIMIT_MS },
    { name: 'resume not-byte-exact', value: PEOPLE * CUTS_EACH - exact, unit: `of ${PEOPLE * CUTS_EACH}`, limit: 0 },
  ];
}

/** The stream of one person, cut again and again; a byte that is wrong spoils what was cut since the last that was right. */
async function measureCuts(
  { browser, sandboxId }: Seat,
  network: FaultProxy,
  random: () => number,
): Promise<{ times: number[]; exact: number }> {
  using page = new PageTerminal({ browser: asReloaded(browser), sandboxId });
  await page.connected();
  await page.run('echo ready-$((40 + 2))', /ready-42/);
  const stream = new CountedStream(page, 'resume', LINES);
  await stream.reaches(1, STREAM_LIMIT_MS);
  const times: number[] = [];
  for (let cut = 0; cut < CUTS_EACH; cut += 1) {
    const connections = page.connections;
    await network.cutAfter({ direction: 'down', afterBytes: Math.floor(random() * MAX_BYTES_BETWEEN_CUTS) });
    if (cut % 2 === 1) {
      network.setFault({ kind: 'offline' });
      await delay(random() * MAX_OUTAGE_MS);
      network.setFault({ kind: 'none' });
      page.client.wake();
    }
    const back = performance.now();
    await page.connected(connections + 1);
    times.push(performance.now() - back);
  }
  try {
    await stream.complete(STREAM_LIMIT_MS);
    return { times, exact: CUTS_EACH };
  } catch (error) {
    process.stdout.write(`resume: ${String(error)}\n`);
    return { times, exact: 0 };
  }
}

/** Somebody who has the same cookie, and no connection that was cut before. */
function asReloaded({ origin, cookie }: Browser): Browser {
  const browser = new Browser(origin);
  browser.cookie = cookie;
  return browser;
}
