/**
 * The server's own token in the wrong hands: what it cannot do. Each request is a dry run, and is let through when an
 * administrator makes it, so that what refuses is the account and nothing else.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type ApiClient,
  type CallOptions,
  createApiClient,
  isRefusal,
  type Method,
} from '../../sandbox-server/driver/kubernetes/api-client.ts';
import { createCredentialSource } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import { acquireCluster, skippedWithoutCluster, type TestCluster } from '../support/cluster.ts';

const never = new AbortController().signal;
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

interface Attack {
  readonly called: string;
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
  /** Part of the refusal; without it any refusal of a right will do. */
  readonly says?: RegExp;
}

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

const attacks: readonly Attack[] = [
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

  for (const { called, method, path, body, says } of attacks) {
    it(called, async () => {
      const options: CallOptions = {
        query: method === 'GET' ? {} : { dryRun: 'All' },
        ...(body === undefined ? {} : { body }),
        ...(method === 'PATCH' ? { contentType: 'application/merge-patch+json' } : {}),
      };
      await assert.rejects(
        server.call(method, path, options, never),
        (error) => isRefusal(error, 403) && (says === undefined || says.test(error.message)),
      );
      await admin.call(method, path, options, never);
    });
  }

  it('act as somebody else', async () => {
    const source = createCredentialSource(cluster.serverKubeconfig, Date.now);
    using disguised = createApiClient({
      get: async () => {
        const credentials = await source.get();
        return { ...credentials, headers: { ...credentials.headers, 'impersonate-user': 'system:admin' } };
      },
      forget: () => source.forget(),
    });
    await assert.rejects(disguised.call('GET', '/api/v1/namespaces', {}, never), (error) => isRefusal(error, 403));
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
