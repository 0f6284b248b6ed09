/**
 * Whether the cluster's network does what policies say: among the shells, where nothing may reach anything, two pods
 * are let through to each other by a policy, and a third is not.
 */
import type { V1NetworkPolicy, V1OwnerReference, V1Pod } from '@kubernetes/client-node';
import * as z from 'zod/mini';
import { PodiumError } from '../../errors.ts';
import type { LayerReport } from '../isolation.ts';
import { awaitObject } from './await-object.ts';
import { type ApiClient, isRefusal } from './api-client.ts';
import { createOwned } from './create-object.ts';
import { besideShell } from './learner-objects.ts';
import { collectionPath, type Manifest, type Written } from './manifest.ts';
import * as names from './names.ts';
import { decode } from './observed.ts';
import { decideReady } from './pod-state.ts';

const PORT = 8080;
/** `nobody`, in an image that knows no users. */
const PROBE_UID = 65_534;
/** Three pods, one after the other, on a node that has never had their image; the longest look takes 20 s. */
const PROBE_LIMIT_MS = 90_000;
/** What the agent's program ends with when it has found that something is not as it was told. */
const STATUS_OTHERWISE = 2;

type Role = 'listener' | 'allowed' | 'refused';

export interface ProbeNeeds {
  /** Of the place that owns the pods, and takes them with it. */
  readonly id: string;
  readonly owner: V1OwnerReference;
  readonly runtimeClass: string | undefined;
}

/** A hole in the wall of the shells: from one pod to one other. Pure. */
export function makeProbeDoor({ id, owner }: ProbeNeeds): Written<V1NetworkPolicy> & Manifest {
  const only = (role: Role) => ({
    podSelector: { matchLabels: { [names.SANDBOX_LABEL]: id, [names.PROBE_LABEL]: role } },
  });
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: besideShell(id, `probe-${id}`, owner),
    spec: {
      podSelector: {
        matchLabels: { [names.SANDBOX_LABEL]: id },
        matchExpressions: [{ key: names.PROBE_LABEL, operator: 'In', values: ['listener', 'allowed'] }],
      },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [only('allowed')] }],
      egress: [{ to: [only('listener')] }],
    },
  };
}

/** A pod that is confined as shells are, with a container for each thing that it looks at. Pure. */
export function makeProbePod(
  { id, owner, runtimeClass }: ProbeNeeds,
  role: Role,
  looks: readonly (readonly string[])[],
): Written<V1Pod> & Manifest {
  const metadata = besideShell(id, `probe-${role}-${id}`, owner);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, labels: { ...metadata.labels, [names.PROBE_LABEL]: role } },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      hostUsers: false,
      ...(runtimeClass !== undefined && { runtimeClassName: runtimeClass }),
      priorityClassName: names.SHELL_PRIORITY_CLASS,
      terminationGracePeriodSeconds: 1,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: PROBE_UID,
        runAsGroup: PROBE_UID,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: looks.map((look) => ({
        name: look[0] ?? role,
        image: names.AGENT_IMAGE,
        imagePullPolicy: 'IfNotPresent',
        command: ['/shell-agent', 'probe', ...look],
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
        },
        resources: { requests: { cpu: '5m', memory: '8Mi' }, limits: { cpu: '200m', memory: '32Mi' } },
      })),
    },
  };
}

/** Reports of the network and of user namespaces; throws only where the cluster does not answer, or by `signal`. */
export async function probeNetwork(api: ApiClient, needs: ProbeNeeds, signal: AbortSignal): Promise<LayerReport[]> {
  const limit = AbortSignal.timeout(PROBE_LIMIT_MS);
  try {
    return await probe(api, needs, AbortSignal.any([signal, limit]));
  } catch (error) {
    if (limit.aborted && !signal.aborted) {
      const why = `"kubectl -n ${names.SHELL_NAMESPACE} get events" says what it waits for`;
      return [unchecked(`The probe was not done in ${PROBE_LIMIT_MS / 1000} s; ${why}.`)];
    }
    if (isRefusal(error, 403)) return [unchecked(`A pod of the probe was refused: ${error.message}`)];
    if (error instanceof PodiumError && error.code === 'image_missing') {
      return [unchecked(`${names.AGENT_IMAGE} is not on the node. Bring it there: podium images load, or push.`)];
    }
    if (error instanceof PodiumError && error.code === 'cluster_full')
      return [unchecked('No node has room for the pods of the probe. End sandboxes, or add nodes.')];
    throw error;
  }
}

async function probe(api: ApiClient, needs: ProbeNeeds, signal: AbortSignal): Promise<LayerReport[]> {
  const { owner } = needs;
  const make = async <T>(pod: Manifest, decide: (object: unknown) => T | undefined) => {
    await createOwned(api, pod, owner.uid, signal);
    return awaitObject(api, { collection: collectionPath(pod), name: pod.metadata.name }, decide, signal);
  };
  await createOwned(api, makeProbeDoor(needs), owner.uid, signal);
  const listener = await make(makeProbePod(needs, 'listener', [['listen', `:${PORT}`]]), decideAddress);
  const address = `${listener.ip.includes(':') ? `[${listener.ip}]` : listener.ip}:${PORT}`;
  const allowed = await make(makeProbePod(needs, 'allowed', [['open', address], ['users']]), decideOutcome);
  const users = reportUsers(allowed.statuses['users']);
  if (allowed.statuses['open'] !== 0) return [reportShut(allowed.statuses['open']), ...users];
  const refused = await make(makeProbePod(needs, 'refused', [['blocked', address]]), decideOutcome);
  const nodes = [...new Set([listener.node, allowed.node, refused.node])];
  return [reportWall(refused.statuses['blocked'], nodes), ...users];
}

function unchecked(because: string): LayerReport {
  return { layer: 'network', state: 'not_checked', because };
}

const OLD_IMAGE = `${names.AGENT_IMAGE} on the node is of another version of Podium. Bring the images of this one there: podium images load, or push.`;

function reportShut(status: number | undefined): LayerReport {
  const isShut = status === STATUS_OTHERWISE;
  return unchecked(
    isShut ? 'A connection that a policy allows did not get through, so nothing is known of others.' : OLD_IMAGE,
  );
}

/** Pure. */
export function reportWall(status: number | undefined, nodes: readonly string[]): LayerReport {
  const layer = 'network';
  const where = `nodes: ${nodes.join(', ')}`;
  if (status === 0) {
    const because = `A connection that a policy allows got through, and one that none allows did not (${where}).`;
    return { layer, state: 'proved', because };
  }
  if (status !== STATUS_OTHERWISE) return unchecked(OLD_IMAGE);
  const because = `A connection that no policy allows got through (${where}). Install a network plugin that enforces NetworkPolicy, Cilium or Calico for example.`;
  return { layer, state: 'missing', because };
}

function reportUsers(status: number | undefined): LayerReport[] {
  const layer = 'user_namespaces';
  if (status === 0)
    return [{ layer, state: 'proved', because: 'A pod had users of its own, who are nobody on the node.' }];
  if (status !== STATUS_OTHERWISE) return [];
  const because =
    'A pod that asked for users of its own (hostUsers: false) got those of the node. Update Kubernetes and the container runtime of the nodes.';
  return [{ layer, state: 'missing', because }];
}

const startedPod = z.object({ spec: z.object({ nodeName: z.string() }), status: z.object({ podIP: z.string() }) });

function decideAddress(object: unknown): { ip: string; node: string } | undefined {
  if (decideReady(object) === undefined) return undefined;
  const { spec, status } = decode(startedPod, object);
  return { ip: status.podIP, node: spec.nodeName };
}

const endedPod = z.object({
  spec: z.object({ nodeName: z.string() }),
  status: z.object({
    containerStatuses: z.array(
      z.object({ name: z.string(), state: z.object({ terminated: z.object({ exitCode: z.int() }) }) }),
    ),
  }),
});

export interface ProbeOutcome {
  readonly node: string;
  /** Exit status by container. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** Undefined until all containers have ended; throws what `decideReady` does where they will not begin. Pure. */
export function decideOutcome(object: unknown): ProbeOutcome | undefined {
  const ended = endedPod.safeParse(object);
  if (!ended.success) {
    decideReady(object);
    return undefined;
  }
  const { spec, status } = ended.data;
  const statuses = status.containerStatuses.map(({ name, state }) => [name, state.terminated.exitCode] as const);
  return { node: spec.nodeName, statuses: Object.fromEntries(statuses) };
}
