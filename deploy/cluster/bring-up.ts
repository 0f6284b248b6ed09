/** The start of an instance, step by step. Each step may be done again: a supervisor that was killed begins at the first. */
import { access, readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { parse } from 'yaml';
import { importArchives } from './container-images.ts';
import { ClusterError } from './errors.ts';
import { readPort, writeCniConfiguration, writeHostKubeconfig } from './instance-files.ts';
import type { InstancePaths, InstanceSettings } from './instance.ts';
import { containerdSocket, makeAddresses, nodeName } from './instance.ts';
import type { KubeClient, KubeObject } from './kube-client.ts';
import { createKubeClient, waitFor } from './kube-client.ts';
import { loadKubeconfigParts } from './kubeconfig.ts';
import { makeDnsManifests } from './manifests/dns.ts';
import { makeMetricsManifests } from './manifests/metrics.ts';
import { makeStorageManifests } from './manifests/storage.ts';
import type { NamespaceHandles } from './namespaces.ts';
import type { PartName } from './part-commands.ts';
import { probePolicyEngine } from './policy-probe.ts';
import type { InstanceStatus } from './status.ts';

/** A cold disk and a busy machine make everything several times slower; what takes longer than this is broken. */
const stepLimitMs = 120_000;
/** One look at a socket of the same machine. */
const healthTimeoutMs = 1000;

export type BringUp = {
  paths: InstancePaths;
  settings: InstanceSettings;
  handles: NamespaceHandles;
  /** A process inside the namespaces, through whose root its sockets are reached. */
  holderPid: number;
  startPart: (name: PartName) => void;
  onStep: (step: InstanceStatus['step']) => void;
  signal: AbortSignal;
};

/** Starts everything and resolves with a client for the API server when the cluster may be used. */
export async function bringUp(context: BringUp): Promise<KubeClient> {
  const { onStep, paths, settings } = context;
  onStep('control plane');
  for (const name of ['etcd', 'containerd', 'kube-apiserver', 'relay'] as const) context.startPart(name);
  const kube = await connect(context);
  for (const name of ['kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'kubelet'] as const) {
    context.startPart(name);
  }
  onStep('images');
  const images = importImages(context);
  // It is awaited below; until then a failure must not count as unhandled.
  images.catch(() => undefined);
  onStep('network policies');
  await applyCiliumKinds(kube, settings.partsDirectory);
  context.startPart('cilium-agent');
  await applySystemServices(kube, context);
  await waitUntil('the policy engine', () => isCiliumHealthy(context.holderPid), context);
  await writeCniConfiguration(paths);
  await images;
  onStep('node');
  await waitUntil('the node', () => isNodeReady(kube), context);
  onStep('probe');
  const nodeProgram = path.join(settings.partsDirectory, 'bin', 'podium-node');
  const probe = probePolicyEngine(kube, nodeProgram, context.signal);
  const dns = waitUntil('the cluster DNS', () => isDeploymentReady(kube, 'coredns'), context);
  await Promise.all([probe, dns]);
  return kube;
}

/** Waits for the relay's port and the API server behind it, and writes the administrator's kubeconfig. */
export async function connect(context: BringUp): Promise<KubeClient> {
  const { paths, settings } = context;
  const port = await waitFor(() => readPort(paths), {
    limitMs: stepLimitMs,
    makeError: () =>
      new ClusterError('port-taken', {
        facts: settings.port === 0 ? 'no free port on 127.0.0.1' : String(settings.port),
        next: 'choose another with --port, or leave the option out for any free one',
      }),
    signal: context.signal,
  });
  await writeHostKubeconfig(paths, settings.name, port);
  const kube = createKubeClient(await loadKubeconfigParts(paths.certificates, 'admin', `https://127.0.0.1:${port}`));
  await waitUntil('the API server', () => kube.answers('/readyz'), context);
  return kube;
}

async function waitUntil(what: string, ask: () => Promise<boolean>, context: BringUp): Promise<void> {
  await waitFor(async () => ((await ask()) ? true : undefined), {
    limitMs: stepLimitMs,
    makeError: () =>
      new ClusterError('timed-out', {
        facts: `waited ${stepLimitMs / 1000} s for ${what}`,
        next: `read the logs below ${context.paths.logs}`,
      }),
    signal: context.signal,
  });
}

async function importImages(context: BringUp): Promise<void> {
  const socket = path.join('/proc', String(context.holderPid), 'root', containerdSocket);
  await waitUntil(
    'containerd',
    () =>
      access(socket).then(
        () => true,
        () => false,
      ),
    context,
  );
  const binaries = path.join(context.settings.partsDirectory, 'bin');
  const containerd = { handles: context.handles, binaries };
  await importArchives(containerd, context.paths, context.settings.imageArchives, context.signal);
}

/** Cilium's CustomResourceDefinitions; its operator would make them. */
async function applyCiliumKinds(kube: KubeClient, partsDirectory: string): Promise<void> {
  const folder = path.join(partsDirectory, 'cilium', 'crds');
  const apply = async (file: string) => {
    const object = parse(await readFile(path.join(folder, file), 'utf8')) as KubeObject;
    await kube.apply(object);
  };
  await Promise.all((await readdir(folder)).map(apply));
}

async function applySystemServices(kube: KubeClient, { paths, settings }: BringUp): Promise<void> {
  const nodeProgram = path.join(settings.partsDirectory, 'bin', 'podium-node');
  const objects = [
    ...makeDnsManifests(makeAddresses(settings.number)),
    ...makeStorageManifests(paths, nodeProgram),
    ...makeMetricsManifests(),
  ];
  for (const object of objects) await kube.apply(object);
}

/** Asks the agent over its own socket, as `cilium-dbg status --brief` does. */
function isCiliumHealthy(holderPid: number): Promise<boolean> {
  const socketPath = `/proc/${holderPid}/root/run/cilium/cilium.sock`;
  const options = { socketPath, path: '/v1/healthz', headers: { brief: 'true' }, timeout: healthTimeoutMs };
  return new Promise((resolve) => {
    const outgoing = request(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve(false));
    outgoing.end();
  });
}

type Conditions = { status?: { conditions?: { type: string; status: string }[] } };

function hasCondition(object: Conditions | undefined, type: string): boolean {
  return (
    object?.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false
  );
}

async function isNodeReady(kube: KubeClient): Promise<boolean> {
  return hasCondition(await kube.get<Conditions>(`/api/v1/nodes/${nodeName}`), 'Ready');
}

export async function isDeploymentReady(kube: KubeClient, name: string): Promise<boolean> {
  return hasCondition(
    await kube.get<Conditions>(`/apis/apps/v1/namespaces/kube-system/deployments/${name}`),
    'Available',
  );
}
