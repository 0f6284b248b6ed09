/**
 * What thousands of sandboxes cost the server, and how soon a restarted one knows them. Real are the server, its driver,
 * and the API server, etcd, controllers and scheduler before it; simulated are the nodes and the running of pods (kwok)
 * and the agent's answer to an exec that a shell is ready. So nothing is said here of shells, or of nodes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../sandbox-server/clock.ts';
import { createApiClient } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import { createCredentialSource } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import type { ClusterAccess } from '../../sandbox-server/driver/kubernetes/make-place.ts';
import type { Browser } from '../server/browser.ts';
import { createServerProcess, type ServerProcess } from '../support/server-process.ts';
import type { Figure } from './figures.ts';
import { readCpuMs, readResidentBytes } from './processes.ts';
import { claimMany, makeWarm } from './simulated/learners.ts';
import { createSimulatedCluster, type SimulatedCluster } from './simulated/simulated-cluster.ts';

/** In ascending order; the variable is for trying. */
const SIZES = (process.env['PODIUM_TEST_SANDBOXES'] ?? '1000,5000').split(',').map(Number);
/** A warm one: the claim, the rights, the record and a look at the pod, with a little for what else goes on. */
const REQUESTS_A_CLAIM_LIMIT = 6;
const RECOVERY_LIMIT_MS = 5000;
/** Idle requests may not grow with sandboxes: watches begin anew and a lease is renewed, a few more or less in a minute. */
const IDLE_GROWTH = 1.2;
const IDLE_NOISE = 3;
/** Until what the last claims have left is done, and garbage is collected. */
const SETTLE_MS = 15_000;
/** Watches begin anew every two minutes. */
const IDLE_MINUTES = 2;
const LOOK_MS = 50;
/** Of them the server is asked after its restart whether they have their sandboxes. */
const ASKED_LEARNERS = 50;

interface Bench {
  readonly cluster: ClusterAccess;
  readonly counts: SimulatedCluster['counts'];
  readonly server: ServerProcess;
}

interface Measured {
  readonly sandboxes: number;
  readonly requestsAClaim: number;
  readonly residentBytes: number;
  readonly idleCpuSeconds: number;
  readonly idleRequests: number;
  readonly recoveryMs: number;
}

export async function measureSimulated(): Promise<readonly Figure[]> {
  process.stdout.write(
    'simulated-5000: simulated are nodes, the running of pods (kwok) and the answer that a shell is ready; all else is real\n',
  );
  await using stack = new AsyncDisposableStack();
  const bench = await createBench(stack);
  const learners: Browser[] = [];
  const measured: Measured[] = [];
  for (const size of SIZES) measured.push(await measureSize(bench, size, learners));
  return describe(measured);
}

async function createBench(stack: AsyncDisposableStack): Promise<Bench> {
  const { serverKubeconfig, counts } = stack.use(await createSimulatedCluster());
  const source = createCredentialSource(serverKubeconfig, Date.now);
  const api = stack.use(createApiClient(source));
  const limit = String(Math.max(...SIZES));
  const environment = { PODIUM_SANDBOX_LIMIT: limit, PODIUM_POOL_CEILING: limit };
  const server = stack.use(await createServerProcess({ kubeconfig: serverKubeconfig, environment }));
  return {
    cluster: { api, source, clock: systemClock, agent: 'volume', runtimeClass: undefined, hasOuterWall: false },
    counts,
    server,
  };
}

/** Adds learners until there are so many. */
async function measureSize(bench: Bench, sandboxes: number, learners: Browser[]): Promise<Measured> {
  const { cluster, counts, server } = bench;
  const missing = sandboxes - learners.length;
  await makeWarm(cluster, missing);
  const beforeClaims = new Map(counts);
  learners.push(...(await claimMany(server.origin, missing)));
  const requestsAClaim = tellRequests(`${missing} claims`, beforeClaims, counts) / missing;
  await delay(SETTLE_MS);
  const beforeIdle = new Map(counts);
  const cpuBefore = await readCpuMs(server.pid);
  await delay(IDLE_MINUTES * 60_000);
  const idleCpuSeconds = ((await readCpuMs(server.pid)) - cpuBefore) / 1000 / IDLE_MINUTES;
  const idleRequests = tellRequests(`${IDLE_MINUTES} minutes idle`, beforeIdle, counts) / IDLE_MINUTES;
  const residentBytes = await readResidentBytes(server.pid);
  const recoveryMs = await measureRecovery(server, learners);
  return { sandboxes, requestsAClaim, residentBytes, idleCpuSeconds, idleRequests, recoveryMs };
}

/** How many there were in between, which are printed by verb and kind. */
function tellRequests(what: string, before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number {
  const made = [...after].map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const);
  const most = made.filter(([, count]) => count > 0).toSorted(([, a], [, b]) => b - a);
  process.stdout.write(
    `simulated-5000: requests of ${what}: ${most.map(([kind, count]) => `${count} ${kind}`).join(', ')}\n`,
  );
  return made.reduce((sum, [, count]) => sum + count, 0);
}

/** Killed and started again: from the order to start it until it says that it knows as many as there are. */
async function measureRecovery(server: ServerProcess, learners: readonly Browser[]): Promise<number> {
  await server.kill();
  const begun = performance.now();
  await server.start();
  while ((await countRunning(server.origin)) < learners.length) await delay(LOOK_MS);
  const recoveryMs = performance.now() - begun;
  const every = Math.max(1, Math.floor(learners.length / ASKED_LEARNERS));
  for (const learner of learners.filter((_, index) => index % every === 0)) {
    const reply = await learner.send('/api/sandboxes');
    const states = (reply.json as { state: string }[]).map(({ state }) => state);
    if (states.join() !== 'running') throw new Error(`A restarted server says of a sandbox: ${reply.text}`);
  }
  return recoveryMs;
}

async function countRunning(origin: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  return Number(/^podium_sandboxes\{state="running"\} (\d+)$/mu.exec(text)?.[1] ?? 0);
}

function describe(measured: readonly Measured[]): readonly Figure[] {
  const first = measured[0]?.idleRequests ?? 0;
  return measured.flatMap((each, index): Figure[] => {
    const name = (what: string) => `simulated-${each.sandboxes} ${what}`;
    const idleLimit = index > 0 && { limit: Math.ceil(first * IDLE_GROWTH + IDLE_NOISE) };
    return [
      { name: name('server'), value: each.residentBytes / 1e6, unit: 'MB' },
      { name: name('claim'), value: each.requestsAClaim, unit: 'requests', limit: REQUESTS_A_CLAIM_LIMIT },
      { name: name('idle-processor'), value: each.idleCpuSeconds, unit: 's/min' },
      { name: name('idle-requests'), value: each.idleRequests, unit: '1/min', ...idleLimit },
      { name: name('recovery'), value: each.recoveryMs, unit: 'ms', limit: RECOVERY_LIMIT_MS },
    ];
  });
}
