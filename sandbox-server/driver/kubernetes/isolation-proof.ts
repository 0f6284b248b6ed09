/**
 * The proof that learners are kept apart, made in a place like theirs which nobody is given: with its account the
 * server tries what a learner might. It needs no right beyond those by which it makes sandboxes.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { LayerReport } from '../isolation.ts';
import { makeId } from '../sandbox-id.ts';
import { issueToken } from './account-token.ts';
import { type ApiClient, ApiRefusal, createApiClient, isRefusal } from './api-client.ts';
import { createIfAbsent, createOwned, deleteObject } from './create-object.ts';
import type { CredentialSource } from './credentials.ts';
import {
  type Attempt,
  type AttemptOutcome,
  makeForbidden,
  makePlainPod,
  reportDefaults,
  reportForbidden,
  reportRefusedPod,
  reportRuntimeClass,
  reportUntried,
} from './learner-attempts.ts';
import { makeAccounts, makeLearnerBinding, makeOwnerReference } from './learner-objects.ts';
import { type ClusterAccess, createLimits } from './make-place.ts';
import { collectionPath } from './manifest.ts';
import { AGENT_IMAGE, SHELL_NAMESPACE, shellName } from './names.ts';
import { proveOuterWall } from './outer-wall-proof.ts';
import { probeNetwork } from './network-probe.ts';
import {
  decodeRuntimeClass,
  reportImages,
  reportUserNamespaces,
  type RuntimeClass,
  usualRuntime,
} from './node-features.ts';
import { decodePlace, makeNamespace, type Place } from './place.ts';

/** Should the server die over it, the janitor ends the place then. */
const LIFE_MS = 5 * 60_000;
/** The shortest that Kubernetes issues; the proof takes seconds. */
const TOKEN_SECONDS = 600;
/** A new namespace takes a moment until its rights and its first account are there, and seconds under load. */
const FIRST_POD_LIMIT_MS = 10_000;
const RETRY_MS = 50;

/** A server that goes away waits for it. */
const DELETE_LIMIT_MS = 5000;

export interface ProofNeeds {
  readonly cluster: ClusterAccess;
  /** Of all labs, at least one. */
  readonly images: readonly [string, ...string[]];
  /** Whoever made this cluster has proved its network and brought the images, before it was handed over. */
  readonly isEmbedded: boolean;
  /** A lab leaves network policies to its learner, so that the outer wall must hold alone. */
  readonly provesOuterWall?: boolean;
}

/** Says of each layer how it is; throws where the cluster does not answer. Leaves nothing behind. */
export async function proveIsolation(needs: ProofNeeds, signal: AbortSignal): Promise<readonly LayerReport[]> {
  const { api, clock, agent, hasOuterWall } = needs.cluster;
  const createdAt = new Date(clock.now());
  const expiresAt = new Date(createdAt.getTime() + LIFE_MS);
  // Not of a lab's image, so that no pool takes it for one of its own.
  const manifest = makeNamespace({ id: makeId(randomBytes), image: AGENT_IMAGE, createdAt, expiresAt });
  const place = decodePlace(await api.call('POST', collectionPath(manifest), { body: manifest }, signal));
  try {
    const [network, ...others] = await Promise.all([
      lookAtNetwork(needs, place, signal),
      tryAsLearner(needs, place, signal),
    ]);
    // What a pod has shown counts more than what its node says.
    const shown = new Set(network.map(({ layer }) => layer));
    const tried = others.flat();
    return [
      ...network,
      ...tried.filter(({ layer }) => !shown.has(layer)),
      reportImageVolumes(agent),
      ...(tried.some(({ layer }) => layer === 'outer_wall') ? [] : [reportOuterWall(hasOuterWall)]),
    ];
  } finally {
    // What lies beside it is owned by it. Nobody waits for its end.
    await deleteObject(api, manifest, AbortSignal.timeout(DELETE_LIMIT_MS)).catch(() => undefined);
  }
}

async function lookAtNetwork(
  { cluster, isEmbedded }: ProofNeeds,
  { id, uid }: Place,
  signal: AbortSignal,
): Promise<readonly LayerReport[]> {
  if (isEmbedded) {
    const because = 'The embedded cluster has let one connection through and blocked another at its start.';
    return [{ layer: 'network', state: 'proved', because }];
  }
  const { api, runtimeClass } = cluster;
  return probeNetwork(api, { id, owner: makeOwnerReference(id, uid), runtimeClass }, signal);
}

async function tryAsLearner(
  { cluster, images, isEmbedded, provesOuterWall = false }: ProofNeeds,
  { id, uid }: Place,
  signal: AbortSignal,
): Promise<readonly LayerReport[]> {
  const { api, source, runtimeClass, hasOuterWall } = cluster;
  const [image] = images;
  const shell = async () => {
    await Promise.all(
      makeAccounts(id, makeOwnerReference(id, uid)).map((account) => createOwned(api, account, uid, signal)),
    );
    const needs = { namespace: SHELL_NAMESPACE, account: shellName(id), seconds: TOKEN_SECONDS };
    return issueToken(api, needs, signal);
  };
  const [token] = await Promise.all([
    shell(),
    createLimits(cluster, id, signal),
    createIfAbsent(api, makeLearnerBinding(id), signal),
  ]);
  using learner = createApiClient(signedInWith(token, source));
  const [nodes, named] = await Promise.all([
    learner.call('GET', '/api/v1/nodes', {}, signal),
    runtimeClass === undefined ? usualRuntime : readRuntimeClass(learner, runtimeClass, signal),
  ]);
  if (named === undefined) return reportMissingClass(runtimeClass);
  const plain = await tryPlainPod(learner, makePlainPod(id, image), signal);
  const general = [
    ...describeRuntimeClass(runtimeClass, plain),
    reportUserNamespaces(nodes, named),
    isEmbedded ? imagesBrought : reportImages(nodes, named, [...images, AGENT_IMAGE]),
  ];
  if ('reason' in plain) return [reportRefusedPod(plain.reason), ...reportUntried(), ...general];
  const forbidden = Object.entries(makeForbidden(id, image)) as [Parameters<typeof reportForbidden>[0], Attempt[]][];
  const layers = forbidden.map(async ([layer, attempts]) => {
    const tried = attempts.map(
      async (attempt) => [attempt, await tryIt(attempt.isServers ? api : learner, attempt, signal)] as const,
    );
    return reportForbidden(layer, await Promise.all(tried));
  });
  const wall = provesOuterWall && hasOuterWall ? [proveOuterWall({ api, learner, id, image }, signal)] : [];
  return [reportDefaults(plain.answer), ...(await Promise.all([...layers, ...wall])), ...general];
}

const imagesBrought: LayerReport = {
  layer: 'lab_images',
  state: 'detected',
  because: 'The embedded cluster has brought them at its start.',
};

type PlainPod = { readonly answer: unknown } | { readonly reason: string };

async function tryPlainPod(
  learner: ApiClient,
  pod: ReturnType<typeof makePlainPod>,
  signal: AbortSignal,
): Promise<PlainPod> {
  const giveUp = AbortSignal.timeout(FIRST_POD_LIMIT_MS);
  for (;;) {
    try {
      return {
        answer: await learner.call('POST', collectionPath(pod), { body: pod, query: { dryRun: 'All' } }, signal),
      };
    } catch (error) {
      if (!isRefusal(error, 403, 422)) throw error;
      if (giveUp.aborted) return { reason: error.message };
    }
    await delay(RETRY_MS, undefined, { signal });
  }
}

/** Nothing is made by it, whatever the answer. */
async function tryIt(account: ApiClient, { manifest, path }: Attempt, signal: AbortSignal): Promise<AttemptOutcome> {
  try {
    if (manifest) {
      await account.call('POST', collectionPath(manifest), { body: manifest, query: { dryRun: 'All' } }, signal);
    } else await account.call('GET', path ?? '', {}, signal);
    return { state: 'taken' };
  } catch (error) {
    if (isRefusal(error, 403)) return { state: 'refused' };
    if (error instanceof ApiRefusal && error.status < 429) return { state: 'unclear', reason: error.message };
    throw error;
  }
}

async function readRuntimeClass(
  learner: ApiClient,
  name: string,
  signal: AbortSignal,
): Promise<RuntimeClass | undefined> {
  try {
    return decodeRuntimeClass(await learner.call('GET', `/apis/node.k8s.io/v1/runtimeclasses/${name}`, {}, signal));
  } catch (error) {
    if (isRefusal(error, 404)) return undefined;
    throw error;
  }
}

/** No pod can be then, so nothing else is tried. */
function reportMissingClass(name = ''): LayerReport[] {
  const because = `The cluster has no RuntimeClass ${name}. Make it, or set PODIUM_RUNTIME_CLASS to one that "kubectl get runtimeclasses" lists.`;
  return [{ layer: 'runtime_class', state: 'missing', because }, ...reportUntried()];
}

function describeRuntimeClass(name: string | undefined, plain: PlainPod): LayerReport[] {
  const layer = 'runtime_class';
  if (name === undefined) {
    return [
      {
        layer,
        state: 'not_checked',
        because: 'None is named (PODIUM_RUNTIME_CLASS): one kernel keeps learners apart.',
      },
    ];
  }
  return 'answer' in plain ? [reportRuntimeClass(name, plain.answer)] : [];
}

function reportOuterWall(hasOuterWall: boolean): LayerReport {
  const layer = 'outer_wall';
  return hasOuterWall
    ? {
        layer,
        state: 'detected',
        because: 'Each sandbox has a policy of Cilium’s that denies, which no NetworkPolicy opens.',
      }
    : {
        layer,
        state: 'missing',
        because:
          'Without Cilium there is no second wall: learners may not write a NetworkPolicy, which would open the first.',
      };
}

function reportImageVolumes(agent: ClusterAccess['agent']): LayerReport {
  const layer = 'image_volumes';
  return agent === 'volume'
    ? {
        layer,
        state: 'detected',
        because: 'The cluster mounts images as volumes, or is taken to (PODIUM_AGENT_DELIVERY).',
      }
    : {
        layer,
        state: 'missing',
        because: 'Each shell copies the program that owns its terminals, and starts half a second later.',
      };
}

function signedInWith(token: string, source: CredentialSource): CredentialSource {
  return {
    async get() {
      const { tls, ...rest } = await source.get();
      const { ca, servername, rejectUnauthorized } = tls;
      const server = {
        ...(ca !== undefined && { ca }),
        ...(servername !== undefined && { servername }),
        ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
      };
      return { ...rest, tls: server, headers: { Authorization: `Bearer ${token}` } };
    },
    forget: () => undefined,
  };
}
