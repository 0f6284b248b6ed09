/**
 * What a learner tries that they must not manage: each attack as it would be typed, and each next to something alike
 * that works, or to the same attack with its wall taken away, so that a refusal is never a broken tool.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Driver } from '../../sandbox-server/driver/driver.ts';
import { learnerNamespace } from '../../sandbox-server/driver/kubernetes/names.ts';
import { type AdminAccess, createAdminAccess } from '../support/admin-access.ts';
import { acquireCluster, skippedWithoutCluster, type TestCluster } from '../support/cluster.ts';
import { createLearner, type Learner } from '../support/learner.ts';

/** Refused connections are waited for, a few seconds each. */
const TEST_LIMIT_MS = 240_000;
const never = new AbortController().signal;

describe('a learner cannot', { skip: skippedWithoutCluster, timeout: 3 * TEST_LIMIT_MS }, () => {
  let cluster: TestCluster;
  let driver: Driver;
  let admin: AdminAccess;
  let alice: Learner;
  let bob: Learner;

  before(async () => {
    cluster = await acquireCluster();
    driver = await cluster.createDriver();
    admin = createAdminAccess(cluster.adminKubeconfig);
    [alice, bob] = await Promise.all([createLearner(driver), createLearner(driver)]);
  });
  after(async () => {
    await Promise.all([alice[Symbol.asyncDispose](), bob[Symbol.asyncDispose]()]);
    admin[Symbol.dispose]();
    await driver[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  const overrides = (spec: string) => `kubectl run bad --image=nginx --overrides='{"spec":${spec}}'`;
  const container = (settings: string) => overrides(`{"containers":[{"name":"bad","image":"nginx",${settings}}]}`);
  const object = (json: string) => `kubectl create -f - <<< '${json}'`;

  const refusals: readonly { readonly called: string; readonly line: string; readonly says: RegExp }[] = [
    { called: 'list namespaces, and so the others', line: 'kubectl get namespaces', says: /[Ff]orbidden/ },
    { called: 'read another’s namespace', line: 'kubectl -n BOB get pods', says: /[Ff]orbidden/ },
    { called: 'read another’s secrets', line: 'kubectl -n BOB get secrets', says: /[Ff]orbidden/ },
    { called: 'list pods of all namespaces', line: 'kubectl get pods -A', says: /[Ff]orbidden/ },
    { called: 'see the shells', line: 'kubectl -n podium-sandboxes get pods', says: /[Ff]orbidden/ },
    { called: 'read secrets beside the shells', line: 'kubectl -n podium-sandboxes get secrets', says: /[Ff]orbidden/ },
    {
      called: 'enter the checker',
      line: 'kubectl -n podium-sandboxes exec shell-ALICE -c checker -- id',
      says: /[Ff]orbidden/,
    },
    { called: 'read kube-system', line: 'kubectl -n kube-system get secrets,configmaps', says: /[Ff]orbidden/ },
    {
      called: 'act as somebody else',
      line: 'kubectl get secrets --as=system:admin --as-group=system:masters',
      says: /[Ff]orbidden/,
    },
    { called: 'get a token', line: 'kubectl create token default', says: /[Ff]orbidden/ },
    { called: 'give themselves a role', line: 'kubectl create role all --verb=* --resource=*', says: /[Ff]orbidden/ },
    {
      called: 'bind themselves to cluster-admin',
      line: 'kubectl create rolebinding all --clusterrole=cluster-admin --serviceaccount=podium-sandboxes:shell-ALICE',
      says: /[Ff]orbidden/,
    },
    { called: 'lift the quota', line: 'kubectl delete resourcequota limits', says: /[Ff]orbidden/ },
    { called: 'take the network wall down', line: 'kubectl delete networkpolicy podium', says: /[Ff]orbidden/ },
    {
      called: 'open the network wall',
      line: object(
        '{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"open"},"spec":{"podSelector":{},"ingress":[{}],"egress":[{}],"policyTypes":["Ingress","Egress"]}}',
      ),
      says: /[Ff]orbidden/,
    },
    {
      called: 'relax the namespace',
      line: 'kubectl label namespace $NAMESPACE pod-security.kubernetes.io/enforce=privileged --overwrite',
      says: /[Ff]orbidden/,
    },
    {
      called: 'point an endpoint at the node',
      line: object(
        '{"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"x"},"subsets":[{"addresses":[{"ip":"10.0.0.1"}],"ports":[{"port":10250}]}]}',
      ),
      says: /[Ff]orbidden/,
    },
    {
      called: 'go through the API server to a service',
      line: 'kubectl get --raw /api/v1/namespaces/$NAMESPACE/services/x/proxy/',
      says: /[Ff]orbidden/,
    },
    {
      called: 'go through the API server to the kubelet',
      line: 'kubectl get --raw /api/v1/nodes/NODE/proxy/pods',
      says: /[Ff]orbidden/,
    },
    { called: 'run a privileged pod', line: 'kubectl run bad --image=nginx --privileged', says: /privileged/ },
    {
      called: 'mount the node’s files',
      line: overrides('{"volumes":[{"name":"n","hostPath":{"path":"/"}}]}'),
      says: /hostPath/,
    },
    { called: 'share the node’s network', line: overrides('{"hostNetwork":true}'), says: /host namespaces/ },
    { called: 'share the node’s processes', line: overrides('{"hostPID":true}'), says: /host namespaces/ },
    {
      called: 'take a port of the node',
      line: container('"ports":[{"containerPort":80,"hostPort":80}]'),
      says: /hostPort/,
    },
    {
      called: 'add capabilities',
      line: container('"securityContext":{"capabilities":{"add":["SYS_ADMIN"]}}'),
      says: /capabilities/,
    },
    { called: 'be root of the node’s users', line: overrides('{"hostUsers":true}'), says: /runAsNonRoot/ },
    {
      called: 'push others from the node',
      line: overrides('{"priorityClassName":"system-node-critical"}'),
      says: /priorityClassName/,
    },
    {
      called: 'leave a pod that takes an hour to end',
      line: overrides('{"terminationGracePeriodSeconds":3600}'),
      says: /a lab ends within a minute/,
    },
    {
      called: 'leave an object that never ends',
      line: object(
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"stuck","finalizers":["example.com/never"]}}',
      ),
      says: /Leave metadata.finalizers out/,
    },
    {
      called: 'have a controller leave pods that never end',
      line: 'kubectl create deployment stuck --image=nginx && kubectl patch deployment stuck -p \'{"spec":{"template":{"metadata":{"finalizers":["example.com/never"]}}}}\' && kubectl wait --for=condition=ReplicaFailure --timeout=60s deployment/stuck && kubectl get deployment stuck -o jsonpath={.status.conditions} && false',
      says: /Leave metadata.finalizers out/,
    },
    {
      called: 'fill the cluster’s database',
      line: 'head -c 300000 /dev/urandom > ~/big && kubectl create secret generic big --from-file=$HOME/big',
      says: /may hold 256 KiB/,
    },
  ];
  for (const { called, line, says } of refusals) {
    it(called, { timeout: TEST_LIMIT_MS }, async () => {
      const attack = line
        .replaceAll('BOB', bob.namespace)
        .replaceAll('ALICE', alice.id)
        .replaceAll('NODE', await admin.nodeName());
      const { status, output } = await alice.type(attack);
      assert.notEqual(status, 0, output);
      assert.match(output, says);
    });
  }

  it('run a privileged pod; without the wall of the namespace it would run', { timeout: TEST_LIMIT_MS }, async () => {
    const dryRun = 'kubectl run bad --image=nginx --privileged --dry-run=server';
    assert.notEqual((await alice.type(dryRun)).status, 0);
    await admin.labelNamespace(alice.namespace, { 'pod-security.kubernetes.io/enforce': 'privileged' });
    try {
      await alice.run(dryRun);
    } finally {
      await admin.labelNamespace(alice.namespace, { 'pod-security.kubernetes.io/enforce': 'restricted' });
    }
  });

  describe('reach', { timeout: TEST_LIMIT_MS }, () => {
    let bobsPod = '';
    const shellTo = (host: string, port: number) => `nc -z -w 3 ${host} ${port}`;
    /** Without `-i` its input is at its end: it ends with the connection, and is ended where none comes about. */
    const podTo = (host: string, port: number) => `kubectl exec box -- timeout 3 nc ${host} ${port}`;
    const apiServer = 'kubernetes.default.svc.cluster.local';

    interface Places {
      readonly alicesPod: string;
      readonly alicesShell: string;
      readonly bobsPod: string;
      readonly node: string;
    }
    type Attempt = readonly [called: string, line: (places: Places) => string];
    const theirs: readonly Attempt[] = [
      ['their pod, from the shell', ({ alicesPod }) => shellTo(alicesPod, 80)],
      ['their pod, from a pod', ({ alicesPod }) => podTo(alicesPod, 80)],
      ['their shell, from the shell', ({ alicesShell }) => shellTo(alicesShell, 8000)],
      ['the API server, from the shell', () => shellTo(apiServer, 443)],
    ];
    const notTheirs: readonly Attempt[] = [
      ['another’s pod, from the shell', ({ bobsPod }) => shellTo(bobsPod, 80)],
      ['another’s pod, from a pod', ({ bobsPod }) => podTo(bobsPod, 80)],
      ['the kubelet, from the shell', ({ node }) => shellTo(node, 10250)],
      ['the kubelet, from a pod', ({ node }) => podTo(node, 10250)],
      ['the API server, from a pod', () => podTo(apiServer, 443)],
      ['the API server by its own address, from a pod', ({ node }) => podTo(node, 6443)],
    ];
    const anothersShell: Attempt = ['another’s shell, from a pod', ({ alicesShell }) => podTo(alicesShell, 8000)];
    const statuses = new Map<string, number>();

    async function startPods(learner: Learner): Promise<string> {
      await learner.run('kubectl run web --image=nginx');
      await learner.run('kubectl run box --image=busybox --command -- sleep 3600');
      await learner.run('kubectl wait --for=condition=Ready --timeout=100s pod/web pod/box');
      return (await learner.run(`kubectl get pod web -o jsonpath='{.status.podIP}'`)).trim();
    }

    /** Side by side, for a refused connection is waited for; what is theirs among them shows that this works. */
    async function attempt(learner: Learner, attempts: readonly Attempt[], places: Places): Promise<void> {
      const jobs = attempts.map(([, line], index) => `(${line(places)} >/dev/null 2>&1; echo job-${index}-$?-) &`);
      const output = await learner.run(`(${jobs.join(' ')} wait)`);
      for (const [, index, status] of output.matchAll(/job-(\d+)-(\d+)-/g))
        statuses.set(attempts[Number(index)]?.[0] ?? '', Number(status));
    }

    before(async () => {
      const [alicesPod, itsPod, node] = await Promise.all([startPods(alice), startPods(bob), admin.nodeAddress()]);
      bobsPod = itsPod;
      await alice.run('(nc -l -k 8000 > /dev/null 2>&1 &)');
      const alicesShell = (await alice.run('hostname -i')).trim();
      const places = { alicesPod, alicesShell, bobsPod, node };
      await Promise.all([attempt(alice, [...theirs, ...notTheirs], places), attempt(bob, [anothersShell], places)]);
    });

    it('what is theirs, with the same tools', () => {
      assert.deepEqual(
        theirs.map(([called]) => [called, statuses.get(called)]),
        theirs.map(([called]) => [called, 0]),
      );
    });

    for (const [called] of [...notTheirs, anothersShell]) {
      it(called, () => {
        assert.ok((statuses.get(called) ?? 0) > 0, `it ended with ${statuses.get(called)}`);
      });
    }

    it('another’s pod; without the walls of both it would', async () => {
      const open = [alice, bob].map(({ namespace }) => admin.openNetwork(namespace));
      const walls = await Promise.all(open);
      try {
        await alice.run(`until ${podTo(bobsPod, 80)} > /dev/null 2>&1; do sleep 0.2; done`);
      } finally {
        await Promise.all(walls.map((wall) => wall[Symbol.asyncDispose]()));
      }
      await alice.run(`while ${podTo(bobsPod, 80)} > /dev/null 2>&1; do sleep 0.2; done`);
    });
  });

  describe('influence a check, which', { timeout: TEST_LIMIT_MS }, () => {
    const check = (source: string) =>
      driver.runCheck(alice.id, { name: 'probe', source: `#!/bin/sh\n${source}\n`, timeLimitMs: 10_000 }, never);

    it('has its own programs, home and account', async () => {
      await alice.run("mkdir -p ~/bin; printf '#!/bin/sh\necho hacked\n' > ~/bin/kubectl; chmod +x ~/bin/kubectl");
      await alice.run('printf "export PATH=~/bin:$PATH\\n" > ~/.profile; cp ~/.profile ~/.bashrc');
      const { output, exitCode } = await check('kubectl auth whoami -o jsonpath={.status.userInfo.username}');
      assert.deepEqual([output, exitCode], [`system:serviceaccount:podium-sandboxes:checker-${alice.id}`, 0]);
    });

    it('sees the home, and can change nothing in it, nor in the namespace', async () => {
      await alice.run('echo mine > ~/note');
      const { output } = await check(
        'cat /home/learner/note; touch /home/learner/x 2>&1; kubectl create configmap x 2>&1; ls /var/run/podium',
      );
      assert.match(output, /^mine\n.*Read-only file system\n.*[Ff]orbidden/s);
      assert.doesNotMatch(output, /^token$/m);
    });

    it('leaves nothing behind for the next', async () => {
      await check('echo secret > left; kubectl get pods');
      assert.equal((await check('ls -A /var/run/podium/checker | wc -l')).output.trim(), '1');
    });

    it('runs where the learner’s processes are not', async () => {
      assert.match((await check('ps -e -o args')).output, /ps -e/);
      assert.doesNotMatch((await check('ps -e -o args')).output, /bash -l/);
      assert.doesNotMatch(await alice.run('ls /var/run/podium'), /checker/);
    });
  });

  it('be seen by name in what another may read', () => {
    assert.notEqual(alice.namespace, bob.namespace);
    assert.equal(alice.namespace, learnerNamespace(alice.id));
  });
});
