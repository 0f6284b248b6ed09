/** The server's own token in the wrong hands: what it cannot do. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, createApiClient, isRefusal } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import { createCredentialSource } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import { type AccountAttack, assertRefused } from '../support/account-attacks.ts';
import { acquireCluster, skippedWithoutCluster, type TestCluster } from '../support/cluster.ts';

const never = new AbortController().signal;
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

const byPolicy = /podium-server-account/;

function namespace(name: string, labels: Readonly<Record<string, string>> = {}) {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

function bindingTo(role: string) {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'attack' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', namespace: 'podium', name: 'podium-server' }],
  };
}

const attacks: readonly AccountAttack[] = [
  { called: 'read secrets of kube-system', method: 'GET', path: '/api/v1/namespaces/kube-system/secrets' },
  { called: 'read secrets of its own namespace', method: 'GET', path: '/api/v1/namespaces/podium/secrets' },
  { called: 'read secrets beside the shells', method: 'GET', path: '/api/v1/namespaces/podium-sandboxes/secrets' },
  { called: 'list pods of all namespaces', method: 'GET', path: '/api/v1/pods' },
  {
    called: 'run a pod in kube-system',
    method: 'POST',
    path: '/api/v1/namespaces/kube-system/pods',
    body: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'attack' },
      spec: { containers: [{ name: 'attack', image: 'podium.dev/tools:1' }] },
    },
  },
  {
    called: 'make a namespace without our label',
    method: 'POST',
    path: '/api/v1/namespaces',
    body: namespace('attack'),
    says: byPolicy,
  },
  {
    called: 'make a namespace with our label and a name of its own',
    method: 'POST',
    path: '/api/v1/namespaces',
    body: namespace('attack', { 'podium.dev/sandbox': 'a' }),
    says: byPolicy,
  },
  {
    called: 'adopt an existing namespace',
    method: 'PATCH',
    path: '/api/v1/namespaces/default',
    body: { metadata: { labels: { 'podium.dev/sandbox': 'a' } } },
    says: byPolicy,
  },
  {
    called: 'relax the namespace of the shells',
    method: 'PATCH',
    path: '/api/v1/namespaces/podium-sandboxes',
    body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } },
    says: byPolicy,
  },
  { called: 'delete a namespace of others', method: 'DELETE', path: '/api/v1/namespaces/podium', says: byPolicy },
  ...['kube-system', 'podium', 'podium-sandboxes'].map((where) => ({
    called: `let itself into ${where}`,
    method: 'POST' as const,
    path: `${RBAC}/namespaces/${where}/rolebindings`,
    body: bindingTo('podium-keeper'),
    says: byPolicy,
  })),
  {
    called: 'bind a role that is not for sandboxes',
    method: 'POST',
    path: `${RBAC}/namespaces/podium/rolebindings`,
    body: bindingTo('cluster-admin'),
  },
  // What labs may ask for is given in sandboxes only.
  ...['podium-account-edit-pods', 'podium-network-author'].flatMap((role) =>
    ['kube-system', 'podium-sandboxes'].map((where) => ({
      called: `bind ${role} in ${where}`,
      method: 'POST' as const,
      path: `${RBAC}/namespaces/${where}/rolebindings`,
      body: bindingTo(role),
      says: byPolicy,
    })),
  ),
  {
    called: 'make an account in kube-system',
    method: 'POST',
    path: '/api/v1/namespaces/kube-system/serviceaccounts',
    body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'attack' } },
  },
  {
    called: 'bind itself for the whole cluster',
    method: 'POST',
    path: `${RBAC}/clusterrolebindings`,
    body: { ...bindingTo('podium-keeper'), kind: 'ClusterRoleBinding' },
  },
];

describe('the server’s account cannot', { skip: skippedWithoutCluster }, () => {
  let cluster: TestCluster;
  let server: ApiClient;
  let admin: ApiClient;

  before(async () => {
    cluster = await acquireCluster();
    server = createApiClient(createCredentialSource(cluster.serverKubeconfig, Date.now));
    admin = createApiClient(createCredentialSource(cluster.adminKubeconfig, Date.now));
  });
  after(async () => {
    server[Symbol.dispose]();
    admin[Symbol.dispose]();
    await cluster[Symbol.asyncDispose]();
  });

  for (const attack of attacks) {
    it(attack.called, () => assertRefused(server, admin, attack));
  }

  it('act as somebody else', async () => {
    const source = createCredentialSource(cluster.serverKubeconfig, Date.now);
    let disguise = {};
    using client = createApiClient({
      get: async () => {
        const credentials = await source.get();
        return { ...credentials, headers: { ...credentials.headers, ...disguise } };
      },
      forget: () => source.forget(),
    });
    // As itself it may, so that it is not the cluster that is not ready.
    await client.call('GET', '/api/v1/namespaces', {}, never);
    disguise = { 'impersonate-user': 'system:admin' };
    await assert.rejects(client.call('GET', '/api/v1/namespaces', {}, never), (error) => isRefusal(error, 403));
  });

  it('get a token of another namespace', async () => {
    const path = '/api/v1/namespaces/kube-system/serviceaccounts/default/token';
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    await assert.rejects(server.call('POST', path, { body }, never), (error) => isRefusal(error, 403));
  });

  it('do without making sandboxes: those it makes', async () => {
    const body = namespace('learner-test', { 'podium.dev/sandbox': 'test' });
    await server.call('POST', '/api/v1/namespaces', { query: { dryRun: 'All' }, body }, never);
  });
});
