/** A ValidatingAdmissionPolicy with its binding, from what distinguishes it. Pure. */
import type { V1ValidatingAdmissionPolicySpec, V1Validation, V1Variable } from '@kubernetes/client-node';
import { managedLabels, type Manifest, type Written } from './manifest.ts';
import { SANDBOX_LABEL } from './names.ts';

const API_VERSION = 'admissionregistration.k8s.io/v1';

/** Only where a sandbox is: the label cannot be put on or taken off by a learner. */
export const inLearnerNamespaces = {
  namespaceSelector: { matchExpressions: [{ key: SANDBOX_LABEL, operator: 'Exists' }] },
};

export interface PolicyParts {
  readonly name: string;
  readonly match: NonNullable<Written<V1ValidatingAdmissionPolicySpec>['matchConstraints']>;
  readonly conditions?: readonly { name: string; expression: string }[];
  readonly variables?: readonly Written<V1Variable>[];
  readonly validations: readonly Written<V1Validation>[];
}

export function makePolicyWithBinding({ name, match, conditions, variables, validations }: PolicyParts): Manifest[] {
  const metadata = { name, labels: { ...managedLabels } };
  return [
    {
      apiVersion: API_VERSION,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: match,
        ...(conditions === undefined ? {} : { matchConditions: conditions }),
        ...(variables === undefined ? {} : { variables }),
        // Without a reason the API server calls the object invalid; it is not, it is not allowed here.
        validations: validations.map((validation) => ({ ...validation, reason: 'Forbidden' })),
      },
    } as Manifest,
    {
      apiVersion: API_VERSION,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: name, validationActions: ['Deny'] },
    } as Manifest,
  ];
}

export function celList(texts: readonly string[]): string {
  return `[${texts.map((text) => `'${text}'`).join(', ')}]`;
}
