/**
 * The proof that network policies are enforced, made before any learner's pod may start:
 * one pod that a policy lets in must get through, one that it does not must be blocked.
 */
import type { KubeClient, KubeObject } from './kube-client.ts';
import { waitFor } from './kube-client.ts';
import { ClusterError } from './errors.ts';
import { pauseImage } from './part-configuration.ts';

export const probeNamespace = 'podium-probe';
const serverPort = 8080;
const podLimitMs = 30_000;
/** The refused pod waits this long for an answer; a packet that is let through is answered within a millisecond. */
const refusedAttempt = '700ms';

type Pod = {
  status?: {
    phase?: string;
    podIP?: string;
    conditions?: { type: string; status: string }[];
    containerStatuses?: { state?: { terminated?: { message?: string } } }[];
  };
};
type Role = 'server' | 'allowed' | 'refused';

/** The namespace and the policies of the probe: nothing is let in but the pod that is named. Pure. */
export function makeProbeWalls(): KubeObject[] {
  const policy = (name: string, spec: object): KubeObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: probeNamespace },
    spec,
  });
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: probeNamespace } },
    policy('deny', { podSelector: {}, policyTypes: ['Ingress'] }),
    policy('let-in', {
      podSelector: { matchLabels: { probe: 'server' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: { matchLabels: { probe: 'allowed' } } }] }],
    }),
  ];
}

/** A pod of the probe: our static program from the node in the smallest image that there is. Pure. */
export function makeProbePod(role: Role, nodeProgram: string, args: string[]): KubeObject {
  const metadata = { name: role, namespace: probeNamespace, labels: { probe: role } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      containers: [
        {
          name: 'probe',
          image: pauseImage,
          imagePullPolicy: 'IfNotPresent',
          command: ['/podium-node', ...args],
          volumeMounts: [{ name: 'program', mountPath: '/podium-node', readOnly: true }],
        },
      ],
      volumes: [{ name: 'program', hostPath: { path: nodeProgram, type: 'File' } }],
    },
  };
}

/** Resolves when the allowed pod got through and the refused one did not; throws otherwise. Leaves nothing behind. */
export async function probePolicyEngine(kube: KubeClient, nodeProgram: string, signal: AbortSignal): Promise<void> {
  try {
    for (const object of makeProbeWalls()) await kube.apply(object);
    await waitForServiceAccount(kube, signal);
    await kube.apply(makeProbePod('server', nodeProgram, ['serve', `--listen=:${serverPort}`]));
    const server = await waitForPod(kube, 'server', (pod) => pod.status?.podIP !== undefined && isReady(pod), signal);
    const address = `--address=${server.status?.podIP}:${serverPort}`;
    await kube.apply(makeProbePod('allowed', nodeProgram, ['dial', address, '--until=open']));
    await kube.apply(makeProbePod('refused', nodeProgram, ['dial', address, `--attempt=${refusedAttempt}`]));
    const [allowed, refused] = await Promise.all([
      readOutcome(kube, 'allowed', signal),
      readOutcome(kube, 'refused', signal),
    ]);
    if (allowed !== 'open' || refused !== 'blocked') {
      throw new ClusterError('policy-not-enforced', {
        facts: `the allowed pod found the door ${allowed}, the refused one ${refused}`,
        next: 'read `npm run cluster -- logs cilium-agent`, then take the cluster down and up again',
      });
    }
  } finally {
    await kube.remove(`/api/v1/namespaces/${probeNamespace}`);
  }
}

/** Pods are refused until the controller manager has made the namespace's service account. */
function waitForServiceAccount(kube: KubeClient, signal: AbortSignal): Promise<unknown> {
  const path = `/api/v1/namespaces/${probeNamespace}/serviceaccounts/default`;
  return waitFor(() => kube.get(path), {
    limitMs: podLimitMs,
    makeError: () => makeTimeout('service account'),
    signal,
  });
}

async function readOutcome(kube: KubeClient, role: Role, signal: AbortSignal): Promise<string> {
  const pod = await waitForPod(kube, role, ({ status }) => /Succeeded|Failed/u.test(status?.phase ?? ''), signal);
  return pod.status?.containerStatuses?.[0]?.state?.terminated?.message ?? 'without an answer';
}

function waitForPod(kube: KubeClient, role: Role, isDone: (pod: Pod) => boolean, signal: AbortSignal): Promise<Pod> {
  const ask = async () => {
    const pod = await kube.get<Pod>(`/api/v1/namespaces/${probeNamespace}/pods/${role}`);
    return pod !== undefined && isDone(pod) ? pod : undefined;
  };
  return waitFor(ask, { limitMs: podLimitMs, makeError: () => makeTimeout(`the pod "${role}"`), signal });
}

function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

function makeTimeout(what: string): ClusterError {
  return new ClusterError('timed-out', {
    facts: `the probe of the policy engine waited ${podLimitMs / 1000} s for ${what}`,
    next: 'read `npm run cluster -- logs kubelet` and `… logs cilium-agent`',
  });
}
