/** So that a room of pods fits one small machine: the share of a processor that each asks for is lowered, and nothing else. */
import { createApiClient } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import { createCredentialSource } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import { SANDBOX_LABEL, SHELL_NAMESPACE } from '../../sandbox-server/driver/kubernetes/names.ts';

const POLICY = 'podium-bench-lower-requests';

/** From now on a shell pod asks for a thousandth of a processor, until the result is disposed. */
export async function lowerRequests(kubeconfig: string): Promise<AsyncDisposable> {
  const api = createApiClient(createCredentialSource(kubeconfig, Date.now));
  const never = new AbortController().signal;
  const group = '/apis/admissionregistration.k8s.io/v1';
  const paths = { policy: `${group}/mutatingadmissionpolicies`, binding: `${group}/mutatingadmissionpolicybindings` };
  const metadata = { name: POLICY };
  const replace = (index: number) =>
    `JSONPatch{op: "replace", path: "/spec/containers/${index}/resources/requests/cpu", value: "1m"}`;
  const spec = {
    failurePolicy: 'Fail',
    reinvocationPolicy: 'Never',
    matchConstraints: {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': SHELL_NAMESPACE } },
      // Not the pod by which a server finds out what the cluster can: it has one container, and asks for nothing.
      objectSelector: { matchExpressions: [{ key: SANDBOX_LABEL, operator: 'Exists' }] },
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
    mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: `[${replace(0)}, ${replace(1)}]` } }],
  };
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const policy = { apiVersion, kind: 'MutatingAdmissionPolicy', metadata, spec };
  const binding = { apiVersion, kind: 'MutatingAdmissionPolicyBinding', metadata, spec: { policyName: POLICY } };
  await api.call('POST', paths.policy, { body: policy }, never);
  await api.call('POST', paths.binding, { body: binding }, never);
  return {
    async [Symbol.asyncDispose]() {
      for (const path of Object.values(paths)) await api.call('DELETE', `${path}/${POLICY}`, {}, never);
      api[Symbol.dispose]();
    },
  };
}
