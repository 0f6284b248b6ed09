/**
 * From a key to its echo while a room works: 100 people type five keys a second each, five more let `yes` run, and each
 * second somebody's check is done, which is a command in a pod and a write to the store. Their browsers are one process here.
 * A bare exec in the same room says how much of it is the machine's.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireCluster } from '../support/cluster.ts';
import { createServerProcess } from '../support/server-process.ts';
import { makeBareWire } from './bare-wire.ts';
import { type Figure, percentile } from './figures.ts';
import { measureKeys } from './keys.ts';
import type { LoadOrder } from './load-worker.ts';
import { makePodiumWire } from './podium-wire.ts';
import { admit, fillRoom, type Seat } from './room.ts';
import type { PodiumUnderTest } from './run.ts';
import { openLine } from './wire.ts';

const TYPING = 100;
const FLOODING = 5;
const TERMINALS_A_SEAT = 6;
/** Three times what Chromium draws of `yes` on two cores without a graphics card (0.67 MB a second, November 2026). */
const FLOOD_BYTES_PER_SECOND = 2_000_000;
const CHECK_EVERY_MS = 1_000;
const WARM_UP_KEYS = 200;
const KEYS = 2_000;
const P99_LIMIT_MS = 30;
/** As on a quiet machine. */
const P99_RATIO_LIMIT = 2;

const LAB = `title: { en: Bench, fr: Banc }
summary: { en: For figures, fr: Pour des mesures }
goals: { en: [Measure], fr: [Mesurer] }
level: beginner
minutes: 5
image: podium.dev/shell:1
ceilingMinutes: 60
messages:
  no: { en: "No.", fr: "Non." }
`;

export async function measureEchoUnderLoad({ kubeconfig }: PodiumUnderTest): Promise<readonly Figure[]> {
  await using resources = new AsyncDisposableStack();
  const cluster = resources.use(await acquireCluster(kubeconfig));
  const content = await makeContent();
  resources.defer(() => rm(content, { recursive: true }));
  const environment = { PODIUM_CONTENT: content };
  const server = resources.use(await createServerProcess({ kubeconfig: cluster.serverKubeconfig, environment }));
  const seatCount = Math.ceil((TYPING + FLOODING) / TERMINALS_A_SEAT) + 1;
  const [own, ...others] = await fillRoom(server.origin, 'bench', seatCount, resources);
  if (own === undefined) throw new Error('The room is empty.');
  using line = await openLine(makePodiumWire(await admit(own, '1')));
  using bare = await openLine(await makeBareWire(kubeconfig, own.namespace));
  await measureKeys(line, WARM_UP_KEYS);
  const quiet = await measureKeys(line, KEYS);
  resources.use(await startLoad(others));
  resources.use(startChecks([own, ...others]));
  await measureKeys(line, WARM_UP_KEYS);
  const loaded = await measureKeys(line, KEYS);
  await measureKeys(bare, WARM_UP_KEYS);
  const loadedBare = await measureKeys(bare, KEYS);
  const [p99, bareP99] = [percentile(loaded, 0.99), percentile(loadedBare, 0.99)];
  return [
    { name: 'echo alone-p99', value: percentile(quiet, 0.99), unit: 'ms' },
    { name: 'echo under-load-p50', value: percentile(loaded, 0.5), unit: 'ms' },
    { name: 'echo under-load-p99', value: p99, unit: 'ms', limit: P99_LIMIT_MS },
    { name: 'echo under-load-bare-p50', value: percentile(loadedBare, 0.5), unit: 'ms' },
    { name: 'echo under-load-bare-p99', value: bareP99, unit: 'ms' },
    { name: 'echo under-load-p99-against-bare', value: p99 / bareP99, unit: 'x', limit: P99_RATIO_LIMIT },
  ];
}

async function startLoad(seats: readonly Seat[]): Promise<Disposable> {
  const places = seats.flatMap((seat) =>
    Array.from({ length: TERMINALS_A_SEAT }, (_, index) => ({ seat, terminal: String(index + 1) })),
  );
  const options = await Promise.all(places.map(({ seat, terminal }) => admit(seat, terminal)));
  const order: LoadOrder = {
    flooding: options.slice(0, FLOODING),
    typing: options.slice(FLOODING, FLOODING + TYPING),
    floodBytesPerSecond: FLOOD_BYTES_PER_SECOND,
  };
  const worker = fork(join(import.meta.dirname, 'load-worker.ts'));
  const ended = once(worker, 'exit').then(() => Promise.reject(new Error('The load ended before it was ready.')));
  worker.send(order);
  await Promise.race([once(worker, 'message'), ended]);
  ended.catch(() => undefined);
  return { [Symbol.dispose]: () => worker.disconnect() };
}

/** Somebody else's turn each second: one person may not ask so often. Disposing it waits for the last answer. */
function startChecks(seats: readonly Seat[]): AsyncDisposable {
  const answers: Promise<void>[] = [];
  const timer = setInterval(() => {
    const seat = seats[(answers.length + 1) % seats.length];
    if (seat) answers.push(check(seat));
  }, CHECK_EVERY_MS);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await Promise.all(answers);
    },
  };
}

/** One that fails, fails loudly: the load would be less than is said. */
async function check({ browser, sandboxId }: Seat): Promise<void> {
  const { status, text } = await browser.check(sandboxId, 'done');
  if (status !== 200) throw new Error(`A check was answered with ${status}: ${text}`);
}

/** Content with one lab, whose only check is always done. */
async function makeContent(): Promise<string> {
  const content = await mkdtemp(join(tmpdir(), 'podium-bench-'));
  const lab = join(content, 'labs', 'bench');
  for (const folder of ['steps', 'checks']) await mkdir(join(lab, folder), { recursive: true });
  await writeFile(join(lab, 'lab.yaml'), LAB);
  await writeFile(join(lab, 'steps', '01-only.md'), '---\ntitle: Step\n---\n::check{name=done}\n');
  await writeFile(join(lab, 'checks', 'done'), '#!/bin/sh\nexit 0\n');
  await chmod(join(lab, 'checks', 'done'), 0o755);
  return content;
}
