/**
 * The pod that a learner types in, as a whole manifest. Pure.
 *
 * Two containers of the lab's image: `shell`, where the learner is, with the learner's token; and `checker`, where
 * checks run, which sees the home read-only and holds no credential but the one that each check brings along.
 */
import type { V1Container, V1OwnerReference, V1Pod, V1SecurityContext, V1Volume } from '@kubernetes/client-node';
import { besideShell } from './learner-objects.ts';
import type { Manifest, Written } from './manifest.ts';
import * as names from './names.ts';
import { agentCommand } from './shell-scripts.ts';

/** Which lab it will be is not known when a pod is made ahead. */
const HOSTNAME = 'lab';
/** `learner` in every lab image. */
const LEARNER_UID = 1000;
/** Memory-backed, because a disk emptyDir over its limit evicts the whole shell; a full one of these says ENOSPC. */
const HOME_LIMIT = '256Mi';
const TEMPORARY_LIMIT = '64Mi';
const CHECKER_LIMIT = '16Mi';
/** Home and /tmp count as the container's memory, so both must fit beside a few kubectl and helm of 100 MiB. */
const SHELL_MEMORY = '768Mi';
const CHECKER_MEMORY = '192Mi';
/** The kubelet renews a token at 80 % of its life; an hour is what it would ask for without being told. */
const TOKEN_SECONDS = 3600;
/** It holds one socket, of no size. */
const SOCKET_LIMIT = '1Mi';
/** The program has 7 MB. */
const AGENT_COPY_LIMIT = '16Mi';
/** The shell keeps nothing that a slow end would save. */
const GRACE_SECONDS = 1;

/**
 * The first process of `checker`: waits for ever, ends at once when told to, and, being a shell in `wait`,
 * reaps what checks leave behind.
 */
const idle = ['/bin/sh', '-c', "trap 'exit 0' TERM INT; while :; do sleep 86400 & wait $!; done"];

const confined: V1SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};

export interface ShellPodNeeds {
  readonly id: string;
  readonly image: string;
  readonly owner: V1OwnerReference;
  readonly agent: AgentDelivery;
  /** By which program of the node; its usual one where this is left out. */
  readonly runtimeClass?: string | undefined;
}

/**
 * How the agent's program comes into the pod: its image as a volume, or, where a cluster has no such volumes, copied
 * by a container that runs before, which takes half a second.
 */
export type AgentDelivery = 'volume' | 'copy';

export function makeShellPod(needs: ShellPodNeeds): Written<V1Pod> & Manifest {
  const { id, owner } = needs;
  const name = names.shellName(id);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: besideShell(id, name, owner),
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      // Variables for each Service of the namespace would be noise in `env`.
      enableServiceLinks: false,
      hostUsers: false,
      ...(needs.runtimeClass !== undefined && { runtimeClassName: needs.runtimeClass }),
      hostname: HOSTNAME,
      priorityClassName: names.SHELL_PRIORITY_CLASS,
      terminationGracePeriodSeconds: GRACE_SECONDS,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: LEARNER_UID,
        runAsGroup: LEARNER_UID,
        fsGroup: LEARNER_UID,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(needs.agent === 'copy' && { initContainers: [agentCopier] }),
      containers: [makeShell(needs), makeChecker(needs)],
      volumes: [...volumes, makeAgentVolume(needs.agent)],
    },
  };
}

function makeShell({ id, image }: ShellPodNeeds): Written<V1Container> {
  return {
    name: names.SHELL_CONTAINER,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: [...agentCommand],
    workingDir: names.LEARNER_HOME,
    env: [
      { name: 'HOME', value: names.LEARNER_HOME },
      { name: 'NAMESPACE', value: names.learnerNamespace(id) },
    ],
    securityContext: confined,
    resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { cpu: '1', memory: SHELL_MEMORY } },
    volumeMounts: [
      { name: 'home', mountPath: names.LEARNER_HOME },
      { name: 'temporary', mountPath: '/tmp' },
      { name: 'cluster', mountPath: names.CLUSTER_MOUNT, readOnly: true },
      { name: 'token', mountPath: names.TOKEN_MOUNT, readOnly: true },
      { name: 'agent', mountPath: names.AGENT_FOLDER, readOnly: true },
      { name: 'socket', mountPath: names.AGENT_SOCKET_FOLDER },
    ],
  };
}

function makeChecker({ id, image }: ShellPodNeeds): Written<V1Container> {
  return {
    name: names.CHECKER_CONTAINER,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: idle,
    workingDir: '/',
    env: [
      { name: 'HOME', value: names.CHECKER_FOLDER },
      { name: 'NAMESPACE', value: names.learnerNamespace(id) },
    ],
    securityContext: confined,
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '500m', memory: CHECKER_MEMORY } },
    volumeMounts: [
      { name: 'home', mountPath: names.LEARNER_HOME, readOnly: true },
      { name: 'checker', mountPath: names.CHECKER_FOLDER },
      { name: 'cluster', mountPath: names.CLUSTER_MOUNT, readOnly: true },
      { name: 'agent', mountPath: names.AGENT_FOLDER, readOnly: true },
    ],
  };
}

const agentCopier: Written<V1Container> = {
  name: 'agent',
  image: names.AGENT_IMAGE,
  imagePullPolicy: 'IfNotPresent',
  command: ['/shell-agent', 'install', names.AGENT_FOLDER],
  securityContext: confined,
  resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '500m', memory: '64Mi' } },
  volumeMounts: [{ name: 'agent', mountPath: names.AGENT_FOLDER }],
};

function makeAgentVolume(delivery: AgentDelivery): Written<V1Volume> {
  return delivery === 'volume'
    ? { name: 'agent', image: { reference: names.AGENT_IMAGE, pullPolicy: 'IfNotPresent' } }
    : { name: 'agent', emptyDir: { sizeLimit: AGENT_COPY_LIMIT } };
}

const volumes: Written<V1Volume>[] = [
  { name: 'home', emptyDir: { medium: 'Memory', sizeLimit: HOME_LIMIT } },
  { name: 'temporary', emptyDir: { medium: 'Memory', sizeLimit: TEMPORARY_LIMIT } },
  { name: 'socket', emptyDir: { medium: 'Memory', sizeLimit: SOCKET_LIMIT } },
  { name: 'checker', emptyDir: { medium: 'Memory', sizeLimit: CHECKER_LIMIT } },
  // The certificate is no secret: Kubernetes puts this ConfigMap into every namespace.
  { name: 'cluster', configMap: { name: 'kube-root-ca.crt' } },
  {
    name: 'token',
    projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: TOKEN_SECONDS } }] },
  },
];
