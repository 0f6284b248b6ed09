/** The proof that learners are kept apart, on a cluster that does so, and on one where something was taken away. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import pino from 'pino';
import { LAB_IMAGE_REFS } from '../../deploy/images/catalogue.ts';
import { systemClock } from '../../sandbox-server/clock.ts';
import type { IsolationLayer, LayerReport } from '../../sandbox-server/driver/isolation.ts';
import { type ApiClient, createApiClient, isRefusal } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import { createCredentialSource } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import { awaitGone, deleteObject } from '../../sandbox-server/driver/kubernetes/create-object.ts';
import { installPodium } from '../../sandbox-server/driver/kubernetes/install.ts';
import { proveIsolation } from '../../sandbox-server/driver/kubernetes/isolation-proof.ts';
import {
  createKubernetesDriver,
  type KubernetesDriverOptions,
} from '../../sandbox-server/driver/kubernetes/kubernetes-driver.ts';
import { collectionPath, type Manifest } from '../../sandbox-server/driver/kubernetes/manifest.ts';
import { AGENT_IMAGE, SHELL_NAMESPACE } from '../../sandbox-server/driver/kubernetes/names.ts';
import { PodiumError } from '../../sandbox-server/errors.ts';
import { createMetrics } from '../../sandbox-server/telemetry/metrics.ts';
import { type AdminAccess, createAdminAccess } from '../support/admin-access.ts';
import { acquireCluster, skippedWithoutCluster, type TestCluster } from '../support/cluster.ts';

const TEST_LIMIT_MS = 120_000;
/** A policy is acted on within seconds; the pods of a proof may have to wait for room. */
const LAYER_LIMIT_MS = 100_000;
const never = new AbortController().signal;
const image = 'podium.dev/shell:1';
const lab = { slug: 'first-steps', image, lifeMinutes: 90 };
const shells = `/api/v1/namespaces/${SHELL_NAMESPACE}`;

const openWall: Manifest & { spec: object } = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'of-the-test', namespace: SHELL_NAMESPACE },
  spec: {
    podSelector: { matchExpressions: [{ key: 'podium.dev/probe', operator: 'Exists' }] },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{}],
    egress: [{}],
  },
};
const runtimeClasses = '/apis/node.k8s.io/v1/runtimeclasses';
/** By its handler the usual one of this cluster. */
const runtimeClass = { metadata: { name: 'podium-test' }, handler: 'runc' };
const tooManyRights: Manifest & { roleRef: object; subjects: object[] } = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: 'of-the-test', namespace: SHELL_NAMESPACE },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:authenticated' }],
};
const bindingOf = (kind: string, name: string): Manifest => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  metadata: { name },
});

describe('the isolation of learners', { skip: skippedWithoutCluster, timeout: 5 * TEST_LIMIT_MS }, () => {
  let cluster: TestCluster;
  let admin: ApiClient;

  before(async () => {
    cluster = await acquireCluster();
    admin = createApiClient(createCredentialSource(cluster.adminKubeconfig, Date.now));
  });
  after(async () => {
    admin[Symbol.dispose]();
    await cluster[Symbol.asyncDispose]();
  });

  const install = (named?: string) =>
    installPodium({
      kubeconfigPath: cluster.adminKubeconfig,
      imageNames: LAB_IMAGE_REFS,
      runtimeClass: named,
      signal: never,
    });
  /** Of the server's own account, as in earnest. */
  const createDriver = (options: Partial<KubernetesDriverOptions> = {}) =>
    createKubernetesDriver({
      kubeconfigPath: cluster.serverKubeconfig,
      isolation: { images: [image], isEmbedded: true, allowUnproved: false },
      clock: systemClock,
      log: pino({ level: 'silent' }),
      metrics: createMetrics(),
      ...options,
    });
  const makeRequest = () => ({ ownerHash: randomBytes(16).toString('hex'), lab });
  /** Places in which something is proved, also those of servers that were killed meanwhile. */
  const proofs = async (look: AdminAccess) => new Set((await look.placesOf(AGENT_IMAGE)).map(({ id }) => id));
  const isUnproved = (error: unknown) => error instanceof PodiumError && error.code === 'isolation_unproved';
  const stateOf = (report: readonly LayerReport[], layer: IsolationLayer) =>
    report.find((each) => each.layer === layer);

  async function withObject<T>(
    object: { readonly metadata: { readonly name: string } },
    collection: string,
    work: () => Promise<T>,
  ): Promise<T> {
    await admin.call('POST', collection, { body: object }, never);
    try {
      return await work();
    } finally {
      await admin.call('DELETE', `${collection}/${object.metadata.name}`, {}, never);
    }
  }

  /** What is said of a layer as soon as it is so. */
  async function awaitLayer(
    layer: IsolationLayer,
    state: LayerReport['state'],
    { runtimeClass, isEmbedded = true }: { readonly runtimeClass?: string; readonly isEmbedded?: boolean } = {},
  ) {
    const source = createCredentialSource(cluster.serverKubeconfig, Date.now);
    using api = createApiClient(source);
    const access = { api, source, clock: systemClock, agent: 'volume', runtimeClass, hasOuterWall: true } as const;
    const limit = AbortSignal.timeout(LAYER_LIMIT_MS);
    for (;;) {
      const report = await proveIsolation({ cluster: access, images: [image], isEmbedded }, limit);
      const found = stateOf(report, layer);
      if (found?.state === state) return found;
      await delay(500, undefined, { signal: limit });
    }
  }

  it(
    'is proved layer by layer before the first shell, and the proof leaves nothing',
    { timeout: TEST_LIMIT_MS },
    async () => {
      using look = createAdminAccess(cluster.adminKubeconfig);
      const others = await proofs(look);
      await using driver = await createDriver({
        isolation: { images: [image], isEmbedded: false, allowUnproved: false },
      });
      const record = await driver.start(makeRequest(), () => undefined, never);
      const states = driver.isolation?.report.map(({ layer, state }) => [layer, state] as const) ?? [];
      // A node names its images when it comes to it.
      assert.deepEqual(Object.fromEntries(states.filter(([layer]) => layer !== 'lab_images')), {
        network: 'proved',
        rights: 'proved',
        pod_security: 'proved',
        admission_policies: 'proved',
        defaults: 'proved',
        quota: 'proved',
        user_namespaces: 'proved',
        runtime_class: 'not_checked',
        image_volumes: 'detected',
        outer_wall: 'detected',
      });
      await driver.end(record.id, never);
      for (const id of [...(await proofs(look))].filter((each) => !others.has(each))) {
        await awaitGone(admin, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `learner-${id}` } }, never);
        const query = { labelSelector: `podium.dev/sandbox=${id}` };
        while (((await admin.call('GET', `${shells}/pods`, { query }, never)) as { items: [] }).items.length > 0)
          await delay(500);
      }
    },
  );

  it('is not there where the network lets through what no policy allows', { timeout: TEST_LIMIT_MS }, async () => {
    await withObject(openWall, collectionPath(openWall), async () => {
      const gap = await awaitLayer('network', 'missing', { isEmbedded: false });
      assert.match(gap.because, /got through .*Install a network plugin/);
      await using driver = await createDriver({
        isolation: { images: [image], isEmbedded: false, allowUnproved: false },
      });
      await assert.rejects(
        driver.start(makeRequest(), () => undefined, never),
        isUnproved,
      );
    });
  });

  it('is not there where learners have rights from elsewhere', { timeout: TEST_LIMIT_MS }, async () => {
    const gap = await withObject(tooManyRights, collectionPath(tooManyRights), () => awaitLayer('rights', 'missing'));
    assert.match(gap.because, /Got through: a look at the secrets.*system:authenticated/);
  });

  for (const [binding, layer, because] of [
    [bindingOf('ValidatingAdmissionPolicyBinding', 'podium-pods'), 'admission_policies', /image that is not a lab’s/],
    [
      bindingOf('ValidatingAdmissionPolicyBinding', 'podium-server-account'),
      'admission_policies',
      /namespace of the server/,
    ],
    [
      bindingOf('MutatingAdmissionPolicyBinding', 'podium-textbook'),
      'defaults',
      /refused: .*PodSecurity.*podium install/,
    ],
  ] as const) {
    it(`is not there without the policy ${binding.metadata.name}`, { timeout: TEST_LIMIT_MS }, async () => {
      try {
        await deleteObject(admin, binding, never);
        const gap = await awaitLayer(layer, 'missing');
        assert.match(gap.because, because);
      } finally {
        await install();
        // Whatever comes next in this cluster finds it as it was.
        await awaitLayer(layer, 'proved');
      }
    });
  }

  it('is not there where the named runtime class is none of the cluster’s', { timeout: TEST_LIMIT_MS }, async () => {
    await using driver = await createDriver({
      runtimeClass: 'nowhere',
      isolation: { images: [image], isEmbedded: false, allowUnproved: false },
    });
    await assert.rejects(
      driver.start(makeRequest(), () => undefined, never),
      isUnproved,
    );
    const found = stateOf(driver.isolation?.report ?? [], 'runtime_class');
    assert.equal(found?.state, 'missing');
    assert.match(found.because, /no RuntimeClass nowhere\. Make it, or set PODIUM_RUNTIME_CLASS/);
  });

  it('puts shells and what learners start under the named runtime class', { timeout: TEST_LIMIT_MS }, async () => {
    const named = runtimeClass.metadata.name;
    await withObject(runtimeClass, runtimeClasses, async () => {
      await using half = await createDriver({ runtimeClass: named });
      await assert.rejects(
        half.start(makeRequest(), () => undefined, never),
        isUnproved,
      );
      const lacking = stateOf(half.isolation?.report ?? [], 'runtime_class');
      assert.match(lacking?.because ?? '', /start runs under none\. Run .*--runtime-class podium-test/);
      try {
        await install(named);
        await awaitLayer('runtime_class', 'proved', { runtimeClass: named });
        await using driver = await createDriver({ runtimeClass: named });
        const record = await driver.start(makeRequest(), () => undefined, never);
        assert.equal(stateOf(driver.isolation?.report ?? [], 'runtime_class')?.state, 'proved');
        const query = { labelSelector: `podium.dev/claim=${record.id}` };
        const { items } = (await admin.call('GET', '/api/v1/namespaces', { query }, never)) as {
          items: { metadata: { labels: Record<string, string> } }[];
        };
        const place = items[0]?.metadata.labels['podium.dev/sandbox'];
        const shell = await admin.call('GET', `${shells}/pods/shell-${place}`, {}, never);
        assert.equal(classOf(shell), named);
        const pod = makePod(record.namespace);
        assert.equal(classOf(await admin.call('POST', collectionPath(pod), { body: pod }, never)), named);
        const other = makeDeployment(record.namespace, 'another');
        await assert.rejects(
          admin.call('POST', collectionPath(other), { body: other }, never),
          (error) => isRefusal(error, 403) && /runtimeClassName says how far a pod is kept/.test(error.message),
        );
        await driver.end(record.id, never);
      } finally {
        await install();
        await awaitLayer('runtime_class', 'missing', { runtimeClass: named });
      }
    });
  });
});

const containers = [{ name: 'web', image }];

function makePod(namespace: string): Manifest & { spec: object } {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace }, spec: { containers } };
}

function makeDeployment(namespace: string, runtimeClassName: string): Manifest & { spec: object } {
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { runtimeClassName, containers } };
  const spec = { selector: { matchLabels: labels }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace }, spec };
}

function classOf(pod: unknown): string | undefined {
  return (pod as { spec: { runtimeClassName?: string } }).spec.runtimeClassName;
}
