/**
 * Textbook commands, as they are printed, in a learner's terminal: those of "Learn Kubernetes Basics" on kubernetes.io,
 * and what every book starts with. What cannot be here is refused at once, with a sentence that teaches.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Driver } from '../../sandbox-server/driver/driver.ts';
import { acquireCluster, skippedWithoutCluster, type TestCluster } from '../support/cluster.ts';
import { createLearner, type Learner } from '../support/learner.ts';

/** A rollout of four pods on two busy processors. */
const TEST_LIMIT_MS = 180_000;

/** A Service leads to pods that are ending until each node has heard of it, a second or so after the rollout's end. */
const answersWith = (version: string) =>
  `timeout 30 bash -c 'until curl -s http://kubernetes-bootcamp.$NAMESPACE:8080 | grep -q ${version}; do sleep 0.2; done'`;

/** Neither sees the other. */
const LEARNERS_AT_ONCE = 2;

const options = { skip: skippedWithoutCluster, timeout: 6 * TEST_LIMIT_MS, concurrency: LEARNERS_AT_ONCE };
describe('a learner', options, () => {
  let cluster: TestCluster;
  let driver: Driver;

  before(async () => {
    cluster = await acquireCluster();
    driver = await cluster.createDriver();
  });
  after(async () => {
    await driver[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  describe('of the basics on kubernetes.io', { timeout: 3 * TEST_LIMIT_MS, concurrency: 1 }, () => {
    let learner: Learner;
    before(async () => {
      learner = await createLearner(driver);
    });
    after(() => learner[Symbol.asyncDispose]());

    const podName = `export POD_NAME="$(kubectl get pods -o go-template --template '{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}')"`;

    it('creates a deployment without a warning', async () => {
      const output = await learner.run(
        'kubectl create deployment kubernetes-bootcamp --image=gcr.io/google-samples/kubernetes-bootcamp:v1',
      );
      assert.equal(output, 'deployment.apps/kubernetes-bootcamp created\n');
      await learner.run('kubectl wait --for=condition=Available --timeout=120s deployment/kubernetes-bootcamp');
    });

    it('gets deployments', async () => {
      assert.match(await learner.run('kubectl get deployments'), /^kubernetes-bootcamp +1\/1 +1 +1 /m);
    });

    it('reaches the API by a proxy, and a pod through it', async () => {
      await learner.run(`${podName}; echo $POD_NAME`);
      await learner.run('kubectl proxy > ~/proxy.log & until grep -q Starting ~/proxy.log; do sleep 0.1; done');
      assert.match(await learner.run('curl -s http://localhost:8001/version'), /"gitVersion": "v1\.\d+/);
      const through = 'curl -s http://localhost:8001/api/v1/namespaces/$NAMESPACE/pods/$POD_NAME:8080/proxy/';
      assert.match(
        await learner.run(through),
        /Hello Kubernetes bootcamp! \| Running on: kubernetes-bootcamp-\S+ \| v=1/,
      );
      await learner.run('kill %1');
    });

    it('describes pods, reads logs, and runs commands in the pod', async () => {
      assert.match(
        await learner.run('kubectl describe pods'),
        /Image: +gcr\.io\/google-samples\/kubernetes-bootcamp:v1/,
      );
      assert.match(await learner.run('kubectl logs "$POD_NAME"'), /Kubernetes Bootcamp App Started/i);
      assert.match(await learner.run('kubectl exec "$POD_NAME" -- env'), /^HOSTNAME=kubernetes-bootcamp-/m);
      const inside = `kubectl exec -ti $POD_NAME -- bash -c 'cat server.js | head -1; curl -s http://localhost:8080'`;
      assert.match(await learner.run(inside), /Hello Kubernetes bootcamp!/);
    });

    it('is told why a NodePort is refused, and how it is done here', async () => {
      const { status, output } = await learner.type(
        'kubectl expose deployment/kubernetes-bootcamp --type="NodePort" --port 8080',
      );
      assert.equal(status, 1);
      assert.match(output, /opens a port on every node.*Use type ClusterIP.*kubectl port-forward/);
      await learner.run('kubectl expose deployment/kubernetes-bootcamp --port 8080');
      assert.match(
        await learner.run('curl -s http://kubernetes-bootcamp.$NAMESPACE:8080'),
        /Hello Kubernetes bootcamp!/,
      );
    });

    it('is told why a LoadBalancer is refused', async () => {
      const { status, output } = await learner.type(
        'kubectl expose deployment/kubernetes-bootcamp --type=LoadBalancer --port 8080 --name=wide',
      );
      assert.equal(status, 1);
      assert.match(output, /here is no cloud.*Use type ClusterIP/);
    });

    it('finds its pods by label', async () => {
      assert.match(await learner.run('kubectl get pods -l app=kubernetes-bootcamp'), /kubernetes-bootcamp-/);
      await learner.run('kubectl label pods "$POD_NAME" version=v1');
      assert.match(await learner.run('kubectl get pods -l version=v1'), /kubernetes-bootcamp-/);
    });

    it('scales', async () => {
      await learner.run('kubectl scale deployments/kubernetes-bootcamp --replicas=4');
      await learner.run('kubectl rollout status deployments/kubernetes-bootcamp --timeout=120s');
      assert.match(await learner.run('kubectl get deployments'), /^kubernetes-bootcamp +4\/4 /m);
      await learner.run('kubectl scale deployments/kubernetes-bootcamp --replicas=2');
    });

    it('updates, and follows the rollout', async () => {
      await learner.run(
        'kubectl set image deployments/kubernetes-bootcamp kubernetes-bootcamp=docker.io/jocatalin/kubernetes-bootcamp:v2',
      );
      const status = await learner.run('kubectl rollout status deployments/kubernetes-bootcamp --timeout=120s');
      assert.match(status, /successfully rolled out/);
      await learner.run(answersWith('v=2'));
    });

    it('is told at once that an image is not here, and which are', async () => {
      const { status, output } = await learner.type(
        'kubectl set image deployments/kubernetes-bootcamp kubernetes-bootcamp=gcr.io/google-samples/kubernetes-bootcamp:v10',
      );
      assert.equal(status, 1);
      assert.match(output, /kubernetes-bootcamp:v10 is not here.*Images that are here: .*nginx/);
    });

    it('undoes a rollout', async () => {
      await learner.run('kubectl rollout undo deployments/kubernetes-bootcamp');
      await learner.run('kubectl rollout status deployments/kubernetes-bootcamp --timeout=120s');
      await learner.run(answersWith('v=1'));
      await learner.run('kubectl delete deployment,service kubernetes-bootcamp');
    });
  });

  describe('of any book', { timeout: 3 * TEST_LIMIT_MS, concurrency: 1 }, () => {
    let learner: Learner;
    before(async () => {
      learner = await createLearner(driver);
    });
    after(() => learner[Symbol.asyncDispose]());

    it('runs a pod of an ordinary image with plain kubectl run', async () => {
      assert.equal(await learner.run('kubectl run nginx --image=nginx'), 'pod/nginx created\n');
      await learner.run('kubectl wait --for=condition=Ready --timeout=60s pod/nginx');
      assert.match(
        await learner.run(`curl -s http://$(kubectl get pod nginx -o jsonpath='{.status.podIP}')`),
        /Welcome to nginx!/,
      );
      await learner.run('kubectl delete pod nginx --now');
    });

    it('is root in a pod of busybox, and of nothing else', async () => {
      const output = await learner.run(
        `kubectl run box --image=busybox:1.28 --restart=Never --command -- sh -c 'id -u; cat /proc/self/uid_map'`,
      );
      assert.match(output, /created/);
      await learner.run(`kubectl wait --for=jsonpath='{.status.phase}'=Succeeded --timeout=60s pod/box`);
      const [user, mapping] = (await learner.run('kubectl logs box')).trim().split('\n');
      assert.equal(user, '0');
      assert.notEqual(mapping?.trim().split(/ +/)[1], '0', 'root of the pod is root of the node');
    });

    it('claims a volume, and a second pod finds what the first one wrote', async () => {
      const claim = {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'notes' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '64Mi' } } },
      };
      await learner.run(`echo '${JSON.stringify(claim)}' | kubectl apply -f -`);
      for (const [name, line] of [
        ['writer', 'echo kept > /notes/one'],
        ['reader', 'cat /notes/one'],
      ]) {
        const spec = {
          containers: [
            { name, image: 'busybox', args: ['sh', '-c', line], volumeMounts: [{ name: 'v', mountPath: '/notes' }] },
          ],
          volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'notes' } }],
          restartPolicy: 'Never',
        };
        const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec };
        await learner.run(`echo '${JSON.stringify(pod)}' | kubectl apply -f -`);
        await learner.run(`kubectl wait --for=jsonpath='{.status.phase}'=Succeeded --timeout=60s pod/${name}`);
      }
      assert.equal((await learner.run('kubectl logs reader')).trim(), 'kept');
      await learner.run('kubectl delete pod writer reader --now && kubectl delete pvc notes');
    });

    it('creates a chart with helm and installs it', async () => {
      await learner.run('cd ~ && helm create shop');
      await learner.run('helm install shop ./shop --wait --timeout 120s');
      assert.match(await learner.run('helm list'), /^shop\s.*deployed/m);
      assert.match(await learner.run('curl -s http://shop.$NAMESPACE'), /Welcome to nginx!/);
      await learner.run('helm uninstall shop');
    });

    it('can delete all that is theirs and still has the shell', async () => {
      await learner.run('kubectl create deployment web --image=nginx --replicas=2');
      await learner.run('kubectl delete all --all --now');
      assert.match(await learner.run('echo still-$((40 + 2))'), /still-42/);
    });
  });
});
