/** What an embedded cluster gives learners' pods: enforced policies, DNS, and no traces afterwards. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ClusterAccess, makeTestName, openRunnersCluster } from '../support/embedded-clusters.ts';
import { skippedWithoutNode } from '../support/node-access.ts';
import { createPlainPods, type PlainPods, waitUntil } from '../support/plain-pods.ts';

/** `node tests/cluster/embedded-walls.test.ts 200` makes as many sandboxes as a large room; a few show a leak, too. */
const sandboxes = Number(process.argv[2] ?? 6);
/** What is unused is collected after half a minute: the other tests need not wait for it. */
const AT_ONCE = 2;

describe('an embedded cluster’s walls', { skip: skippedWithoutNode, concurrency: AT_ONCE }, () => {
  let cluster: ClusterAccess;
  let pods: PlainPods;
  before(async () => {
    cluster = await openRunnersCluster();
    pods = createPlainPods(cluster);
  });

  describe('between pods', { concurrency: 1 }, () => {
    const namespace = makeTestName('doors');
    after(() => cluster.kubectl('delete', 'namespace', namespace, '--wait=false'));

    it('enforces a NetworkPolicy: the named pod gets through, another does not', async () => {
      const policy = {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'let-friend-in', namespace },
        spec: {
          podSelector: { matchLabels: { app: 'server' } },
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector: { matchLabels: { app: 'friend' } } }] }],
        },
      };
      await pods.createNamespaces(namespace);
      const command = ['sh', '-c', 'echo hello > /tmp/index.html; exec httpd -f -p 8080 -h /tmp'];
      const others = ['friend', 'stranger'].map((name) => ({ namespace, name }));
      await pods.start({ namespace, name: 'server', command }, ...others);
      const address = await cluster.kubectl('-n', namespace, 'get', 'pod', 'server', '-o', 'jsonpath={.status.podIP}');
      const ask = `timeout 2 wget -q -O- http://${address}:8080/ || echo blocked`;
      assert.equal(
        await pods.run(namespace, 'stranger', ask),
        'hello',
        'the negative control: nothing is blocked without a policy',
      );
      await cluster.apply(policy);
      const isBlocked = async () => (await pods.run(namespace, 'stranger', ask)) === 'blocked';
      await waitUntil(isBlocked, 'the stranger was never blocked');
      assert.equal(await pods.run(namespace, 'friend', ask), 'hello');
    });

    it('answers a name of the cluster, and refuses an outside name at once', async () => {
      const lookUp = (name: string) => pods.run(namespace, 'friend', `nslookup ${name}`);
      assert.match(await lookUp('kubernetes.default.svc.cluster.local'), /10\.\d+\.0\.1/u);
      const startedAt = performance.now();
      await assert.rejects(lookUp('example.org'));
      assert.ok(performance.now() - startedAt < 3000);
    });
  });

  it(`has no Cilium identity left of ${sandboxes} sandboxes that have ended`, async () => {
    const names = Array.from({ length: sandboxes }, (_, index) => makeTestName(`sandbox-${index}`));
    const namespaceOf = String.raw`security-labels.k8s:io\.kubernetes\.pod\.namespace`;
    const count = async () => {
      const list = await cluster.kubectl('get', 'ciliumidentities', '-o', `jsonpath={.items[*].${namespaceOf}}`);
      return list.split(' ').filter((name) => names.includes(name)).length;
    };
    await pods.createNamespaces(...names);
    await pods.start(...names.map((namespace) => ({ namespace, name: 'shell' })));
    assert.ok((await count()) >= sandboxes);
    await cluster.kubectl('delete', 'namespace', ...names, '--wait', '--timeout=170s');
    await waitUntil(async () => (await count()) === 0, 'unused identities were not collected');
  });
});
