/** The janitor on a real cluster, with its own account and no server: what is past its time goes, whatever holds it. */
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import pino from 'pino';
import { type Clock, systemClock } from '../../sandbox-server/clock.ts';
import { type ApiClient, createApiClient } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import { awaitGone } from '../../sandbox-server/driver/kubernetes/create-object.ts';
import { createCredentialSource } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import { createJanitor } from '../../sandbox-server/driver/kubernetes/janitor.ts';
import { type Place, makeNamespace } from '../../sandbox-server/driver/kubernetes/place.ts';
import { type PlaceWatch, watchPlaces } from '../../sandbox-server/driver/kubernetes/place-watch.ts';
import { collectionPath } from '../../sandbox-server/driver/kubernetes/manifest.ts';
import { type AccountAttack, assertRefused } from '../support/account-attacks.ts';
import { createAdminAccess } from '../support/admin-access.ts';
import { acquireCluster, skippedWithoutCluster, type TestCluster } from '../support/cluster.ts';

const TEST_LIMIT_MS = 120_000;
const never = new AbortController().signal;
const log = pino({ level: 'silent' });

/** A clock that is ahead, so that nobody waits for an expiry. */
function createClockAhead(byMs: number): Clock {
  return { now: () => Date.now() + byMs, after: (delayMs, action) => systemClock.after(delayMs, action) };
}

/** Other tests have sandboxes in this cluster, which a janitor whose clock is ahead must not see. */
function onlyPlace(watch: PlaceWatch, id: string): PlaceWatch {
  return {
    get objects() {
      const place = watch.objects.get(id);
      return new Map<string, Place>(place ? [[id, place]] : []);
    },
    onChange: (listener) => watch.onChange(listener),
    note: (place) => watch.note(place),
    listed: watch.listed,
    [Symbol.dispose]: () => watch[Symbol.dispose](),
  };
}

describe('the janitor', { skip: skippedWithoutCluster, timeout: 4 * TEST_LIMIT_MS }, () => {
  let cluster: TestCluster;
  let api: ApiClient;
  let admin: ApiClient;

  before(async () => {
    cluster = await acquireCluster();
    api = createApiClient(createCredentialSource(await cluster.issueKubeconfig('janitor'), Date.now));
    admin = createApiClient(createCredentialSource(cluster.adminKubeconfig, Date.now));
  });
  after(async () => {
    api[Symbol.dispose]();
    admin[Symbol.dispose]();
    await cluster[Symbol.asyncDispose]();
  });

  /** Runs a janitor for this place alone until it is gone. */
  async function clean(place: Pick<Place, 'id'>, aheadMs: number): Promise<void> {
    using resources = new DisposableStack();
    const watch = onlyPlace(resources.use(watchPlaces(api, log)), place.id);
    resources.use(createJanitor({ api, watch, clock: createClockAhead(aheadMs), log }));
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `learner-${place.id}` } };
    await awaitGone(admin, namespace, AbortSignal.timeout(TEST_LIMIT_MS));
  }

  it('ends a sandbox past its time, with all that it has beside the shells', { timeout: TEST_LIMIT_MS }, async () => {
    await using driver = await cluster.createDriver();
    using access = createAdminAccess(cluster.adminKubeconfig);
    const lab = { slug: 'first-steps', image: 'podium.dev/shell:1', lifeMinutes: 60 };
    const record = await driver.start({ ownerHash: randomBytes(16).toString('hex'), lab }, () => undefined, never);
    const id = record.namespace.slice('learner-'.length);
    await access.createStubbornPod(record.namespace);
    await clean({ id }, 2 * 60 * 60_000);
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'podium-sandboxes', name: `shell-${id}` } };
    await awaitGone(admin, pod, AbortSignal.timeout(TEST_LIMIT_MS));
    await driver.end(record.id, never);
  });

  it('clears a namespace that a finalizer holds', { timeout: TEST_LIMIT_MS }, async () => {
    const id = randomBytes(5).toString('hex');
    const life = { createdAt: new Date(), expiresAt: new Date(Date.now() + 3_600_000) };
    const record = makeNamespace({ id, image: 'none', ...life });
    const { name, labels, annotations } = record.metadata;
    // A policy keeps it out of sandboxes, so it must be there before the namespace is one.
    await admin.call('POST', '/api/v1/namespaces', { body: { ...record, metadata: { name } } }, never);
    const held = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: name, name: 'held', finalizers: ['example.org/never'] },
    };
    await admin.call('POST', collectionPath(held), { body: held }, never);
    const change = { body: { metadata: { labels, annotations } }, contentType: 'application/merge-patch+json' };
    await admin.call('PATCH', `/api/v1/namespaces/${name}`, change, never);
    await admin.call('DELETE', `/api/v1/namespaces/${name}`, {}, never);
    await clean({ id }, 35_000);
  });

  describe('’s account cannot', () => {
    const attacks: readonly AccountAttack[] = [
      { called: 'read secrets', method: 'GET', path: '/api/v1/secrets' },
      { called: 'end another namespace', method: 'DELETE', path: '/api/v1/namespaces/podium', says: /podium-janitor/ },
      {
        called: 'end a pod of the cluster’s own',
        method: 'DELETE',
        path: '/api/v1/namespaces/kube-system/pods',
        says: /podium-janitor/,
      },
      {
        called: 'change what runs in a living namespace',
        method: 'PATCH',
        path: '/api/v1/namespaces/kube-system/configmaps/kube-root-ca.crt',
        body: { data: { 'ca.crt': 'mine' } },
        says: /podium-janitor/,
      },
      {
        called: 'let itself in anywhere',
        method: 'POST',
        path: '/apis/rbac.authorization.k8s.io/v1/namespaces/podium/rolebindings',
        body: {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'RoleBinding',
          metadata: { name: 'attack' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
          subjects: [{ kind: 'ServiceAccount', namespace: 'podium', name: 'podium-janitor' }],
        },
      },
    ];
    for (const attack of attacks) it(attack.called, () => assertRefused(api, admin, attack));
  });
});
