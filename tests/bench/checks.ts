/**
 * Checks that become done by themselves: how soon after a change in the cluster the page hears of it, and what all of them
 * take of a processor. Ten learners are measured, and a hundred reckoned from them: ten times as much. Each finishes a
 * step a minute, about three times as fast as a lab asks for, by turns with a ConfigMap and with a pod that comes up.
 */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ApiClient, createApiClient } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import { createCredentialSource } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import { CHECKER_CONTAINER, SHELL_NAMESPACE } from '../../sandbox-server/driver/kubernetes/names.ts';
import { acquireCluster } from '../support/cluster.ts';
import { shellPodOf } from '../support/place-names.ts';
import { createServerProcess } from '../support/server-process.ts';
import { type Figure, percentile } from './figures.ts';
import { readCpuMs } from './processes.ts';
import { fillRoom, type Seat } from './room.ts';
import type { PodiumUnderTest } from './run.ts';

const LAB = 'checks';
const LEARNERS = 10;
const RECKONED_LEARNERS = 100;
const QUICK_ROUNDS = 5;
const BUSY_MINUTES = 2;
const MINUTE_MS = 60_000;
/** The first run is over, and has found nothing. */
const SETTLE_MS = 2_000;
/** The node's figures of containers are that old at most. */
const FIGURES_AGE_MS = 20_000;
const RENEW_MS = 20_000;
const P95_LIMIT_MS = 2_000;
const CPU_LIMIT_SECONDS = 20;
/** Watches that nobody changes anything under, of a hundred learners: a thirtieth of a processor. */
const IDLE_CPU_LIMIT_SECONDS = 2;
const never = new AbortController().signal;

export async function measureChecks({ kubeconfig }: PodiumUnderTest): Promise<readonly Figure[]> {
  await using resources = new AsyncDisposableStack();
  const cluster = resources.use(await acquireCluster(kubeconfig));
  const api = resources.use(createApiClient(createCredentialSource(kubeconfig, Date.now)));
  const content = await makeContent();
  resources.defer(() => rm(content, { recursive: true }));
  const environment = { PODIUM_CONTENT: content };
  const server = resources.use(await createServerProcess({ kubeconfig: cluster.serverKubeconfig, environment }));
  const seats = await fillRoom(server.origin, LAB, LEARNERS, resources);

  const times: number[] = [];
  for (let round = 0; round < QUICK_ROUNDS; round += 1) {
    const rounds = seats.map(async (seat, index) => {
      await delay((index * SETTLE_MS) / LEARNERS);
      return await finishStep(api, seat, `map-${round}`);
    });
    times.push(...(await Promise.all(rounds)));
  }
  process.stdout.write('checks: a busy room\n');
  const usage = createUsage(api, seats, server.pid);
  const busy = await usage.during(() => beBusy(api, seats), BUSY_MINUTES);
  process.stdout.write('checks: a room that waits\n');
  await watchIdly(seats);
  // The figures of the node come late, so the time until they are read counts too.
  const idle = await usage.during(() => beIdle(seats), (MINUTE_MS + FIGURES_AGE_MS) / MINUTE_MS);
  const scale = RECKONED_LEARNERS / LEARNERS;
  return [
    { name: 'checks change-to-done-p50', value: percentile(times, 0.5), unit: 'ms' },
    { name: 'checks change-to-done-p95', value: percentile(times, 0.95), unit: 'ms', limit: P95_LIMIT_MS },
    {
      name: 'checks cpu-of-100 (10 measured)',
      value: busy.checkersPerMinute * scale,
      unit: 's/min',
      limit: CPU_LIMIT_SECONDS,
    },
    { name: 'checks cpu-of-100 server (10 measured)', value: busy.serverPerMinute * scale, unit: 's/min' },
    {
      name: 'checks cpu-of-100 idle (10 measured)',
      value: idle.checkersPerMinute * scale,
      unit: 's/min',
      limit: IDLE_CPU_LIMIT_SECONDS,
    },
  ];
}

/** Labs as they are, and one more with a check for each step that is done here. */
async function makeContent(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'podium-content-'));
  const content = join(import.meta.dirname, '../../content');
  await cp(content, folder, { recursive: true });
  const lab = join(folder, 'labs', LAB);
  await mkdir(join(lab, 'checks'), { recursive: true });
  await mkdir(join(lab, 'steps'));
  const maps = Array.from({ length: Math.max(QUICK_ROUNDS, BUSY_MINUTES) + 1 }, (_, index) => `map-${index}`);
  const busy = Array.from({ length: BUSY_MINUTES }, (_, index) => [`busy-map-${index}`, `busy-pod-${index}`]).flat();
  const names = [...maps, ...busy, 'idle-map'];
  await writeFile(
    join(lab, 'lab.yaml'),
    'title: {en: Checks}\nsummary: {en: Checks}\ngoals: {en: [Wait]}\nlevel: beginner\nminutes: 5\nimage: podium.dev/shell:1\nceilingMinutes: 60\nmessages: {not-yet: {en: Not yet.}}\n',
  );
  await writeFile(
    join(lab, 'steps/01-only.md'),
    `---\ntitle: Only\n---\n${names.map((name) => `::check{name=${name}}\n`).join('')}`,
  );
  for (const name of names) await writeFile(join(lab, 'checks', name), makeCheck(name));
  return folder;
}

/** As the checks of *First steps*: one question, judged by jq. */
function makeCheck(name: string): string {
  const isPod = name.includes('pod');
  const ready = 'any(.status.conditions[]?; .type == "Ready" and .status == "True")';
  return `#!/bin/sh
# needs: ${isPod ? 'pods' : 'configmaps'}
set -eu
object=$(kubectl get ${isPod ? 'pod' : 'configmap'} ${name} --ignore-not-found -o json) || exit 2
[ -n "$object" ] || { echo not-yet; exit 1; }
verdict=$(printf '%s' "$object" | jq -r '${isPod ? ready : '.data.done == "yes"'}') || exit 2
[ "$verdict" = true ] || { echo not-yet; exit 1; }
`;
}

/** Opens a step, waits as somebody who reads, does it, and resolves with how long it then took to be called done. */
async function finishStep(api: ApiClient, { browser, sandboxId, namespace }: Seat, name: string): Promise<number> {
  await using events = await browser.listen();
  const { status, text } = await browser.watch(sandboxId, [name]);
  if (status !== 200) throw new Error(`A watch was refused: ${text}`);
  await delay(SETTLE_MS);
  const isPod = name.includes('pod');
  await api.call(
    'POST',
    `/api/v1/namespaces/${namespace}/${isPod ? 'pods' : 'configmaps'}`,
    { body: makeObject(name) },
    never,
  );
  const changedAt = performance.now();
  await events.waitForSandbox(({ id, checksDone }) => id === sandboxId && checksDone.includes(name));
  return performance.now() - changedAt;
}

function makeObject(name: string): object {
  const metadata = { name };
  if (!name.includes('pod')) return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { done: 'yes' } };
  const containers = [{ name: 'one', image: 'busybox', command: ['sleep', '3600'] }];
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers, terminationGracePeriodSeconds: 0 } };
}

/** Each learner finishes a step a minute; who has finished one opens the next. */
async function beBusy(api: ApiClient, seats: readonly Seat[]): Promise<void> {
  const work = seats.map(async (seat, index) => {
    await delay((index * MINUTE_MS) / LEARNERS);
    for (let minute = 0; minute < BUSY_MINUTES; minute += 1) {
      const begun = performance.now();
      const kind = (minute + index) % 2 === 0 ? 'map' : 'pod';
      await finishStep(api, seat, `busy-${kind}-${minute}`);
      await delay(Math.max(0, MINUTE_MS - (performance.now() - begun)));
    }
  });
  await Promise.all(work);
}

async function beIdle(seats: readonly Seat[]): Promise<void> {
  const end = performance.now() + MINUTE_MS;
  while (performance.now() < end) {
    await watchIdly(seats);
    await delay(RENEW_MS);
  }
}

async function watchIdly(seats: readonly Seat[]): Promise<void> {
  await Promise.all(seats.map(({ browser, sandboxId }) => browser.watch(sandboxId, ['idle-map'])));
}

interface Usage {
  /** Seconds of a processor, a minute of each learner: of the containers that checks run in, and of the server. */
  during(work: () => Promise<void>, minutes: number): Promise<{ checkersPerMinute: number; serverPerMinute: number }>;
}

function createUsage(api: ApiClient, seats: readonly Seat[], serverPid: number): Usage {
  const pods = new Set(seats.map(({ namespace }) => shellPodOf(namespace)));
  const read = async () => {
    await delay(FIGURES_AGE_MS);
    return { checkers: await readCheckerSeconds(api, pods), server: (await readCpuMs(serverPid)) / 1000 };
  };
  return {
    async during(work, minutes) {
      const before = await read();
      await work();
      const after = await read();
      return {
        checkersPerMinute: (after.checkers - before.checkers) / minutes,
        serverPerMinute: (after.server - before.server) / minutes,
      };
    },
  };
}

interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly name: string; readonly namespace: string };
    readonly containers?: readonly {
      readonly name: string;
      readonly cpu?: { readonly usageCoreNanoSeconds?: number };
    }[];
  }[];
}

async function readCheckerSeconds(api: ApiClient, shellPods: ReadonlySet<string>): Promise<number> {
  const { items } = (await api.call('GET', '/api/v1/nodes', {}, never)) as { items: { metadata: { name: string } }[] };
  let sum = 0;
  for (const { metadata } of items) {
    const path = `/api/v1/nodes/${metadata.name}/proxy/stats/summary`;
    const { pods } = (await api.call('GET', path, {}, never)) as Summary;
    for (const { podRef, containers = [] } of pods) {
      if (podRef.namespace !== SHELL_NAMESPACE || !shellPods.has(podRef.name)) continue;
      const checker = containers.find(({ name }) => name === CHECKER_CONTAINER);
      sum += (checker?.cpu?.usageCoreNanoSeconds ?? 0) / 1e9;
    }
  }
  return sum;
}
