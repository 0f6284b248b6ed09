/** Two servers before one cluster and with one database, without a leader: what one does, the other knows. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAdminAccess } from '../support/admin-access.ts';
import { handOverReply } from '../../sandbox-server/protocol/requests.ts';
import { createReplicatedSite, skippedWithoutReplicas } from '../support/replicated-site.ts';
import type { ServerProcess } from '../support/server-process.ts';
import type { TerminalSite } from '../support/terminal-site.ts';
import { Browser, makeOpen } from '../server/browser.ts';

const TEST_LIMIT_MS = 120_000;

describe('two servers', { skip: skippedWithoutReplicas, timeout: 6 * TEST_LIMIT_MS }, () => {
  let site: TerminalSite;
  let other: ServerProcess;
  before(async () => {
    site = await createReplicatedSite();
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

  it('take tickets and links of each other, and tell each other what is done', { timeout: TEST_LIMIT_MS }, async () => {
    const { here, there } = await createPages();
    await using events = await there.listen();
    const { id } = await here.startAndWait();
    await events.waitForSandbox((each) => each.id === id && each.state === 'running');
    const { terminal } = makeOpen();
    await using page = there.connectTerminal(await here.ticket(id));
    await page.opened;
    page.send(makeOpen({ terminal }));
    await page.waitForMessage('opened');
    const version = '$(kubectl get --raw /version | jq -r .gitVersion)';
    page.type(`kubectl create configmap notes --from-literal=server=${version} && echo made-$((40 + 2))\r`);
    await page.waitForText(/made-42/);

    const check = await here.check(id, 'server-version');
    assert.deepEqual(check.json, { check: 'server-version', done: true });
    await events.waitForSandbox((each) => each.checksDone.includes('server-version'));

    const link = await here.send(`/api/sandboxes/${id}/hand-over`, { method: 'POST' });
    const { code } = handOverReply.parse(link.json);
    const phone = new Browser(other.origin);
    await phone.send('/api/status');
    const reply = await phone.send('/api/hand-over', { method: 'POST', body: JSON.stringify({ code }) });
    assert.equal(reply.status, 200);
    await using moved = await phone.openTerminal(id, { terminal });
    await moved.waitForMessage('opened', (opened) => !opened.isNew);
    await here.end(id);
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
