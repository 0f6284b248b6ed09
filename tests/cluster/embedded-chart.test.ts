/** The chart in a cluster that has nothing of Podium yet: installed, used, upgraded, uninstalled, installed again. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { LAB_IMAGE_REFS, SERVER_IMAGE } from '../../deploy/images/catalogue.ts';
import { installPodium } from '../../sandbox-server/driver/kubernetes/install.ts';
import { AGENT_IMAGE } from '../../sandbox-server/driver/kubernetes/names.ts';
import { Browser, type RunningSandbox } from '../server/browser.ts';
import {
  createEmbeddedCluster,
  type EmbeddedCluster,
  makeTestName,
  skippedWithoutRoot,
} from '../support/embedded-clusters.ts';
import { CHART, forwardPort, requireHelm } from '../support/helm.ts';

const TEST_LIMIT_MS = 180_000;
/** Images are there, so a start is seconds, and an end is that of the last namespace; a busy machine takes ten times as long. */
const PATIENCE = ['--wait', '--timeout', '150s'];
const VALUES = ['listenUnprotected=true', 'storage.size=100Mi'];
const UIDS = 'jsonpath={.items[*].metadata.uid}';
const CLUSTER_WIDE = [
  'clusterroles',
  'clusterrolebindings',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
  'priorityclasses',
  'flowschemas',
  'prioritylevelconfigurations',
];

describe('the chart in a cluster', { skip: skippedWithoutRoot, timeout: 2 * TEST_LIMIT_MS }, () => {
  let cluster: EmbeddedCluster;
  const browser = new Browser('');
  let sandbox: RunningSandbox;

  before(async () => {
    const name = makeTestName('chart');
    cluster = await createEmbeddedCluster(name, ['podium.dev/shell:1', AGENT_IMAGE, SERVER_IMAGE]);
    await cluster.kubectl('create', 'namespace', 'podium');
    await cluster.kubectl('label', 'namespace', 'podium', 'pod-security.kubernetes.io/enforce=restricted');
  });
  after(() => cluster[Symbol.asyncDispose]());

  const release = (command: 'install' | 'upgrade', values: readonly string[], ...flags: string[]) =>
    requireHelm(
      cluster.kubeconfigPath,
      ...[command, 'podium', CHART, '--namespace', 'podium', ...PATIENCE, ...flags],
      ...[...VALUES, ...values].flatMap((value) => ['--set', value]),
    );
  const inServer = (script: string) =>
    cluster.kubectl('-n', 'podium', 'exec', 'deployment/podium-server', '--', 'sh', '-c', script);
  const readKey = () => cluster.kubectl('-n', 'podium', 'get', 'secret', 'podium-cookie-key', '-o', 'jsonpath={.data}');

  /** The server through kubectl, as an operator looks at it first. */
  async function withServer<T>(work: (origin: string) => Promise<T>): Promise<T> {
    await using forward = await forwardPort(cluster.kubeconfigPath, 'podium', 'service/podium');
    return await work(forward.origin);
  }

  it('is installed, warns, and is ready', { timeout: TEST_LIMIT_MS }, async () => {
    assert.match(await release('install', ['pool.floor=1']), /WARNING: there is no login yet/);
    const [page, ready] = await withServer((origin) =>
      Promise.all([fetch(`${origin}/en/`), fetch(`${origin}/readyz`).then((reply) => reply.text())]),
    );
    assert.equal(page.status, 200);
    assert.match(ready, /^\{"ready":true,/);
    await cluster.kubectl('-n', 'podium', 'rollout', 'status', 'deployment/podium-janitor', '--timeout=60s');
  });

  it('runs the server as nobody, who can write to its data alone', { timeout: TEST_LIMIT_MS }, async () => {
    const status = await inServer('id -u; grep -E "^(CapBnd|NoNewPrivs|Seccomp):" /proc/1/status');
    assert.match(status, /^10001\nCapBnd:\t0+\nNoNewPrivs:\t1\nSeccomp:\t2$/);
    await assert.rejects(inServer('touch /podium/x'), /Read-only file system/);
    await assert.rejects(inServer('touch /usr/local/bin/x'), /Read-only file system/);
    assert.match(await inServer('ls /var/lib/podium'), /podium\.db/);
    assert.match(await inServer('ls /usr/share/licenses/podium/node /podium/node_modules/fastify'), /LICENSE/);
  });

  it('gives a learner a sandbox', { timeout: TEST_LIMIT_MS }, async () => {
    await withServer(async (origin) => {
      browser.origin = origin;
      sandbox = await browser.startAndWait();
      await using terminal = await browser.openTerminal(sandbox.id);
      terminal.type('kubectl auth whoami -o jsonpath={.status.userInfo.username}\n');
      await terminal.waitForText(/system:serviceaccount:podium-sandboxes:/);
      const { json } = await browser.send('/readyz');
      const { isolation } = json as { isolation: { layer: string; state: string }[] };
      assert.deepEqual(
        isolation
          // A node names its images when it comes to it.
          .filter(({ layer, state }) => state !== 'proved' && layer !== 'lab_images')
          .map(({ layer, state }) => `${layer}: ${state}`),
        ['runtime_class: not_checked', 'image_volumes: detected', 'outer_wall: detected'],
      );
    });
  });

  it('has a janitor that may do what it must', { timeout: TEST_LIMIT_MS }, async () => {
    const log = await cluster.kubectl('-n', 'podium', 'logs', 'deployment/podium-janitor');
    assert.match(log, /the janitor looks/);
    assert.doesNotMatch(log, /forbidden|"level":"(?:warn|error|fatal)"/);
  });

  it('keeps learners and their sandboxes through an upgrade', { timeout: TEST_LIMIT_MS }, async () => {
    const place = sandbox.namespace.replace('learner-', '');
    const pod = () =>
      cluster.kubectl('-n', 'podium-sandboxes', 'get', 'pods', '-l', `podium.dev/sandbox=${place}`, '-o', UIDS);
    const [key, before] = [await readKey(), await pod()];
    await release('upgrade', ['pool.floor=1', 'logLevel=debug']);
    await withServer(async (origin) => {
      browser.origin = origin;
      const { json } = await browser.send('/api/sandboxes');
      assert.deepEqual(
        (json as RunningSandbox[]).map(({ id, state, namespace }) => [id, state, namespace]),
        [[sandbox.id, 'running', sandbox.namespace]],
      );
    });
    assert.equal(await readKey(), key);
    assert.match(before, /^[0-9a-f-]{36}$/);
    assert.equal(await pod(), before);
  });

  it('is uninstalled but for what learners would miss', { timeout: TEST_LIMIT_MS }, async () => {
    // As its notes say.
    await cluster.kubectl('-n', 'podium', 'scale', 'deployment/podium-server', '--replicas=0');
    // Until it has ended, it makes anew what its pool lacks.
    await cluster.kubectl('-n', 'podium', 'wait', '--for=delete', 'pod', '-l', 'app.kubernetes.io/component=server');
    await cluster.kubectl('delete', 'namespaces', '-l', 'podium.dev/sandbox', '--timeout=150s');
    await requireHelm(cluster.kubeconfigPath, 'uninstall', 'podium', '--namespace', 'podium', ...PATIENCE);
    const left = await cluster.kubectl('get', [...CLUSTER_WIDE, 'namespaces'].join(','), '-o', 'name');
    assert.deepEqual(
      left.split('\n').filter((name) => /podium|learner-/.test(name)),
      ['namespace/podium'],
    );
    const kept = await cluster.kubectl('-n', 'podium', 'get', 'deployments,pods,services,secrets,pvc', '-o', 'name');
    assert.deepEqual(kept.split('\n').sort(), ['persistentvolumeclaim/podium-data', 'secret/podium-cookie-key']);
  });

  it('takes up again what it had kept, beside what an administrator installs', { timeout: TEST_LIMIT_MS }, async () => {
    const key = await readKey();
    const signal = AbortSignal.timeout(TEST_LIMIT_MS);
    await installPodium({ kubeconfigPath: cluster.kubeconfigPath, imageNames: LAB_IMAGE_REFS, signal });
    await release('install', ['clusterObjects.create=false', 'pool.floor=0']);
    assert.equal(await readKey(), key);
    const ready = await withServer((origin) => fetch(`${origin}/readyz`));
    assert.equal(ready.status, 200);
  });

  it('takes over from an administrator when told to', { timeout: TEST_LIMIT_MS }, async () => {
    const values = ['pool.floor=0'];
    await assert.rejects(release('upgrade', values), /invalid ownership metadata/);
    await release('upgrade', values, '--take-ownership', '--force-conflicts');
    const labels = await cluster.kubectl('get', 'clusterrole', 'podium-learner', '-o', 'jsonpath={.metadata.labels}');
    assert.match(labels, /"app\.kubernetes\.io\/managed-by":"Helm"/);
    const ready = await withServer((origin) => fetch(`${origin}/readyz`));
    assert.equal(ready.status, 200);
  });
});
