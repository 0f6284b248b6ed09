/** Installing into a cluster that has an older Podium, with sandboxes in it. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { LAB_IMAGE_REFS } from '../../deploy/images/catalogue.ts';
import { createApiClient, isRefusal } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import { awaitObject } from '../../sandbox-server/driver/kubernetes/await-object.ts';
import { deleteObject } from '../../sandbox-server/driver/kubernetes/create-object.ts';
import { createCredentialSource } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import { installPodium, writeAccountKubeconfig } from '../../sandbox-server/driver/kubernetes/install.ts';
import { makeImageHolder } from '../../sandbox-server/driver/kubernetes/image-holder.ts';
import { collectionPath } from '../../sandbox-server/driver/kubernetes/manifest.ts';
import { acquireCluster, skippedWithoutCluster } from '../support/cluster.ts';

const never = new AbortController().signal;
/** The images are there; a pod that is confined starts in a second or two. */
const HOLDER_LIMIT_MS = 60_000;

it('takes away what an older version has left, and keeps the sandboxes', { skip: skippedWithoutCluster }, async () => {
  await using cluster = await acquireCluster();
  using admin = createApiClient(createCredentialSource(cluster.adminKubeconfig, Date.now));
  const labels = { 'app.kubernetes.io/managed-by': 'podium' };
  const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'podium-old', labels },
  };
  await admin.call('POST', roles, { body: { ...role, rules: [] } }, never);
  const sandbox = { metadata: { name: 'learner-kept', labels: { ...labels, 'podium.dev/sandbox': 'kept' } } };
  await admin.call('POST', '/api/v1/namespaces', { body: sandbox }, never);
  try {
    await installPodium({ kubeconfigPath: cluster.adminKubeconfig, imageNames: LAB_IMAGE_REFS, signal: never });
    await assert.rejects(admin.call('GET', `${roles}/podium-old`, {}, never), (error) => isRefusal(error, 404));
    await admin.call('GET', `${roles}/podium-learner`, {}, never);
    await admin.call('GET', '/api/v1/namespaces/learner-kept', {}, never);
  } finally {
    await admin.call('DELETE', '/api/v1/namespaces/learner-kept', {}, never);
  }
});

it('has every image brought to every node, when told to', { skip: skippedWithoutCluster }, async () => {
  await using cluster = await acquireCluster();
  using admin = createApiClient(createCredentialSource(cluster.adminKubeconfig, Date.now));
  const holder = makeImageHolder(LAB_IMAGE_REFS);
  const signal = AbortSignal.timeout(HOLDER_LIMIT_MS);
  try {
    const options = { kubeconfigPath: cluster.adminKubeconfig, imageNames: LAB_IMAGE_REFS, signal };
    await installPodium({ ...options, holdsImages: true });
    const observed = { collection: collectionPath(holder), name: holder.metadata.name };
    const available = await awaitObject(admin, observed, countAvailable, signal);
    assert.equal(available, 1);
  } finally {
    await deleteObject(admin, holder, never);
  }
});

/** Undefined until each node has its pod. */
function countAvailable(daemonSet: unknown): number | undefined {
  const { status } = daemonSet as { status: { desiredNumberScheduled: number; numberAvailable?: number } };
  const { desiredNumberScheduled, numberAvailable } = status;
  return desiredNumberScheduled > 0 && numberAvailable === desiredNumberScheduled ? numberAvailable : undefined;
}

it(
  'writes a kubeconfig of the server’s own account that nobody else may read',
  { skip: skippedWithoutCluster },
  async () => {
    await using cluster = await acquireCluster();
    const folder = await mkdtemp(join(tmpdir(), 'podium-kubeconfig-'));
    try {
      const path = join(folder, 'kubeconfig');
      // A user that is not us, where we may give files away.
      const uid = process.getuid?.() === 0 ? 60_800 : (process.getuid?.() ?? 0);
      const write = () =>
        writeAccountKubeconfig({
          account: 'server',
          kubeconfigPath: cluster.adminKubeconfig,
          path,
          uid,
          signal: never,
        });
      await write();
      const first = await readFile(path, 'utf8');
      await write();
      const { mode, uid: owner } = await stat(path);
      assert.deepEqual([(mode & 0o777).toString(8), owner], ['600', uid]);
      assert.notEqual(await readFile(path, 'utf8'), first);
      using api = createApiClient(createCredentialSource(path, Date.now));
      const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
      const answer = await api.call(
        'POST',
        '/apis/authentication.k8s.io/v1/selfsubjectreviews',
        { body: review },
        never,
      );
      assert.match(JSON.stringify(answer), /"username":"system:serviceaccount:podium:podium-server"/);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
