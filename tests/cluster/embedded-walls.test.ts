/** What an embedded cluster gives learners' pods: enforced policies, storage, user namespaces, DNS, and no traces afterwards. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { makeInstancePaths } from '../../deploy/cluster/instance.ts';
import type { EmbeddedCluster } from '../support/embedded-clusters.ts';
import { createEmbeddedCluster, makeTestName, skippedWithoutRoot } from '../support/embedded-clusters.ts';

const name = makeTestName('walls');
const image = 'podium.dev/tools:1';
/** `node tests/cluster/embedded-walls.test.ts 200` makes as many sandboxes as a large room; the default is enough to see a leak. */
const sandboxes = Number(process.argv[2] ?? 20);
const limitMs = 180_000;

function makePod(namespace: string, pod: string, options: { command: string[]; volume?: object; hostUsers?: boolean }) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: pod, namespace, labels: { app: pod } },
    spec: {
      terminationGracePeriodSeconds: 0,
      hostUsers: options.hostUsers ?? false,
      containers: [
        {
          name: 'main',
          image,
          imagePullPolicy: 'Never',
          command: options.command,
          ...(options.volume === undefined ? {} : { volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
        },
      ],
      ...(options.volume === undefined ? {} : { volumes: [{ name: 'data', ...options.volume }] }),
    },
  };
}

const makeNamespace = (namespace: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });

async function waitUntil(isReached: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await isReached())) {
    assert.ok(Date.now() < deadline, what);
    await delay(500);
  }
}

describe('an embedded cluster’s walls', { skip: skippedWithoutRoot }, () => {
  let cluster: EmbeddedCluster;
  const ready = (namespace: string, pod: string) =>
    cluster.kubectl('-n', namespace, 'wait', '--for=condition=Ready', `pod/${pod}`, '--timeout=90s');
  const run = (namespace: string, pod: string, command: string) =>
    cluster.kubectl('-n', namespace, 'exec', pod, '--', 'sh', '-c', command);
  before(async () => {
    cluster = await createEmbeddedCluster(name, [image]);
  });
  after(() => cluster[Symbol.asyncDispose]());

  it('enforces a NetworkPolicy: the named pod gets through, another does not', async () => {
    const serve = ['sh', '-c', 'echo hello > /tmp/index.html; exec httpd -f -p 8080 -h /tmp'];
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'let-friend-in', namespace: 'doors' },
      spec: {
        podSelector: { matchLabels: { app: 'server' } },
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'friend' } } }] }],
      },
    };
    await cluster.apply(makeNamespace('doors'));
    await waitForAccount('doors');
    const idle = { command: ['sleep', '3600'] };
    const pods = [makePod('doors', 'friend', idle), makePod('doors', 'stranger', idle)];
    await cluster.apply(makePod('doors', 'server', { command: serve }), ...pods);
    for (const pod of ['server', 'friend', 'stranger']) await ready('doors', pod);
    const address = await cluster.kubectl('-n', 'doors', 'get', 'pod', 'server', '-o', 'jsonpath={.status.podIP}');
    const ask = `timeout 2 wget -q -O- http://${address}:8080/ || echo blocked`;
    assert.equal(
      await run('doors', 'stranger', ask),
      'hello',
      'the negative control: nothing is blocked without a policy',
    );
    await cluster.apply(policy);
    await waitUntil(async () => (await run('doors', 'stranger', ask)) === 'blocked', 'the stranger was never blocked');
    assert.equal(await run('doors', 'friend', ask), 'hello');
  });

  it('answers a name of the cluster, and refuses an outside name at once', async () => {
    assert.match(await run('doors', 'friend', 'nslookup kubernetes.default.svc.cluster.local'), /10\.\d+\.0\.1/u);
    const startedAt = performance.now();
    await assert.rejects(run('doors', 'friend', 'nslookup example.org'));
    assert.ok(performance.now() - startedAt < 3000);
  });

  it('mounts a claimed volume in a pod whose root is nobody on the node, and clears it with the namespace', async () => {
    await cluster.apply(makeNamespace('disk'));
    await waitForAccount('disk');
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'notes', namespace: 'disk' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '64Mi' } } },
    };
    const volume = { persistentVolumeClaim: { claimName: 'notes' } };
    await cluster.apply(claim, makePod('disk', 'writer', { command: ['sleep', '3600'], volume }));
    await ready('disk', 'writer');
    assert.equal(await run('disk', 'writer', 'id -u; echo kept > /data/note; cat /data/note'), '0\nkept');
    assert.doesNotMatch(await run('disk', 'writer', 'cat /proc/self/uid_map'), /^\s*0\s+0\s/u);
    await cluster.kubectl('-n', 'disk', 'delete', 'pod', 'writer', '--wait');
    await cluster.apply(makePod('disk', 'reader', { command: ['sleep', '3600'], volume }));
    await ready('disk', 'reader');
    assert.equal(await run('disk', 'reader', 'cat /data/note'), 'kept');
    await cluster.kubectl('delete', 'namespace', 'disk', '--wait', '--timeout=90s');
    const folder = makeInstancePaths(name).volumes;
    await waitUntil(async () => (await readdir(folder)).length === 0, 'the volume’s folder is still there');
  });

  it(`has as many Cilium identities after ${sandboxes} sandboxes as before`, async () => {
    const count = async () =>
      (await cluster.kubectl('get', 'ciliumidentities', '-o', 'name')).split('\n').filter(Boolean).length;
    await waitUntil(
      async () => (await cluster.kubectl('get', 'namespaces')).includes('disk') === false,
      'no end of disk',
    );
    await cluster.kubectl('delete', 'namespace', 'doors', '--wait', '--timeout=90s');
    const known = new Set(['kube-system']);
    const isSettled = async () => {
      const namespaces = await cluster.kubectl(
        ...[
          'get',
          'ciliumidentities',
          '-o',
          'jsonpath={.items[*].security-labels.k8s:io\\.kubernetes\\.pod\\.namespace}',
        ],
      );
      return namespaces.split(' ').every((namespace) => known.has(namespace));
    };
    await waitUntil(isSettled, 'identities of ended namespaces are still there');
    const before = await count();
    const names = Array.from({ length: sandboxes }, (_, index) => `sandbox-${index}`);
    await cluster.apply(...names.map(makeNamespace));
    for (const namespace of names) await waitForAccount(namespace);
    await cluster.apply(...names.map((namespace) => makePod(namespace, 'shell', { command: ['sleep', '3600'] })));
    for (const namespace of names) await ready(namespace, 'shell');
    assert.ok((await count()) >= before + sandboxes);
    await cluster.kubectl('delete', 'namespace', ...names, '--wait', '--timeout=170s');
    await waitUntil(async () => (await count()) === before, 'unused identities were not collected');
  });

  async function waitForAccount(namespace: string): Promise<void> {
    await cluster.kubectl('-n', namespace, 'wait', '--for=create', 'serviceaccount/default', '--timeout=60s');
  }
});
