/**
 * Making a sandbox, or attaching to the one that is there. Each step is harmless when it was done before, so that a
 * start which was cut off is simply done again, here or by another server.
 *
 * What does not wait for each other is asked for at once: the pod is begun as soon as its account exists, and rights
 * and limits are put in place while it starts.
 */
import * as z from 'zod/mini';
import type { Clock } from '../../clock.ts';
import { PodiumError } from '../../errors.ts';
import type { StartStage } from '../../protocol/sandbox.ts';
import type { SandboxRecord, SandboxRequest } from '../driver.ts';
import { sandboxId } from '../sandbox-id.ts';
import { type ApiClient, isRefusal } from './api-client.ts';
import { awaitObject } from './await-object.ts';
import { awaitGone, createIfAbsent, createOwned, createWithFreshRight } from './create-object.ts';
import type { CredentialSource } from './credentials.ts';
import { openExec } from './exec.ts';
import {
  makeAccountBindings,
  makeAccounts,
  makeKeeperBinding,
  makeLimits,
  makeNamespace,
  makeOwnerReference,
  makeQuota,
  makeShellNetwork,
  runningPatch,
} from './learner-objects.ts';
import { collectionPath, objectPath } from './manifest.ts';
import { SHELL_CONTAINER, SHELL_IMAGE_POLICY, SHELL_NAMESPACE, shellName } from './names.ts';
import { decode } from './observed.ts';
import { decideReady } from './pod-state.ts';
import { decodeNamespace, type ObservedNamespace } from './record.ts';
import { type AgentDelivery, makeShellPod } from './shell-pod.ts';
import { readinessCommand } from './shell-scripts.ts';
import { withSignal } from './with-signal.ts';

export interface ClusterAccess {
  readonly api: ApiClient;
  readonly source: CredentialSource;
  readonly clock: Clock;
  readonly agent: AgentDelivery;
}

const neverAborted = new AbortController().signal;

type OnStage = (stage: StartStage) => void;

/**
 * The first step, by which the sandbox exists, or is found: from now on there is something to take away.
 * A sandbox of the same name that is just ending is waited for.
 */
export async function claimSandbox(
  { api, clock }: ClusterAccess,
  { ownerHash, lab }: SandboxRequest,
  signal: AbortSignal,
): Promise<ObservedNamespace> {
  const createdAt = new Date(clock.now());
  const expiresAt = new Date(createdAt.getTime() + lab.ceilingMinutes * 60_000);
  const id = sandboxId(ownerHash, lab.slug);
  const manifest = makeNamespace({ id, lab: lab.slug, ownerHash, createdAt, expiresAt });
  for (;;) {
    signal.throwIfAborted();
    try {
      // Not cut off by a cancel: the request might be served after the deletion that a cancel asks for.
      return decodeNamespace(await api.call('POST', collectionPath(manifest), { body: manifest }, neverAborted));
    } catch (error) {
      if (!isRefusal(error, 409)) throw error;
    }
    const present = await api.call('GET', objectPath(manifest), {}, signal).catch((error: unknown) => {
      if (isRefusal(error, 404)) return undefined;
      throw error;
    });
    if (present === undefined) continue;
    const observed = decodeNamespace(present);
    if (observed.record.ownerHash !== ownerHash || observed.record.lab !== lab.slug) {
      throw new PodiumError('cluster_refused', { cause: new Error(`${observed.record.namespace} is another's`) });
    }
    if (observed.record.state !== 'stopping') return observed;
    await awaitGone(api, manifest, signal);
  }
}

/** All the rest, until a shell has answered. */
export async function finishStart(
  cluster: ClusterAccess,
  request: SandboxRequest,
  claimed: ObservedNamespace,
  { onStage, signal }: { onStage: OnStage; signal: AbortSignal },
): Promise<SandboxRecord> {
  const { record } = claimed;
  if (record.state === 'running' && (await isReady(cluster.api, record.id, signal))) return record;
  onStage('rights');
  const failure = new AbortController();
  const together = AbortSignal.any([signal, failure.signal]);
  try {
    await Promise.all([
      createRights(cluster.api, record.id, together).then(() => onStage('shell')),
      createShell(cluster, request, claimed, together),
    ]);
  } catch (error) {
    failure.abort(error);
    throw error;
  }
  onStage('prompt');
  await proveShell(cluster.source, record.id, signal);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: record.namespace } };
  const patch = { body: runningPatch, contentType: 'application/merge-patch+json' };
  return decodeNamespace(await cluster.api.call('PATCH', objectPath(namespace), patch, signal)).record;
}

async function createRights(api: ApiClient, id: string, signal: AbortSignal): Promise<void> {
  const limits = async () => {
    await createIfAbsent(api, makeKeeperBinding(id), signal);
    await Promise.all(makeLimits(id).map((manifest) => createWithFreshRight(api, manifest, signal)));
    await awaitQuota(api, id, signal);
  };
  await Promise.all([limits(), ...makeAccountBindings(id).map((binding) => createIfAbsent(api, binding, signal))]);
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
  { api, agent }: ClusterAccess,
  { lab }: SandboxRequest,
  { uid, record: { id } }: ObservedNamespace,
  signal: AbortSignal,
): Promise<void> {
  const owner = makeOwnerReference(id, uid);
  await Promise.all(makeAccounts(id, owner).map((account) => createOwned(api, account, uid, signal)));
  const pod = makeShellPod({ id, lab: lab.slug, image: lab.image, owner, agent });
  const [resourceVersion] = await Promise.all([
    createOwned(api, pod, uid, signal).catch((error: unknown) => {
      throw isRefusal(error, 403) && error.message.includes(SHELL_IMAGE_POLICY)
        ? new PodiumError('image_missing', { values: { image: lab.image }, cause: error })
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
