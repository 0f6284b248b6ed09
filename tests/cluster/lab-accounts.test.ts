/** Accounts that a lab names: what a pod that has one may ask of the API server, and what neither it nor its learner may. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Driver, LabAccount } from '../../sandbox-server/driver/driver.ts';
import { createMetrics } from '../../sandbox-server/telemetry/metrics.ts';
import { acquireCluster, skippedWithoutCluster, type TestCluster } from '../support/cluster.ts';
import { createLearner, type Learner } from '../support/learner.ts';
import { waitUntil } from '../support/plain-pods.ts';

const LIMIT_MS = 180_000;
const IMAGE = 'podium.dev/shell:1';
const accounts: readonly LabAccount[] = [
  { name: 'looker', role: 'view' },
  { name: 'worker', role: 'edit-pods' },
];

function runPod(name: string, account: string): string {
  const overrides = JSON.stringify({ spec: { serviceAccountName: account } });
  return `kubectl run ${name} --image=${IMAGE} --overrides='${overrides}' --command -- sleep 900`;
}

/** In the pod of that name, which has the account of that name. */
const inPod = (pod: string, command: string): string => `kubectl exec ${pod} -- ${command}`;
const newPod = (flags = ''): string => `kubectl run made --image=busybox --restart=Never ${flags} -- true`;

/** The learner's own shell puts in the address. */
const connect = (port: number): string =>
  `bash -c "timeout 3 bash -c '</dev/tcp/$NODE/${port}' && echo open || echo shut"`;

/** Finishes the sentence "a pod with …". */
const rows: readonly { called: string; pod: string; command: string; says: RegExp; isAllowed?: true }[] = [
  {
    called: 'view lists the pods',
    pod: 'looker',
    command: 'kubectl get pods -o name',
    says: /^pod\/looker$/m,
    isAllowed: true,
  },
  { called: 'view makes no pod', pod: 'looker', command: newPod(), says: /cannot create resource "pods"/ },
  {
    called: 'view deletes no pod',
    pod: 'looker',
    command: 'kubectl delete pod idle',
    says: /cannot delete resource "pods"/,
  },
  {
    called: 'view reads no secret',
    pod: 'looker',
    command: 'kubectl get secret diary',
    says: /cannot get resource "secrets"/,
  },
  {
    called: 'view goes into no other pod',
    pod: 'looker',
    command: 'kubectl exec idle -- id',
    says: /cannot \w+ resource "pods\/exec"/,
  },
  {
    called: 'view sees no other namespace',
    pod: 'looker',
    command: 'kubectl -n kube-system get pods',
    says: /cannot list resource "pods".*"kube-system"/,
  },
  {
    called: 'view sees no shell',
    pod: 'looker',
    command: 'kubectl -n podium-sandboxes get pods',
    says: /cannot list resource "pods"/,
  },
  {
    called: 'view sees nothing of the cluster',
    pod: 'looker',
    command: 'kubectl get nodes',
    says: /cannot list resource "nodes"/,
  },
  {
    called: 'view gets no token',
    pod: 'looker',
    command: 'kubectl create token worker',
    says: /cannot create resource "serviceaccounts\/token"/,
  },
  {
    called: 'edit-pods makes a pod and takes it away',
    pod: 'worker',
    command: `sh -c '${newPod()} && kubectl delete pod made'`,
    says: /"made" deleted/,
    isAllowed: true,
  },
  {
    called: 'edit-pods reads no secret',
    pod: 'worker',
    command: 'kubectl get secrets',
    says: /cannot list resource "secrets"/,
  },
  {
    called: 'edit-pods makes no Deployment',
    pod: 'worker',
    command: 'kubectl create deployment d --image=busybox',
    says: /cannot create resource "deployments"/,
  },
  {
    called: 'edit-pods makes no pod that is privileged',
    pod: 'worker',
    command: newPod('--privileged'),
    says: /violates PodSecurity/,
  },
  {
    called: 'edit-pods makes no pod elsewhere',
    pod: 'worker',
    command: newPod('-n default'),
    says: /cannot create resource "pods"/,
  },
  {
    called: 'edit-pods binds nobody',
    pod: 'worker',
    command: 'kubectl create rolebinding b --clusterrole=podium-learner --serviceaccount=default:default',
    says: /cannot create resource "rolebindings"/,
  },
  {
    called: 'the account that every pod has lists nothing',
    pod: 'idle',
    command: 'kubectl get pods',
    says: /cannot list resource "pods"/,
  },
  {
    called: 'any account reaches the API server',
    pod: 'looker',
    command: connect(6443),
    says: /open/,
    isAllowed: true,
  },
  {
    called: 'any account reaches nothing else there',
    pod: 'looker',
    command: connect(10_250),
    says: /shut/,
    isAllowed: true,
  },
];

const ofLearner: readonly { called: string; line: string }[] = [
  {
    called: 'bind an account of the lab to more',
    line: 'kubectl create rolebinding more --clusterrole=podium-learner --serviceaccount=$NAMESPACE:looker',
  },
  {
    called: 'bind one to what the server has',
    line: 'kubectl create rolebinding more --clusterrole=podium-keeper --serviceaccount=$NAMESPACE:worker',
  },
  {
    called: 'change what is bound',
    line: `kubectl patch rolebinding account-looker --type=merge -p '{"subjects":[]}'`,
  },
  { called: 'get a token of one', line: 'kubectl create token looker' },
  { called: 'take the door to the API server for another', line: 'kubectl delete networkpolicy podium-api-server' },
];

describe('accounts of a lab', { skip: skippedWithoutCluster, timeout: LIMIT_MS }, () => {
  let cluster: TestCluster;
  let driver: Driver;
  let learner: Learner;

  before(async () => {
    cluster = await acquireCluster();
    driver = await cluster.createDriver();
    learner = await createLearner(driver, { accounts });
    await learner.run('kubectl create secret generic diary --from-literal=page=mine');
    for (const { name } of accounts) await learner.run(runPod(name, name));
    await learner.run(`kubectl run idle --image=${IMAGE} --command -- sleep 900`);
    await learner.run('kubectl wait --for=condition=Ready --timeout=100s pod/looker pod/worker pod/idle');
    await learner.run(`export NODE=$(kubectl get nodes -o jsonpath='{.items[0].status.addresses[0].address}')`);
  });
  after(async () => {
    await learner[Symbol.asyncDispose]();
    await driver[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  for (const { called, pod, command, says, isAllowed = false } of rows) {
    it(`are such that a pod with ${called}`, async () => {
      const { status, output } = await learner.type(inPod(pod, command));
      assert.match(output, says);
      assert.equal(status === 0, isAllowed, output);
    });
  }

  for (const { called, line } of ofLearner) {
    it(`are such that their learner cannot ${called}`, async () => {
      const { status, output } = await learner.type(line);
      assert.match(output, /forbidden/i, output);
      assert.notEqual(status, 0);
    });
  }

  it('are still bound when the learner has deleted one and made it again', async () => {
    await learner.run('kubectl delete serviceaccount looker && kubectl create serviceaccount looker');
    await learner.run(runPod('again', 'looker'));
    await learner.run('kubectl wait --for=condition=Ready --timeout=100s pod/again');
    assert.match(await learner.run(inPod('again', 'kubectl get pods -o name')), /pod\/again/);
  });

  it('are there in a sandbox that was made before anybody asked for them', async () => {
    const metrics = createMetrics();
    const count = () => metrics.registry.metrics();
    const pooled = await cluster.createDriver({ images: [IMAGE], floor: 1, schedule: [], ceiling: 9 }, metrics);
    try {
      await waitUntil(async () => /state="warm"\} [1-9]/.test(await count()), 'no sandbox was made ahead');
      await using given = await createLearner(pooled, { accounts });
      await given.run(runPod('looker', 'looker'));
      await given.run('kubectl wait --for=condition=Ready --timeout=100s pod/looker');
      assert.match(await given.run(inPod('looker', 'kubectl get pods -o name')), /pod\/looker/);
      assert.match(await count(), /podium_claims_total\{origin="pool"\} 1\n/);
    } finally {
      await pooled[Symbol.asyncDispose]();
    }
  });

  it('are not there in a lab that names none, whose pods do not reach the API server either', async () => {
    await using other = await createLearner(driver);
    assert.doesNotMatch(await other.run('kubectl get serviceaccounts -o name'), /looker|worker/);
    await other.run(`kubectl run idle --image=${IMAGE} --command -- sleep 900`);
    await other.run('kubectl wait --for=condition=Ready --timeout=100s pod/idle');
    const ask = inPod('idle', `curl -sk -m 3 https://kubernetes.default.svc/version`);
    const { status, output } = await other.type(ask);
    assert.equal(status, 28, `curl's own word for a time that is over: ${output}`);
  });
});
