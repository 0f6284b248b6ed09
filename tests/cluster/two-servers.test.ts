/** Two servers before one cluster, without a leader: what one does, the other knows. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAdminAccess } from '../support/admin-access.ts';
import { skippedWithoutCluster } from '../support/cluster.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { createTerminalSite, type TerminalSite } from '../support/terminal-site.ts';
import { Browser } from '../server/browser.ts';

const TEST_LIMIT_MS = 120_000;

describe('two servers', { skip: skippedWithoutCluster, timeout: 4 * TEST_LIMIT_MS }, () => {
  let site: TerminalSite;
  let other: ServerProcess;
  before(async () => {
    site = await createTerminalSite();
    other = await site.createServer();
  });
  after(async () => {
    await other[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });

  /** The same person with a page at each server. */
  async function createPages(): Promise<{ here: Browser; there: Browser }> {
    const here = new Browser(site.server.origin);
    await here.send('/api/status');
    const there = new Browser(other.origin);
    there.cookie = here.cookie;
    return { here, there };
  }

  it('know of each other’s starts and ends', { timeout: TEST_LIMIT_MS }, async () => {
    const { here, there } = await createPages();
    await using events = await there.listen();
    const sandbox = await here.startAndWait();
    const seen = await events.waitForSandbox((each) => each.id === sandbox.id && each.state === 'running');
    assert.equal(seen.namespace, sandbox.namespace);
    assert.equal(seen.expiresAt, sandbox.expiresAt);
    await using terminal = await there.openTerminal(sandbox.id, { terminal: 'shared' });
    await here.end(sandbox.id);
    await events.waitForSandbox((each) => each.id === sandbox.id && each.state === 'gone');
    await terminal.closed;
    assert.deepEqual((await there.send('/api/sandboxes')).json, []);
  });

  it('hear of a sandbox that an administrator deletes', { timeout: TEST_LIMIT_MS }, async () => {
    const { here, there } = await createPages();
    await using events = await there.listen();
    const sandbox = await here.startAndWait();
    await events.waitForSandbox((each) => each.id === sandbox.id && each.state === 'running');
    using admin = createAdminAccess(site.cluster.adminKubeconfig);
    await admin.deleteNamespace(sandbox.namespace);
    await events.waitForSandbox((each) => each.id === sandbox.id && each.state === 'gone');
    assert.deepEqual((await there.send('/api/sandboxes')).json, []);
  });

  // The last: so many requests are all that one address may make for a while.
  it('give one sandbox to 50 starts of one person', { timeout: TEST_LIMIT_MS }, async () => {
    const { here, there } = await createPages();
    await using events = await there.listen();
    const starts = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? here : there).start());
    const ids = new Set((await Promise.all(starts)).map(({ id }) => id));
    assert.equal(ids.size, 1);
    const [id = ''] = ids;
    const { namespace } = await events.waitForSandbox((each) => each.id === id && each.state === 'running');
    using admin = createAdminAccess(site.cluster.adminKubeconfig);
    const places = (await admin.placesOf('podium.dev/shell:1')).filter(({ claim }) => claim?.id === id);
    assert.deepEqual(
      places.map((place) => `learner-${place.id}`),
      [namespace],
    );
    await there.end(id);
  });
});
