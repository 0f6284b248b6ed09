/** What Podium's own accounts are refused everywhere: RBAC cannot say "only namespaces that carry our label". Pure. */
import * as names from './names.ts';
import type { PolicyParts } from './policy.ts';

const inSandbox = `has(namespaceObject.metadata.labels) && '${names.SANDBOX_LABEL}' in namespaceObject.metadata.labels`;

function isSandbox(object: string): string {
  return (
    `(${object}.metadata.name.startsWith('${names.LEARNER_NAMESPACE_PREFIX}') && has(${object}.metadata.labels) && ` +
    `'${names.SANDBOX_LABEL}' in ${object}.metadata.labels)`
  );
}

const everyWrite: PolicyParts['match'] = {
  resourceRules: [
    { apiGroups: ['*'], apiVersions: ['*'], resources: ['*'], operations: ['CREATE', 'UPDATE', 'DELETE'] },
  ],
};

const isNamespace = {
  name: 'isNamespace',
  expression: "request.resource.group == '' && request.resource.resource == 'namespaces'",
};

/** The other half of the server's rights. */
export const serverAccountPolicy: PolicyParts = {
  name: 'podium-server-account',
  match: everyWrite,
  conditions: [{ name: 'is-the-server', expression: `request.userInfo.username == '${names.SERVER_USER}'` }],
  variables: [
    isNamespace,
    {
      name: 'isReview',
      expression: "request.resource.group in ['authorization.k8s.io', 'authentication.k8s.io']",
    },
    // A binding among the shells would give the server, or a learner, all shells at once.
    {
      name: 'isAmongShells',
      expression:
        `namespaceObject != null && namespaceObject.metadata.name == '${names.SHELL_NAMESPACE}' && ` +
        "request.resource.resource != 'rolebindings'",
    },
  ],
  validations: [
    {
      expression: `!variables.isNamespace || request.operation == 'DELETE' || ${isSandbox('object')}`,
      message: 'the server of Podium may write only namespaces of sandboxes.',
    },
    {
      expression:
        "!variables.isNamespace || request.operation == 'CREATE' || " +
        `(${isSandbox('oldObject')} && (request.operation == 'DELETE' || ` +
        `oldObject.metadata.labels['${names.SANDBOX_LABEL}'] == object.metadata.labels['${names.SANDBOX_LABEL}']))`,
      message: 'the server of Podium may neither adopt nor change nor delete a namespace that is not a sandbox.',
    },
    {
      expression:
        'variables.isNamespace || variables.isReview || variables.isAmongShells || ' +
        `(namespaceObject != null && ${inSandbox})`,
      message: 'the server of Podium may write only beside its shells and in namespaces of sandboxes.',
    },
  ],
};

/**
 * The other half of the janitor's rights, which RBAC must give it everywhere: in a namespace that is ending nothing
 * can be made any more, so it cannot let itself in when it has to.
 */
export const janitorAccountPolicy: PolicyParts = {
  name: 'podium-janitor-account',
  match: everyWrite,
  conditions: [{ name: 'is-the-janitor', expression: `request.userInfo.username == '${names.JANITOR_USER}'` }],
  variables: [
    isNamespace,
    {
      name: 'isInEndingSandbox',
      expression: `namespaceObject != null && has(namespaceObject.metadata.deletionTimestamp) && ${inSandbox}`,
    },
    {
      name: 'isAmongShells',
      expression: `namespaceObject != null && namespaceObject.metadata.name == '${names.SHELL_NAMESPACE}'`,
    },
  ],
  validations: [
    {
      expression: `!variables.isNamespace || (request.operation == 'DELETE' && ${isSandbox('oldObject')})`,
      message: 'the janitor of Podium may only end namespaces of sandboxes.',
    },
    {
      expression:
        'variables.isNamespace || variables.isInEndingSandbox || ' +
        "(variables.isAmongShells && request.operation == 'DELETE')",
      message:
        'the janitor of Podium may write only in sandboxes that are ending, and end what lies beside the shells.',
    },
    {
      expression: "request.operation != 'UPDATE' || !has(object.metadata.finalizers)",
      message: 'the janitor of Podium may only take finalizers off.',
    },
  ],
};
