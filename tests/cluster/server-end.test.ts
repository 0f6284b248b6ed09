/** What a learner has ordered when the server is told to end: it is done, also without that server. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sandbox } from '../../sandbox-server/protocol/sandbox.ts';
import { Browser } from '../server/browser.ts';
import { type AdminAccess, createAdminAccess } from '../support/admin-access.ts';
import { acquireCluster, skippedWithoutCluster, type TestCluster } from '../support/cluster.ts';
import { createServerProcess } from '../support/server-process.ts';

const TEST_LIMIT_MS = 120_000;
const LOOK_MS = 200;

describe('a server that ends', { skip: skippedWithoutCluster, timeout: 2 * TEST_LIMIT_MS }, () => {
  let cluster: TestCluster;
  let admin: AdminAccess;
  before(async () => {
    cluster = await acquireCluster();
    admin = createAdminAccess(cluster.adminKubeconfig);
  });
  after(async () => {
    admin[Symbol.dispose]();
    await cluster[Symbol.asyncDispose]();
  });

  it('has a sandbox taken away that was stopped a moment before', { timeout: TEST_LIMIT_MS }, async ({ signal }) => {
    await using server = await createServerProcess({ kubeconfig: cluster.serverKubeconfig });
    const browser = new Browser(server.origin);
    const { id } = await browser.startAndWait();
    const { json } = await browser.send(`/api/sandboxes/${id}`);
    const { namespace = '' } = sandbox.parse(json);
    assert.equal(await admin.hasNamespace(namespace), true);
    await browser.send(`/api/sandboxes/${id}`, { method: 'DELETE' });
    await server.stop();
    while (await admin.hasNamespace(namespace)) await delay(LOOK_MS, undefined, { signal });
  });
});
