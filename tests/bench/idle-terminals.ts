/**
 * What a terminal that does nothing costs the server: 1,000 of them, six in each of 167 real sandboxes, each with a shell
 * of its own that has drawn its prompt, all attached to over the network of this machine. Nothing is simulated but this: so that
 * so many pods fit a machine of two cores, the share of a processor that each asks for is lowered while this runs.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { acquireCluster } from '../support/cluster.ts';
import { createServerProcess } from '../support/server-process.ts';
import type { Figure } from './figures.ts';
import { makePodiumWire } from './podium-wire.ts';
import { readResidentBytes } from './processes.ts';
import { admit, fillRoom } from './room.ts';
import type { PodiumUnderTest } from './run.ts';
import { lowerRequests } from './small-pods.ts';
import { openLine } from './wire.ts';

const TERMINALS = 1_000;
const TERMINALS_A_SANDBOX = 6;
const LIMIT_KB = 150;
/** What comes up in the first terminals, such as compiled code, is no part of a terminal's own price. */
const FIRST_SANDBOXES = 5;
/** Until timers have come round and garbage is collected. */
const SETTLE_MS = 30_000;

export async function measureIdleTerminals({ kubeconfig }: PodiumUnderTest): Promise<readonly Figure[]> {
  await using resources = new AsyncDisposableStack();
  resources.use(await lowerRequests(kubeconfig));
  const cluster = resources.use(await acquireCluster(kubeconfig));
  const server = resources.use(await createServerProcess({ kubeconfig: cluster.serverKubeconfig }));
  const count = Math.ceil(TERMINALS / TERMINALS_A_SANDBOX) + FIRST_SANDBOXES;
  const seats = await fillRoom(server.origin, 'first-steps', count, resources);
  let opened = 0;
  const openAll = async (some: typeof seats, limit: number) => {
    for (const seat of some) {
      for (let terminal = 1; terminal <= TERMINALS_A_SANDBOX && opened < limit; terminal += 1) {
        resources.use(await openLine(makePodiumWire(await admit(seat, String(terminal)))));
        opened += 1;
      }
    }
  };
  await openAll(seats.slice(0, FIRST_SANDBOXES), Number.POSITIVE_INFINITY);
  await delay(SETTLE_MS);
  const before = await readResidentBytes(server.pid);
  opened = 0;
  await openAll(seats.slice(FIRST_SANDBOXES), TERMINALS);
  await delay(SETTLE_MS);
  const after = await readResidentBytes(server.pid);
  return [
    { name: 'idle-terminals attached', value: opened, unit: 'terminals' },
    { name: 'idle-terminals server', value: after / 1e6, unit: 'MB' },
    { name: 'idle-terminals each', value: (after - before) / opened / 1e3, unit: 'kB', limit: LIMIT_KB },
  ];
}
