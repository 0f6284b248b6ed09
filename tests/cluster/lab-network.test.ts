/** A lab whose learner writes the network policies: what they then decide, and what the outer wall goes on deciding. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Driver } from '../../sandbox-server/driver/driver.ts';
import { type ApiClient, createApiClient } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import { createCredentialSource } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import { deleteObject } from '../../sandbox-server/driver/kubernetes/create-object.ts';
import { makeOuterWall } from '../../sandbox-server/driver/kubernetes/outer-wall.ts';
import { proveOuterWall } from '../../sandbox-server/driver/kubernetes/outer-wall-proof.ts';
import { acquireCluster, skippedWithoutCluster, type TestCluster } from '../support/cluster.ts';
import { createLearner, type Learner } from '../support/learner.ts';
import { placeOf } from '../support/place-names.ts';

const LIMIT_MS = 240_000;
const IMAGE = 'podium.dev/shell:1';
const SETTLED_MS = 20_000;
const never = new AbortController().signal;

/** Policies of the learner's own. */
const policy = (name: string, spec: string): string =>
  `kubectl apply -f - <<< '{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"${name}"},"spec":${spec}}'`;
const denyAll = policy('deny', '{"podSelector":{},"policyTypes":["Ingress"]}');
const allowAll = policy('open', '{"podSelector":{},"policyTypes":["Ingress","Egress"],"ingress":[{}],"egress":[{}]}');

/** From the pod `page`, by address and port; `28` is curl's word for a time that is over. */
const ask = (target: string): string =>
  `kubectl exec page -- sh -c "curl -s -k -o /dev/null -m 3 --connect-timeout 3 telnet://${target} < /dev/null && echo through || echo ended-\\$?"`;

const outside: readonly { called: string; target: string }[] = [
  { called: 'another learner’s pod', target: '$VICTIM:8080' },
  { called: 'the kubelet', target: '$NODE:10250' },
  { called: 'the API server', target: '$NODE:6443' },
  { called: 'the API server by its service', target: '$KUBERNETES:443' },
  { called: 'a pod of the cluster’s own', target: '$METRICS:10250' },
  { called: 'another port of what answers names', target: '$DNS:8181' },
];

describe('a lab whose learner writes network policies', { skip: skippedWithoutCluster, timeout: LIMIT_MS }, () => {
  let cluster: TestCluster;
  let driver: Driver;
  let admin: ApiClient;
  let learner: Learner;
  let victim: Learner;

  const servePage = async (who: Learner) => {
    await who.run(
      `kubectl run page --image=${IMAGE} --command -- perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalPort => 8080, Listen => 9, ReuseAddr => 1); while (my $c = $s->accept) { close $c }'`,
    );
    await who.run('kubectl wait --for=condition=Ready --timeout=100s pod/page');
    return (await who.run(`kubectl get pod page -o jsonpath='{.status.podIP}'`)).trim();
  };
  const addressOf = async (label: string) => {
    const query = { labelSelector: label };
    const list = await admin.call('GET', '/api/v1/namespaces/kube-system/pods', { query }, never);
    return (list as { items: { status: { podIP: string } }[] }).items[0]?.status.podIP ?? '';
  };
  /** Cilium takes a moment for a policy. */
  const untilSays = async (line: string, says: RegExp) => {
    const giveUp = AbortSignal.timeout(SETTLED_MS);
    for (;;) {
      const { output } = await learner.type(line);
      if (says.test(output)) return;
      assert.ok(!giveUp.aborted, output);
      await delay(200);
    }
  };

  before(async () => {
    cluster = await acquireCluster();
    admin = createApiClient(createCredentialSource(cluster.adminKubeconfig, Date.now));
    driver = await cluster.createDriver();
    [learner, victim] = await Promise.all([createLearner(driver, { network: 'learner' }), createLearner(driver)]);
    const [own, others] = await Promise.all([servePage(learner), servePage(victim)]);
    const [metrics, dns] = await Promise.all([addressOf('k8s-app=metrics-server'), addressOf('k8s-app=kube-dns')]);
    await learner.run(
      `export OWN=${own} VICTIM=${others} METRICS=${metrics} DNS=${dns} KUBERNETES=$KUBERNETES_SERVICE_HOST`,
    );
    await learner.run(`export NODE=$(kubectl get nodes -o jsonpath='{.items[0].status.addresses[0].address}')`);
  });
  after(async () => {
    await Promise.all([learner[Symbol.asyncDispose](), victim[Symbol.asyncDispose]()]);
    await driver[Symbol.asyncDispose]();
    admin[Symbol.dispose]();
    await cluster[Symbol.asyncDispose]();
  });

  it('begins with pods that reach each other and names, and with no policy', async () => {
    assert.match(await learner.run('kubectl get networkpolicies 2>&1'), /No resources found/);
    assert.match(await learner.run(ask('$OWN:8080')), /through/);
    assert.match(await learner.run('kubectl exec page -- getent hosts kubernetes.default.svc.cluster.local'), /\d\./);
  });

  it('lets a policy of the learner shut a pod, and open it again', async () => {
    await learner.run(`kubectl run caller --image=${IMAGE} --command -- sleep 900`);
    await learner.run('kubectl wait --for=condition=Ready --timeout=100s pod/caller');
    const call = ask('$OWN:8080').replace('exec page', 'exec caller');
    assert.match(await learner.run(call), /through/);
    await learner.run(denyAll);
    await untilSays(call, /ended-28/);
    await learner.run('kubectl delete networkpolicy deny');
    await untilSays(call, /through/);
  });

  for (const { called, target } of outside) {
    it(`keeps the learner’s pods from ${called}, without a policy and with one that allows everything`, async () => {
      await learner.run('kubectl delete networkpolicy --all');
      assert.match(await learner.run(ask(target)), /ended-28/);
      await learner.run(allowAll);
      await untilSays(ask('$OWN:8080'), /through/);
      assert.match(await learner.run(ask(target)), /ended-28/);
    });
  }

  for (const line of [
    `kubectl patch ciliumnetworkpolicy outer-wall --type=merge -p '{"spec":null}'`,
    'kubectl delete ciliumnetworkpolicy outer-wall',
    'kubectl create rolebinding more --clusterrole=podium-keeper --serviceaccount=podium-sandboxes:shell',
  ]) {
    it(`lets nobody do this: ${line}`, async () => {
      const { status, output } = await learner.type(line);
      assert.match(output, /forbidden/i);
      assert.notEqual(status, 0);
    });
  }

  it('has a wall that is proved by a pod, and is not where it was taken away', async () => {
    const id = placeOf(victim.namespace);
    const prove = () => proveOuterWall({ api: admin, learner: admin, id, image: IMAGE }, never);
    assert.deepEqual((await prove()).state, 'proved');
    await deleteObject(
      admin,
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'podium-wall', namespace: victim.namespace } },
      never,
    );
    await deleteObject(admin, makeOuterWall(id), never);
    await untilGone(`/api/v1/namespaces/${victim.namespace}/pods/podium-wall`);
    assert.deepEqual((await prove()).state, 'missing');
  });

  async function untilGone(path: string): Promise<void> {
    for (;;) {
      const isThere = await admin.call('GET', path, {}, never).then(
        () => true,
        () => false,
      );
      if (!isThere) return;
      await delay(200);
    }
  }
});
