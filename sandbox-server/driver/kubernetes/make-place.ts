/**
 * Making a place, from its namespace to a shell that answers. Each step is harmless when it was done before.
 *
 * What does not wait for each other is asked for at once: the pod is begun as soon as its account exists, and rights
 * and limits are put in place while it starts.
 */
import * as z from 'zod/mini';
import type { Clock } from '../../clock.ts';
import { PodiumError } from '../../errors.ts';
import type { StartStage } from '../../protocol/sandbox.ts';
import { type ApiClient, isRefusal } from './api-client.ts';
import { awaitObject } from './await-object.ts';
import { createIfAbsent, createOwned, createWithFreshRight } from './create-object.ts';
import type { CredentialSource } from './credentials.ts';
import { openExec } from './exec.ts';
import {
  makeAccounts,
  makeCheckerBinding,
  makeKeeperBinding,
  makeLearnerBinding,
  makeLimits,
  makeOwnerReference,
  makeQuota,
  makeShellNetwork,
} from './learner-objects.ts';
import { collectionPath, objectPath } from './manifest.ts';
import { SHELL_CONTAINER, SHELL_IMAGE_POLICY, SHELL_NAMESPACE, shellName } from './names.ts';
import { type Extras, giveLabNeeds } from './lab-needs.ts';
import { decode } from './observed.ts';
import { decodePlace, makeNamespace, makeReadyPatch, type Place } from './place.ts';
import { makeOuterWall } from './outer-wall.ts';
import { decideReady } from './pod-state.ts';
import { type AgentDelivery, makeShellPod } from './shell-pod.ts';
import { readinessCommand } from './shell-scripts.ts';
import { withSignal } from '../../with-signal.ts';

export interface ClusterAccess {
  readonly api: ApiClient;
  readonly source: CredentialSource;
  readonly clock: Clock;
  readonly agent: AgentDelivery;
  /** Under which shells run, where the operator has one. */
  readonly runtimeClass: string | undefined;
  /** The cluster has policies that deny. */
  readonly hasOuterWall: boolean;
}

export interface MakingOptions {
  /** For whose lab; what that asks for beyond is not given where it is left out. */
  readonly extras?: Extras;
  readonly onStage: (stage: StartStage) => void;
  readonly signal: AbortSignal;
}

/** All that follows the namespace, until a shell has answered; resolves with the place as it is then. */
export async function makePlaceReady(cluster: ClusterAccess, place: Place, options: MakingOptions): Promise<Place> {
  const { extras, onStage, signal } = options;
  if (place.state === 'running' && (await isReady(cluster.api, place.id, signal))) return place;
  onStage('rights');
  const failure = new AbortController();
  const together = AbortSignal.any([signal, failure.signal]);
  try {
    await Promise.all([
      createRights(cluster, place, { ...(extras && { extras }), signal: together }).then(() => onStage('shell')),
      createShell(cluster, place, together),
    ]);
  } catch (error) {
    failure.abort(error);
    throw error;
  }
  onStage('prompt');
  await proveShell(cluster.source, place.id, signal);
  const body = makeReadyPatch(place.claim ? 'running' : 'warm');
  const patch = { body, contentType: 'application/merge-patch+json' };
  return decodePlace(await cluster.api.call('PATCH', objectPath(makeNamespace(place)), patch, signal));
}

/** In the pool the shell's account is nobody: the learner's rights come with the learner. */
async function createRights(
  cluster: ClusterAccess,
  { id, claim, state }: Place,
  { extras, signal }: Pick<MakingOptions, 'extras' | 'signal'>,
): Promise<void> {
  // They have all been there, and a network policy among them may have been taken away for the learner's own.
  if (state === 'running') return;
  const bindings = [makeCheckerBinding(id), ...(claim ? [makeLearnerBinding(id)] : [])];
  await Promise.all([
    createLimits(cluster, id, signal),
    ...bindings.map((binding) => createIfAbsent(cluster.api, binding, signal)),
  ]);
  if (extras) await giveLabNeeds(cluster, id, extras, signal);
}

/** Resolves when what is made in the namespace is counted, and its network is closed. */
export async function createLimits(
  { api, hasOuterWall }: Pick<ClusterAccess, 'api' | 'hasOuterWall'>,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  await createIfAbsent(api, makeKeeperBinding(id), signal);
  const manifests = [...makeLimits(id), ...(hasOuterWall ? [makeOuterWall(id)] : [])];
  await Promise.all(manifests.map((manifest) => createWithFreshRight(api, manifest, signal)));
  await awaitQuota(api, id, signal);
}

const quotaStatus = z.nullable(z.object({ status: z.optional(z.object({ hard: z.optional(z.unknown()) })) }));

/** Until the controller has counted once, Kubernetes refuses every pod with "status unknown for quota". */
async function awaitQuota(api: ApiClient, id: string, signal: AbortSignal): Promise<void> {
  const quota = makeQuota(id);
  const observed = { collection: collectionPath(quota), name: quota.metadata.name };
  const isCounted = (object: unknown) => decode(quotaStatus, object)?.status?.hard !== undefined || undefined;
  await awaitObject(api, observed, isCounted, signal);
}

async function createShell(
  { api, agent, runtimeClass }: ClusterAccess,
  place: Place,
  signal: AbortSignal,
): Promise<void> {
  const { id, uid, image } = place;
  const owner = makeOwnerReference(id, uid);
  await Promise.all(makeAccounts(id, owner).map((account) => createOwned(api, account, uid, signal)));
  const pod = makeShellPod({ id, image, owner, agent, runtimeClass });
  const [resourceVersion] = await Promise.all([
    createOwned(api, pod, uid, signal).catch((error: unknown) => {
      throw isRefusal(error, 403) && error.message.includes(SHELL_IMAGE_POLICY)
        ? new PodiumError('image_missing', { values: { image }, cause: error })
        : error;
    }),
    createOwned(api, makeShellNetwork(id, owner), uid, signal),
  ]);
  const observed = { collection: collectionPath(pod), name: pod.metadata.name };
  await awaitObject(api, { ...observed, ...(resourceVersion && { resourceVersion }) }, decideReady, signal);
}

async function isReady(api: ApiClient, id: string, signal: AbortSignal): Promise<boolean> {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: shellName(id), namespace: SHELL_NAMESPACE } };
  try {
    return decideReady(await api.call('GET', objectPath(pod), {}, signal)) === true;
  } catch (error) {
    // Evicted, deleted or failed: then it is made again.
    if (isRefusal(error, 404) || error instanceof PodiumError) return false;
    throw error;
  }
}

async function proveShell(source: CredentialSource, id: string, signal: AbortSignal): Promise<void> {
  const request = { namespace: SHELL_NAMESPACE, pod: shellName(id), container: SHELL_CONTAINER };
  using exec = await openExec(source, { ...request, command: readinessCommand, hasTerminal: false }, signal);
  const status = await withSignal(exec.exited, signal);
  if (status !== 0) throw new PodiumError('start_failed', { cause: new Error(`the shell answered ${status}`) });
}
