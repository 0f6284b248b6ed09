/**
 * How long a pod may be asked to take for its end. What a manifest says is `podium-pods`' matter; a request to delete,
 * and an eviction, may each name a time of their own, and the kubelet waits for the first that it hears of, even where
 * a later request names a shorter one: a pod that ignores SIGTERM would hold its namespace for as long. Pure.
 */
import { inLearnerNamespaces, type PolicyParts } from './policy.ts';

export function farewellPolicy(longestSeconds: number): PolicyParts {
  return {
    name: 'podium-farewells',
    match: {
      ...inLearnerNamespaces,
      resourceRules: [
        { apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE'], resources: ['pods'] },
        { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods/eviction'] },
      ],
    },
    variables: [
      {
        name: 'options',
        expression:
          "request.operation == 'DELETE' ? (has(request.options) ? request.options : {}) : " +
          '(has(object.deleteOptions) ? object.deleteOptions : {})',
      },
    ],
    validations: [
      {
        expression: `!has(variables.options.gracePeriodSeconds) || variables.options.gracePeriodSeconds <= ${longestSeconds}`,
        message:
          `a grace period above ${longestSeconds} seconds would keep this pod, and the lab, from ending. ` +
          `Ask for ${longestSeconds} or less.`,
      },
    ],
  };
}
