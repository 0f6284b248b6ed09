/** `podium install` as an administrator runs it, against a cluster that is one of several in the kubeconfig. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { createApiClient, isRefusal } from '../../sandbox-server/driver/kubernetes/api-client.ts';
import { createCredentialSource } from '../../sandbox-server/driver/kubernetes/credentials.ts';
import { skippedWithoutCluster } from '../support/cluster.ts';

const TEST_LIMIT_MS = 60_000;
const never = new AbortController().signal;

describe('podium install', { skip: skippedWithoutCluster, timeout: 3 * TEST_LIMIT_MS }, () => {
  let folder: string;
  let kubeconfig: string;
  const install = (...args: string[]) =>
    new Promise<{ status: number; output: string }>((resolve) => {
      const command = ['sandbox-server/cli/podium.ts', 'install', '--kubeconfig', kubeconfig, ...args];
      execFile(process.execPath, command, (error, stdout, stderr) => {
        const status = typeof error?.code === 'number' ? error.code : 0;
        resolve({ status, output: stdout + stderr });
      });
    });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podium-install-'));
    kubeconfig = join(folder, 'kubeconfig');
    const config = new KubeConfig();
    config.loadFromFile(process.env['PODIUM_TEST_KUBECONFIG'] ?? '');
    const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()];
    assert.ok(cluster && user);
    config.addContext({ name: 'of-the-test', cluster: cluster.name, user: user.name });
    config.addCluster({ name: 'nowhere', server: 'https://127.0.0.1:1', skipTLSVerify: false });
    config.addContext({ name: 'nowhere', cluster: 'nowhere', user: user.name });
    // Never taken unasked: what is current here must not matter.
    config.setCurrentContext('nowhere');
    await writeFile(kubeconfig, config.exportConfig(), { mode: 0o600 });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('prints what it would apply, all of it and nothing else', { timeout: TEST_LIMIT_MS }, async () => {
    const { status, output } = await install(
      '--context',
      'of-the-test',
      '--print',
      '--image',
      'docker.io/library/redis:8',
    );
    assert.equal(status, 0, output);
    const manifests = parseAllDocuments(output).map((document) => document.toJS() as { kind: string });
    const kinds = new Set(manifests.map(({ kind }) => kind));
    for (const kind of ['Namespace', 'ClusterRole', 'ValidatingAdmissionPolicy', 'NetworkPolicy', 'ServiceAccount']) {
      assert.ok(kinds.has(kind), `${kind} is missing`);
    }
    assert.match(output, /docker\.io\/library\/redis:8/);
  });

  it('applies it again, and writes what the server signs in with', { timeout: TEST_LIMIT_MS }, async () => {
    const path = join(folder, 'server-kubeconfig');
    const other = join(folder, 'janitor-kubeconfig');
    const files = ['--server-kubeconfig', path, '--janitor-kubeconfig', other];
    const { status, output } = await install('--context', 'of-the-test', '--apply', ...files);
    assert.equal(status, 0, output);
    assert.match(output, /PODIUM_KUBECONFIG=/);
    assert.match(await readFile(other, 'utf8'), /podium-janitor/);
    assert.equal(((await stat(path)).mode & 0o777).toString(8), '600');
    assert.doesNotMatch(await readFile(path, 'utf8'), /client-key/);
    using api = createApiClient(createCredentialSource(path, Date.now));
    await api.call('GET', '/api/v1/namespaces', {}, never);
    await assert.rejects(api.call('GET', '/api/v1/secrets', {}, never), (error) => isRefusal(error, 403));
  });

  for (const [context, said] of [
    ['another', /has no context "another"\. It has: .*of-the-test/],
    ['nowhere', /The cluster of "nowhere" does not answer/],
  ] as const) {
    it(`says what is wrong with --context ${context}`, { timeout: TEST_LIMIT_MS }, async () => {
      const { status, output } = await install('--context', context, '--apply');
      assert.equal(status, 1);
      assert.match(output, said);
      assert.doesNotMatch(output, /\n\s+at /);
    });
  }
});
