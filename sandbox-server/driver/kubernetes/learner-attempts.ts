/**
 * What is tried as a learner would, without making anything: an ordinary pod, which must be taken and filled in, and
 * what differs from it in one thing that must be refused. Pure.
 */
import * as z from 'zod/mini';
import type { IsolationLayer, LayerReport } from '../isolation.ts';
import type { Manifest } from './manifest.ts';
import { learnerNamespace, SHELL_NAMESPACE } from './names.ts';

/** In half a sentence, as "… was refused" or "… got through" follows it. */
export interface Attempt {
  readonly what: string;
  /** Tried by making this, as far as the cluster's answer; where it is left out, by reading `path`. */
  readonly manifest?: Manifest;
  readonly path?: string;
  /** By the server's own account, and not by a learner's. */
  readonly isServers?: true;
}

export type AttemptOutcome =
  | { readonly state: 'refused' }
  | { readonly state: 'taken' }
  /** Refused for a fault of the attempt's, which says nothing. */
  | { readonly state: 'unclear'; readonly reason: string };

/** Twice what the quota has, in containers that each may have their part. */
const GREEDY_CPU = '900m';

export function makePlainPod(id: string, image: string): Manifest {
  return makePod(id, [{ name: 'proof', image }]);
}

function makePod(id: string, containers: readonly object[], namespace = learnerNamespace(id)): Manifest {
  const manifest = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'podium-proof', namespace },
    spec: { containers },
  };
  return manifest;
}

type Tried = Extract<IsolationLayer, 'rights' | 'pod_security' | 'admission_policies' | 'quota'>;

/** By the layer that must refuse it; all are tried. */
export function makeForbidden(id: string, image: string): Readonly<Record<Tried, readonly Attempt[]>> {
  const container = { name: 'proof', image };
  const within = { name: 'podium-proof', namespace: learnerNamespace(id) };
  const greedy = { ...container, resources: { requests: { cpu: GREEDY_CPU }, limits: { cpu: GREEDY_CPU } } };
  const nodePort = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: within,
    spec: { type: 'NodePort', ports: [{ port: 80 }] },
  };
  const finalizers = ['podium.dev/proof'];
  return {
    rights: [
      { what: 'a look at the secrets beside the shells', path: `/api/v1/namespaces/${SHELL_NAMESPACE}/secrets` },
      { what: 'a pod in another namespace', manifest: makePod(id, [container], 'default') },
    ],
    pod_security: [
      {
        what: 'a privileged pod',
        manifest: makePod(id, [{ ...container, securityContext: { privileged: true } }]),
      },
    ],
    admission_policies: [
      { what: 'a pod of an image that is not a lab’s', manifest: makePlainPod(id, 'podium.invalid/proof:1') },
      { what: 'a port on every node', manifest: nodePort },
      {
        what: 'an object that nothing can end',
        manifest: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...within, finalizers } } as Manifest,
      },
      {
        what: 'a namespace of the server’s that is no sandbox',
        manifest: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'podium-proof' } },
        isServers: true,
      },
    ],
    quota: [
      {
        what: 'more than the quota has',
        manifest: makePod(id, [greedy, { ...greedy, name: 'proof-too' }]),
      },
    ],
  };
}

/** What to do where such a thing got through. */
const remedies: Readonly<Record<Tried, string>> = {
  rights:
    'Learners have rights that Podium did not give them: look for bindings to system:authenticated, system:serviceaccounts or all accounts.',
  pod_security: 'Is the admission plugin PodSecurity switched off in the API server?',
  admission_policies:
    'Run "podium install" of this version again (with the chart: helm upgrade), and look whether the admission plugin ValidatingAdmissionPolicy is switched off in the API server.',
  quota: 'Is the admission plugin ResourceQuota switched off in the API server?',
};

/** What the outcomes of a layer's attempts come to. */
export function reportForbidden(layer: Tried, tried: readonly (readonly [Attempt, AttemptOutcome])[]): LayerReport {
  const named = (state: AttemptOutcome['state']) =>
    tried.flatMap(([{ what }, outcome]) => (outcome.state === state ? [what] : [])).join(', ');
  const taken = named('taken');
  if (taken !== '') return { layer, state: 'missing', because: `Got through: ${taken}. ${remedies[layer]}` };
  const unclear = tried.flatMap(([{ what }, outcome]) =>
    outcome.state === 'unclear' ? [`${what}: ${outcome.reason}`] : [],
  );
  if (unclear.length > 0)
    return { layer, state: 'not_checked', because: `The cluster’s answer says nothing of ${unclear.join('; ')}` };
  return { layer, state: 'proved', because: `Was refused: ${named('refused')}.` };
}

/** The layers that are tried by what differs from an ordinary pod, where there can be none. */
export function reportUntried(): LayerReport[] {
  const layers = ['rights', 'pod_security', 'admission_policies', 'quota'] as const;
  const because = 'An ordinary pod must be possible first.';
  return layers.map((layer) => ({ layer, state: 'not_checked', because }));
}

const filledPod = z.object({
  spec: z.object({
    hostUsers: z.optional(z.boolean()),
    runtimeClassName: z.optional(z.string()),
    securityContext: z.optional(z.object({ seccompProfile: z.optional(z.object({ type: z.string() })) })),
    containers: z.array(
      z.object({
        securityContext: z.optional(
          z.object({
            allowPrivilegeEscalation: z.optional(z.boolean()),
            capabilities: z.optional(z.object({ drop: z.optional(z.array(z.string())) })),
          }),
        ),
      }),
    ),
  }),
});

const INSTALL_AGAIN = 'Run "podium install" of this version again; with the chart: helm upgrade.';

/** What became of the ordinary pod, which says nothing of how it is confined. */
export function reportDefaults(answer: unknown): LayerReport {
  const layer = 'defaults';
  const { data } = filledPod.safeParse(answer);
  const container = data?.spec.containers[0]?.securityContext;
  const isFilled =
    data?.spec.hostUsers === false &&
    data.spec.securityContext?.seccompProfile?.type === 'RuntimeDefault' &&
    container?.allowPrivilegeEscalation === false &&
    container.capabilities?.drop?.includes('ALL') === true;
  return isFilled
    ? { layer, state: 'proved', because: 'An ordinary pod was given users of its own and lost all capabilities.' }
    : { layer, state: 'missing', because: `An ordinary pod was taken as it is, unconfined. ${INSTALL_AGAIN}` };
}

export function reportRefusedPod(reason: string): LayerReport {
  return { layer: 'defaults', state: 'missing', because: `An ordinary pod was refused: ${reason}. ${INSTALL_AGAIN}` };
}

/** Whether the ordinary pod was put under the class that the operator named, which is there. */
export function reportRuntimeClass(runtimeClass: string, answer: unknown): LayerReport {
  const layer = 'runtime_class';
  const given = filledPod.safeParse(answer).data?.spec.runtimeClassName;
  return given === runtimeClass
    ? { layer, state: 'proved', because: `Shells, and what learners start, run under ${runtimeClass}.` }
    : {
        layer,
        state: 'missing',
        because: `Shells run under ${runtimeClass}, but what learners start runs under ${given ?? 'none'}. Run "podium install" again with --runtime-class ${runtimeClass}; with the chart, set sandboxes.runtimeClass.`,
      };
}
