/** Installing into a cluster that has an older Podium, with sandboxes in it. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { LAB_IMAGE_REFS } from '../../deploy/images/catalogue.ts';
import { createApiClient, isRefusal } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import { createCredentialSource } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import { installPodium, writeAccountKubeconfig } from '../../sandbox-server/driver/kubernetes/install.ts';
import { acquireCluster, skippedWithoutCluster } from '../support/cluster.ts';

const never = new AbortController().signal;

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
