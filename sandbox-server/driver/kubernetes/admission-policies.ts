/** What is refused in a learner's namespace, with sentences that teach. Pure. */
import type { V1NamedRuleWithOperations } from '@kubernetes/client-node';
import { janitorAccountPolicy, serverAccountPolicy } from './account-policies.ts';
import { farewellPolicy } from './farewell-policy.ts';
import { imageValidation, imageVariables } from './image-policy.ts';
import type { Manifest, Written } from './manifest.ts';
import * as names from './names.ts';
import { celList, inLearnerNamespaces, makePolicyWithBinding, type PolicyParts } from './policy.ts';

/** A ConfigMap may be 1 MiB; forty of those would be a notable part of the cluster's whole database. */
const LARGEST_CONFIG_BYTES = 256 * 1024;
/** A namespace ends when its last pod has: a longer farewell would hold it. */
const LONGEST_GRACE_SECONDS = 60;

interface LearnersMay {
  /** Every image that a pod may use, written in full with its tag. */
  readonly imageNames: readonly string[];
  readonly runtimeClass?: string | undefined;
}

export function makeAdmissionPolicies({ imageNames, runtimeClass = '' }: LearnersMay): Manifest[] {
  return [
    podPolicy(imageNames, runtimeClass),
    shellPolicy(imageNames),
    servicePolicy,
    configMapPolicy,
    secretPolicy,
    finalizerPolicy,
    farewellPolicy(LONGEST_GRACE_SECONDS),
    serverAccountPolicy,
    janitorAccountPolicy,
  ].flatMap(makePolicyWithBinding);
}

const workloads: Written<V1NamedRuleWithOperations>[] = [
  created('', 'v1', ['pods', 'replicationcontrollers']),
  created('apps', 'v1', ['deployments', 'replicasets', 'statefulsets', 'daemonsets']),
  created('batch', 'v1', ['jobs', 'cronjobs']),
];

/** Pods, and all that makes pods: refused where it is written, not later in an event that a beginner never finds. */
function podPolicy(imageNames: readonly string[], runtimeClass: string): PolicyParts {
  return {
    name: 'podium-pods',
    match: { ...inLearnerNamespaces, resourceRules: workloads },
    variables: [
      {
        name: 'pod',
        expression:
          "object.kind == 'Pod' ? object.spec : " +
          "object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template.spec : object.spec.template.spec",
      },
      ...imageVariables(imageNames),
    ],
    validations: [
      imageValidation(imageNames),
      {
        expression:
          '!has(variables.pod.terminationGracePeriodSeconds) || ' +
          `variables.pod.terminationGracePeriodSeconds <= ${LONGEST_GRACE_SECONDS}`,
        message:
          `terminationGracePeriodSeconds is above ${LONGEST_GRACE_SECONDS}: a lab ends within a minute. ` +
          `Write ${LONGEST_GRACE_SECONDS} or less.`,
      },
      {
        // Priority 0 is what the priority plugin writes where nothing was asked for.
        expression: "!has(variables.pod.priorityClassName) || variables.pod.priorityClassName == ''",
        message:
          'priorityClassName would push other people’s pods from the node, so it cannot be set here. Leave it out.',
      },
      {
        // What names none is given the one that is set; the name of another would be a way out of it.
        expression:
          `'${runtimeClass}' == '' || !has(variables.pod.runtimeClassName) || ` +
          `variables.pod.runtimeClassName == '${runtimeClass}'`,
        message:
          'runtimeClassName says how far a pod is kept from the node, and here that is the same for all pods. ' +
          'Leave it out.',
      },
    ],
  };
}

/** A shell whose image is missing fails at once, instead of after a minute of pulling. */
function shellPolicy(imageNames: readonly string[]): PolicyParts {
  const namespaceSelector = { matchLabels: { [names.NAMESPACE_NAME_LABEL]: names.SHELL_NAMESPACE } };
  const shellImages = [...imageNames, names.AGENT_IMAGE];
  return {
    name: names.SHELL_IMAGE_POLICY,
    match: { namespaceSelector, resourceRules: [created('', 'v1', ['pods'])] },
    variables: [{ name: 'pod', expression: 'object.spec' }, ...imageVariables(shellImages)],
    validations: [imageValidation(imageNames)],
  };
}

const servicePolicy: PolicyParts = {
  name: 'podium-services',
  match: { ...inLearnerNamespaces, resourceRules: [created('', 'v1', ['services'])] },
  validations: [
    {
      expression: "!has(object.spec.type) || object.spec.type != 'NodePort'",
      message:
        'a Service of type NodePort opens a port on every node, for everybody who can reach the node. This cluster is ' +
        'shared, so it is refused here. Use type ClusterIP: it is reached from your shell and your pods by its name, ' +
        'and from your shell also with kubectl port-forward.',
    },
    {
      expression: "!has(object.spec.type) || object.spec.type != 'LoadBalancer'",
      message:
        'a Service of type LoadBalancer asks the cloud for an address of its own, and here is no cloud that would give ' +
        'one. Use type ClusterIP: it is reached from your shell and your pods by its name, and from your shell also ' +
        'with kubectl port-forward.',
    },
    {
      expression: '!has(object.spec.externalIPs) || size(object.spec.externalIPs) == 0',
      message: 'externalIPs would take traffic that is meant for other addresses. Leave it out.',
    },
  ],
};

/** Keys and values together; a field that is not there counts nothing. */
function bytesOf(field: string): string {
  return (
    `(has(object.${field}) ? ` +
    `object.${field}.map(key, size(bytes(key)) + size(bytes(object.${field}[key]))).sum() : 0)`
  );
}

const tooLarge =
  `a ConfigMap or Secret may hold ${LARGEST_CONFIG_BYTES / 1024} KiB here. It is kept in the cluster’s own database: ` +
  'larger files belong in a volume.';

const configMapPolicy: PolicyParts = {
  name: 'podium-configmap-size',
  match: { ...inLearnerNamespaces, resourceRules: [created('', 'v1', ['configmaps'])] },
  validations: [
    { expression: `${bytesOf('data')} + ${bytesOf('binaryData')} <= ${LARGEST_CONFIG_BYTES}`, message: tooLarge },
  ],
};

const secretPolicy: PolicyParts = {
  name: 'podium-secret-size',
  match: { ...inLearnerNamespaces, resourceRules: [created('', 'v1', ['secrets'])] },
  // The values are in base64 here: four letters for three octets.
  validations: [{ expression: `${bytesOf('data')} * 3 <= ${LARGEST_CONFIG_BYTES * 4}`, message: tooLarge }],
};

/** Of the garbage collector, which acts on them whatever carries them. */
const collectorFinalizers = ['foregroundDeletion', 'orphan'];

/** Of a controller that looks at one kind alone: on any other nothing would ever take them off. */
const finalizersByResource = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  pods: 'batch.kubernetes.io/job-tracking',
};

const isKnownFinalizer = [
  `name in ${celList(collectorFinalizers)}`,
  ...Object.entries(finalizersByResource).map(
    ([resource, finalizer]) => `(request.resource.resource == '${resource}' && name == '${finalizer}')`,
  ),
].join(' || ');

/**
 * By anybody: a Deployment's template would have the ReplicaSet controller write the finalizer for the learner.
 * What belongs to no namespace is no learner's: without the scope it would be held by this too, volumes first of all.
 */
const finalizerPolicy: PolicyParts = {
  name: 'podium-finalizers',
  match: { ...inLearnerNamespaces, resourceRules: [{ ...created('*', '*', ['*']), scope: 'Namespaced' }] },
  validations: [
    {
      expression:
        '!has(object.metadata) || !has(object.metadata.finalizers) || ' +
        `object.metadata.finalizers.all(name, ${isKnownFinalizer})`,
      message:
        'a finalizer that no controller here takes off would keep this object, and the lab, from ever ending. ' +
        'Leave metadata.finalizers out.',
    },
  ],
};

function created(group: string, version: string, resources: string[]): Written<V1NamedRuleWithOperations> {
  return { apiGroups: [group], apiVersions: [version], operations: ['CREATE', 'UPDATE'], resources };
}
