/** Who we are to a cluster, as a kubeconfig says it. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createCredentialSource, loadCredentials } from '../../sandbox-server/driver/kubernetes/credentials.ts';

const MINUTE_MS = 60_000;

describe('a kubeconfig that names a file with the token', () => {
  let folder = '';
  const path = () => join(folder, 'kubeconfig');
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'podium-credentials-'));
    await mkdir(join(folder, 'account'));
    await writeFile(join(folder, 'account/token'), 'first\n');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = (user: object) =>
    writeFile(
      path(),
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'c', cluster: { server: 'https://kubernetes.default.svc' } }],
        users: [
          { name: 'another', user: { token: 'of another' } },
          { name: 'u', user },
        ],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
    );

  it('signs in with what stands in that file, looked for beside the kubeconfig', async () => {
    await write({ tokenFile: 'account/token' });
    assert.equal((await loadCredentials(path())).headers['Authorization'], 'Bearer first');
  });

  it('takes the file before a token that stands beside it, as kubectl does', async () => {
    await write({ token: 'old', tokenFile: join(folder, 'account/token') });
    assert.equal((await loadCredentials(path())).headers['Authorization'], 'Bearer first');
  });

  it('signs in with the renewed token a minute later, or at once when the old one was refused', async () => {
    await write({ tokenFile: 'account/token' });
    let now = 0;
    const source = createCredentialSource(path(), () => now);
    const token = async () => (await source.get()).headers['Authorization'];
    assert.equal(await token(), 'Bearer first');
    await writeFile(join(folder, 'account/token'), 'second\n');
    assert.equal(await token(), 'Bearer first');
    now += MINUTE_MS + 1;
    assert.equal(await token(), 'Bearer second');
    await writeFile(join(folder, 'account/token'), 'third\n');
    source.forget();
    assert.equal(await token(), 'Bearer third');
  });

  it('signs in without a token where neither is there', async () => {
    await write({});
    assert.deepEqual((await loadCredentials(path())).headers, {});
  });
});
