/** All that Podium needs in a cluster before the first sandbox, as whole manifests in the order of their making. Pure. */
import type { V1Namespace, V1PriorityClass, V1ServiceAccount } from '@kubernetes/client-node';
import { makeAdmissionPolicies } from './admission-policies.ts';
import { makeRoles } from './cluster-roles.ts';
import { makeImageHolder } from './image-holder.ts';
import { managedLabels, type Manifest, type Written } from './manifest.ts';
import * as names from './names.ts';
import { type ApiServerAddress, makeShellCommons, makeShellWall } from './network.ts';
import { makeTextbookMutation } from './textbook-mutation.ts';

export interface ClusterNeeds {
  /** Every image that a learner's pod may use, written in full with its tag. */
  readonly imageNames: readonly string[];
  readonly apiServers: readonly ApiServerAddress[];
  /** Under which all that learners start runs, where the operator has one. */
  readonly runtimeClass?: string | undefined;
  /** Whether a pod on each node has the images brought there ahead. */
  readonly holdsImages?: boolean | undefined;
}

/** The second list needs the first: what has a namespace comes after it. */
export function makeClusterObjects(needs: ClusterNeeds): readonly (readonly Manifest[])[] {
  return [
    [makeNamespace(names.SERVER_NAMESPACE), makeNamespace(names.SHELL_NAMESPACE)],
    [
      makeAccount(names.SERVER_ACCOUNT),
      makeAccount(names.JANITOR_ACCOUNT),
      shellPriority,
      ...makeRoles(),
      ...makeAdmissionPolicies(needs),
      ...makeTextbookMutation(needs.runtimeClass),
      ...makeShellLevel(),
      makeShellWall(),
      makeShellCommons(needs.apiServers),
      ...(needs.holdsImages === true ? [makeImageHolder(needs.imageNames)] : []),
    ],
  ];
}

function makeNamespace(name: string): Written<V1Namespace> & Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { ...managedLabels, 'pod-security.kubernetes.io/enforce': 'restricted' } },
  };
}

function makeAccount(name: string): Written<V1ServiceAccount> & Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: names.SERVER_NAMESPACE, labels: { ...managedLabels } },
    automountServiceAccountToken: false,
  };
}

/** A full node refuses the learner's next pod, it does not throw out the shell that they type in. */
const shellPriority: Written<V1PriorityClass> & Manifest = {
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name: names.SHELL_PRIORITY_CLASS, labels: { ...managedLabels } },
  value: 100_000,
  description: 'Shells of Podium: before what learners run, behind what the cluster needs.',
};

/** Below the share of 40 that ordinary workloads have, so that a room of scripts does not slow the cluster itself. */
const SHELL_SHARES = 20;

/** One learner's loop of kubectl waits in its own queue: requests are told apart by account. */
function makeShellLevel(): Manifest[] {
  const metadata = { name: names.SHELL_PRIORITY_CLASS, labels: { ...managedLabels } };
  return [
    {
      apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
      kind: 'PriorityLevelConfiguration',
      metadata,
      spec: {
        type: 'Limited',
        limited: {
          nominalConcurrencyShares: SHELL_SHARES,
          limitResponse: { type: 'Queue', queuing: { queues: 64, handSize: 6, queueLengthLimit: 50 } },
        },
      },
    } as Manifest,
    {
      apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
      kind: 'FlowSchema',
      metadata,
      spec: {
        priorityLevelConfiguration: { name: names.SHELL_PRIORITY_CLASS },
        // Before the schema `service-accounts` (9000), which would catch them otherwise.
        matchingPrecedence: 8000,
        distinguisherMethod: { type: 'ByUser' },
        rules: [
          {
            subjects: [{ kind: 'Group', group: { name: names.SHELL_ACCOUNTS_GROUP } }],
            resourceRules: [
              { verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true },
            ],
            nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
          },
        ],
      },
    } as Manifest,
  ];
}
