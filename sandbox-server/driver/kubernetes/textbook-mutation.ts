/**
 * Textbook commands work: `kubectl run nginx --image=nginx` is refused by the Pod Security Standard `restricted`
 * as it is written. This policy fills in what `restricted` wants, in learners' namespaces only and only where
 * nothing was said; what says otherwise is left as it is, and refused. Pure.
 *
 * JSON patches, since an apply configuration may not set atomic lists such as `capabilities.drop`. Each expression
 * sees the object as the one before has left it.
 */
import { inLearnerNamespaces } from './policy.ts';
import { managedLabels, type Manifest } from './manifest.ts';

const API_VERSION = 'admissionregistration.k8s.io/v1';
const NAME = 'podium-textbook';

export function makeTextbookMutation(runtimeClass = ''): Manifest[] {
  const metadata = { name: NAME, labels: { ...managedLabels } };
  return [
    {
      apiVersion: API_VERSION,
      kind: 'MutatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        reinvocationPolicy: 'IfNeeded',
        matchConstraints: {
          ...inLearnerNamespaces,
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        },
        mutations: [
          ...podPatches,
          runtimeClassPatch(runtimeClass),
          ...['containers', 'initContainers'].flatMap(containerPatches),
        ].map((expression) => ({ patchType: 'JSONPatch', jsonPatch: { expression } })),
      },
    } as Manifest,
    {
      apiVersion: API_VERSION,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: NAME },
    } as Manifest,
  ];
}

function add(path: string, value: string): string {
  return `JSONPatch{op: "add", path: ${path}, value: ${value}}`;
}

/** What shares something with the node cannot have users of its own: it is left for `restricted` to refuse. */
const sharesWithNode = ['hostNetwork', 'hostPID', 'hostIPC']
  .map((field) => `(has(object.spec.${field}) && object.spec.${field})`)
  .join(' || ');

/** With `hostUsers: false` the root of an ordinary image is root of nothing else, and `restricted` lets it pass. */
const podPatches = [
  `has(object.spec.hostUsers) || ${sharesWithNode} ? [] : [${add('"/spec/hostUsers"', 'false')}]`,
  `has(object.spec.securityContext) ? [] : [${add('"/spec/securityContext"', 'Object.spec.securityContext{}')}]`,
  'has(object.spec.securityContext.seccompProfile) ? [] : [' +
    add(
      '"/spec/securityContext/seccompProfile"',
      'Object.spec.securityContext.seccompProfile{type: "RuntimeDefault"}',
    ) +
    ']',
];

/** With an empty name it does nothing. The chart puts a name in when it is installed, so both are one expression. */
function runtimeClassPatch(runtimeClass: string): string {
  const patch = add('"/spec/runtimeClassName"', `'${runtimeClass}'`);
  return `'${runtimeClass}' == '' || has(object.spec.runtimeClassName) ? [] : [${patch}]`;
}

interface ContainerPatch {
  /** CEL over `container`. */
  readonly when: string;
  readonly path: string;
  readonly value: string;
}

/** An empty security context and an empty list of capabilities to fill come before what fills them. */
function containerPatches(list: string): string[] {
  const context = `Object.spec.${list}.securityContext`;
  const patches: ContainerPatch[] = [
    { when: '!has(container.securityContext)', path: 'securityContext', value: `${context}{}` },
    {
      when: '!has(container.securityContext.capabilities)',
      path: 'securityContext/capabilities',
      value: `${context}.capabilities{}`,
    },
    {
      when: '!has(container.securityContext.capabilities.drop)',
      path: 'securityContext/capabilities/drop',
      value: '["ALL"]',
    },
    {
      // Together with `privileged` it would be a contradiction, and the answer would speak of that alone.
      when:
        '!has(container.securityContext.allowPrivilegeEscalation) && ' +
        '!(has(container.securityContext.privileged) && container.securityContext.privileged)',
      path: 'securityContext/allowPrivilegeEscalation',
      value: 'false',
    },
    {
      // The API server has written Always by now for every image without a tag.
      when: 'has(container.imagePullPolicy) && container.imagePullPolicy == "Always"',
      path: 'imagePullPolicy',
      value: '"IfNotPresent"',
    },
  ];
  return patches.map((patch) => forEachContainer(list, patch));
}

/** CEL has no index in `map`, so one is made for as many containers as a pod may sensibly have. */
const MOST_CONTAINERS = 16;
const indices = `[${Array.from({ length: MOST_CONTAINERS }, (_, index) => index).join(',')}]`;

function forEachContainer(list: string, { when, path, value }: ContainerPatch): string {
  const condition = when.replaceAll('container.', `object.spec.${list}[i].`);
  return (
    `${indices}.filter(i, has(object.spec.${list}) && i < size(object.spec.${list}))` +
    `.filter(i, ${condition}).map(i, ${add(`"/spec/${list}/" + string(i) + "/${path}"`, value)})`
  );
}
