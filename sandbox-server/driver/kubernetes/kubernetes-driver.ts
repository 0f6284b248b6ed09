/**
 * The driver that gives each learner a namespace and a shell pod of a real cluster.
 * It works with the server's own account alone; what that account may do is in `cluster-roles.ts`.
 */
import type { Logger } from 'pino';
import type { Clock } from '../../clock.ts';
import { PodiumError } from '../../errors.ts';
import type { StartStage } from '../../protocol/sandbox.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { ClusterTakenError, Driver, SandboxRecord, SandboxRequest, ServerData } from '../driver.ts';
import { sandboxId } from '../sandbox-id.ts';
import { createAgentConnections } from './agent-connections.ts';
import { detectAgentDelivery } from './agent-delivery.ts';
import { type ApiClient, ApiRefusal, createApiClient, isRefusal } from './api-client.ts';
import { createAddressKeeper } from './api-server-address.ts';
import { runCheck } from './check.ts';
import { createCredentialSource } from './credentials.ts';
import { obtainDataLease } from './data-lease.ts';
import { endSandbox } from './end-sandbox.ts';
import { openExec } from './exec.ts';
import type { ExecRequest } from './exec-protocol.ts';
import { createIsolationGuard, type IsolationGuardDeps } from './isolation-guard.ts';
import { type ProofNeeds, proveIsolation } from './isolation-proof.ts';
import { runAsLearner } from './learner-script.ts';
import { judgeNetwork } from './judge-network.ts';
import { createLine } from './line.ts';
import { AGENT_PROGRAM, SANDBOX_LABEL, SHELL_CONTAINER, SHELL_NAMESPACE, shellName } from './names.ts';
import { restoreLostShell } from './lost-shell.ts';
import { type ClusterAccess, type MakingOptions, makePlaceReady } from './make-place.ts';
import { decodePlaces, makeRecord } from './place.ts';
import { extendPlace } from './extend-place.ts';
import { restoreHome, saveHome } from './home.ts';
import { detectOuterWall } from './outer-wall.ts';
import { createPlaceFinder } from './place-finder.ts';
import { followRecords } from './follow-records.ts';
import { type PlaceWatch, watchPlaces } from './place-watch.ts';
import { findRestart } from './restart-notice.ts';
import { createSharedFlights } from './shared-flight.ts';
import type { AgentDelivery } from './shell-pod.ts';
import { type ClaimedPlace, claimPlace } from './start-sandbox.ts';
import { watchChecks } from './watch-checks.ts';
import { createWarmPool, emptyPool, type PoolWishes, type WarmPlaces } from './warm-pool.ts';

/** A cold start takes a second or two; a node that is busy with a room's starts takes tens. */
const START_LIMIT_MS = 120_000;

export interface KubernetesDriverOptions {
  /** Of the server's account; read again when it is renewed. */
  readonly kubeconfigPath: string;
  /** How shell pods get the agent; found out when it is `auto`. */
  readonly agentDelivery?: AgentDelivery | 'auto';
  /** Under which shells run; the nodes' usual one where it is left out. */
  readonly runtimeClass?: string | undefined;
  /** What is proved before anybody gets a sandbox; nothing is where it is left out. */
  readonly isolation?: Pick<ProofNeeds, 'images' | 'isEmbedded' | 'provesOuterWall'> &
    Pick<IsolationGuardDeps, 'allowUnproved'>;
  /** What is kept ready; nothing where it is left out. */
  readonly pool?: PoolWishes;
  /** For which the cluster is held; not at all where it is left out. */
  readonly data?: ServerData;
  /** Called where another server has taken the cluster in the meantime. */
  readonly onTaken?: (error: ClusterTakenError) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * Throws `cluster_unreachable` when the cluster does not answer, `cluster_refused` when Podium is not installed there,
 * and a ClusterTakenError where a server with other data holds it.
 */
export async function createKubernetesDriver({
  kubeconfigPath,
  agentDelivery = 'auto',
  runtimeClass,
  isolation,
  pool: wishes = emptyPool,
  data,
  onTaken = () => undefined,
  clock,
  log,
  metrics,
}: KubernetesDriverOptions): Promise<Driver> {
  const source = createCredentialSource(kubeconfigPath, () => clock.now());
  const api = createApiClient(source);
  const disposal = new AbortController();
  const flights = createSharedFlights<StartStage, SandboxRecord>();
  const addresses = await explained('cluster_refused', () => createAddressKeeper(api, log, disposal.signal));
  const agent = agentDelivery === 'auto' ? await chooseAgentDelivery(api, log, disposal.signal) : agentDelivery;
  const holding = { api, clock, log, onTaken };
  const lease =
    data && (await explained('cluster_refused', () => obtainDataLease({ ...holding, data }, disposal.signal)));
  const hasOuterWall = await explained('cluster_refused', () => detectOuterWall(api, disposal.signal));
  const cluster: ClusterAccess = { api, source, clock, agent, runtimeClass, hasOuterWall };
  const guard =
    isolation &&
    createIsolationGuard({
      prove: (signal) => explained('cluster_refused', () => proveIsolation({ cluster, ...isolation }, signal)),
      allowUnproved: isolation.allowUnproved,
      clock,
      log,
      metrics,
    });
  const watch = watchPlaces(api, log);
  const endings = new Set<Promise<void>>();
  let waiting = 0;
  const isBusy = () => waiting > 0 || guard?.isOpen === false;
  const pool = createWarmPool({ cluster, watch, wishes, isBusy, clock, log, metrics });
  const line = createLine({ api, clock, log });
  const placeOf = createPlaceFinder(api, watch);
  const agents = createAgentConnections({
    openStream: async (id, signal) => {
      const placeId = await placeOf(id, signal);
      const open = () => openExec(source, makeAgentRequest(placeId), signal);
      return open().catch(async (error: unknown) => {
        if (!(await restoreLostShell(cluster, placeId, signal))) throw error;
        log.warn({ sandbox: id, place: placeId }, 'a shell pod was lost; there is another one');
        return open();
      });
    },
    findRestart: async (id, isExpected) => findRestart(api, await placeOf(id, disposal.signal), isExpected),
    clock,
    log,
  });

  return {
    kind: 'kubernetes',
    isolation: guard,
    judgeLab: (lab) => judgeNetwork(lab, { hasOuterWall, report: guard?.report }),
    line: {
      join: (ticket, signal) => explained('cluster_refused', () => line.join(ticket, signal)),
      renew: (id, signal) => explained('cluster_refused', () => line.renew(id, signal)),
      follow: (onTickets) => line.follow(onTickets),
    },
    start(request, onStage, signal) {
      const run = async (onProgress: (stage: StartStage) => void, until: AbortSignal) => {
        waiting += 1;
        try {
          await guard?.permit(until);
          const lack = judgeNetwork(request.lab, { hasOuterWall, report: guard?.report });
          if (lack !== undefined) throw new PodiumError(lack);
          const options = { onStage: onProgress, signal: until };
          return await explained('start_failed', () =>
            startOrTakeAway({ cluster, watch, pool, log, metrics }, request, options),
          );
        } finally {
          waiting -= 1;
        }
      };
      return flights.join(sandboxId(request.ownerHash, request.lab.slug), { onProgress: onStage, signal }, run);
    },
    async list(signal) {
      const query = { labelSelector: SANDBOX_LABEL };
      const answer = await explained('cluster_refused', () => api.call('GET', '/api/v1/namespaces', { query }, signal));
      const places = decodePlaces(answer, (error) => log.error({ err: error }, 'a sandbox has no readable record'));
      return places.flatMap((place) => makeRecord(place) ?? []);
    },
    follow: (onRecords) => followRecords(watch, clock, onRecords),
    attach: (id, order, onEvent, signal) =>
      explained('terminal_failed', () => agents.attach(id, order, onEvent, signal)),
    runCheck: (id, script, signal) =>
      explained('check_failed', async () =>
        runCheck({ api, source, placeId: await placeOf(id, signal) }, script, signal),
      ),
    runAsLearner: (id, script, signal) =>
      explained('script_failed', async () =>
        runAsLearner({ source, placeId: await placeOf(id, signal) }, script, signal),
      ),
    watchChecks: (id, checks, onRun, signal) =>
      explained('check_failed', async () => {
        const until = AbortSignal.any([signal, disposal.signal]);
        const context = { api, source, placeId: await placeOf(id, until), log: log.child({ sandbox: id }) };
        await watchChecks(context, checks, onRun, until);
      }),
    extend: (id, expiresAt, signal) =>
      explained('cluster_refused', async () =>
        extendPlace(api, { claimId: id, placeId: await placeOf(id, signal), expiresAt }, signal),
      ),
    saveHome: (id, limitBytes, signal) =>
      explained('home_failed', async () =>
        saveHome({ source, placeId: await placeOf(id, signal) }, limitBytes, signal),
      ),
    restoreHome: (id, archive, signal) =>
      explained('home_failed', async () =>
        restoreHome({ source, placeId: await placeOf(id, signal) }, archive, signal),
      ),
    async end(id, signal) {
      agents.forget(id);
      const ending = explained('cluster_refused', () => endSandbox(api, id, signal));
      endings.add(ending);
      await ending.finally(() => endings.delete(ending));
    },
    async [Symbol.asyncDispose]() {
      // Those who ordered them have gone, so they wait for nothing but that the cluster has heard.
      await Promise.allSettled(endings);
      agents[Symbol.dispose]();
      await guard?.[Symbol.asyncDispose]();
      pool[Symbol.dispose]();
      line[Symbol.dispose]();
      watch[Symbol.dispose]();
      await lease?.[Symbol.asyncDispose]();
      disposal.abort();
      await addresses.ended;
      api[Symbol.dispose]();
    },
  };
}

async function chooseAgentDelivery(api: ApiClient, log: Logger, signal: AbortSignal): Promise<AgentDelivery> {
  const delivery = await explained('cluster_refused', () => detectAgentDelivery(api, signal));
  if (delivery === 'copy')
    log.warn('no image volumes in this cluster: each shell pod copies its agent, and starts later');
  return delivery;
}

function makeAgentRequest(placeId: string): ExecRequest {
  const command = [AGENT_PROGRAM, 'attach'];
  return {
    namespace: SHELL_NAMESPACE,
    pod: shellName(placeId),
    container: SHELL_CONTAINER,
    command,
    hasTerminal: false,
  };
}

interface StartDeps {
  readonly cluster: ClusterAccess;
  readonly watch: PlaceWatch;
  readonly pool: WarmPlaces;
  readonly log: Logger;
  readonly metrics: Metrics;
}

async function startOrTakeAway(
  { cluster, watch, pool, log, metrics }: StartDeps,
  request: SandboxRequest,
  { onStage, signal }: MakingOptions,
): Promise<SandboxRecord> {
  const limit = AbortSignal.timeout(START_LIMIT_MS);
  const limited = AbortSignal.any([signal, limit]);
  let claimed: ClaimedPlace | undefined;
  try {
    onStage('namespace');
    const begunAt = cluster.clock.now();
    claimed = await claimPlace(cluster, pool, request, limited);
    const { origin } = claimed;
    metrics.claims.inc({ origin });
    metrics.claimSeconds.observe({ origin }, (cluster.clock.now() - begunAt) / 1000);
    const options = { extras: request.lab, onStage, signal: limited };
    const place = await makePlaceReady(cluster, claimed.place, options);
    watch.note(place);
    const record = makeRecord(place);
    if (record === undefined) throw new PodiumError('start_failed', { cause: new Error('the place lost its claim') });
    return record;
  } catch (error) {
    // What was there and running before this start is not of its making.
    if (claimed?.isNew) await takeAwayQuietly(cluster, log, claimed.claimId);
    if (limit.aborted && !signal.aborted) throw new PodiumError('start_timeout', { cause: error });
    throw error;
  }
}

/** The failure of the start is what its caller must hear; what is left then goes by the record's expiry. */
async function takeAwayQuietly({ api }: ClusterAccess, log: Logger, id: string): Promise<void> {
  try {
    await endSandbox(api, id, new AbortController().signal);
  } catch (error) {
    log.error({ err: error, sandbox: id }, 'a start that failed could not be taken away');
  }
}

/** Turns what the API server refuses into the table's errors: a pod that is not there is a sandbox that is not. */
async function explained<T>(
  code: 'cluster_refused' | 'start_failed' | 'terminal_failed' | 'check_failed' | 'script_failed' | 'home_failed',
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isRefusal(error, 404) && code !== 'start_failed') throw new PodiumError('sandbox_unknown', { cause: error });
    if (isRefusal(error, 429, 503, 504)) throw new PodiumError('cluster_unreachable', { cause: error });
    if (isRefusal(error, 401, 403)) throw new PodiumError('cluster_refused', { cause: error });
    if (error instanceof ApiRefusal) throw new PodiumError(code, { cause: error });
    throw error;
  }
}
