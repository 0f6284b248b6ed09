/** A cluster that is full, before two servers: who comes waits in one line, which outlives the servers. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Sandbox } from '../../sandbox-server/protocol/sandbox.ts';
import { createAdminAccess } from '../support/admin-access.ts';
import { createReplicatedSite, skippedWithoutReplicas } from '../support/replicated-site.ts';
import type { ServerProcess } from '../support/server-process.ts';
import type { TerminalSite } from '../support/terminal-site.ts';
import { Browser } from '../server/browser.ts';

const TEST_LIMIT_MS = 180_000;

describe('the line before a full cluster', { skip: skippedWithoutReplicas, timeout: 2 * TEST_LIMIT_MS }, () => {
  let site: TerminalSite;
  let other: ServerProcess;
  before(async () => {
    site = await createReplicatedSite({ PODIUM_SANDBOX_LIMIT: '1' });
    other = await site.createServer();
  });
  after(async () => {
    await other[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });

  const isAt = (position: number) => (sandbox: Sandbox) => sandbox.line?.position === position;
  const isRunning = ({ state }: Sandbox) => state === 'running';

  it(
    'is one for all servers, keeps its order when one is killed, and can be left',
    { timeout: TEST_LIMIT_MS },
    async () => {
      using admin = createAdminAccess(site.cluster.adminKubeconfig);
      const [ann, ben, cid] = [
        new Browser(site.server.origin),
        new Browser(site.server.origin),
        new Browser(other.origin),
      ];
      const anns = await ann.startAndWait();

      const { id: bensId } = await ben.start();
      await using bensEvents = await ben.listen();
      const next = await bensEvents.waitForSandbox(isAt(1));
      // Ann's ceiling is the latest that it can be.
      const annsSeconds = (Date.parse(anns.ceilingAt) - Date.now()) / 1000;
      assert.ok((next.line?.remainingSeconds ?? Infinity) <= annsSeconds + 60);

      const { id: cidsId } = await cid.start();
      await using cidsEvents = await cid.listen();
      const waiting = await cidsEvents.waitForSandbox(isAt(2));
      assert.equal(waiting.line?.waiting, 2);

      // A server that is killed and comes back is asked before it knows who waits.
      await other.kill();
      await other.start();
      await using cidsNewEvents = await cid.listen();
      await cidsNewEvents.waitForSandbox(isAt(2));

      // Ben's server is gone; his page comes back by another.
      await site.server.kill();
      const bensOther = new Browser(other.origin);
      bensOther.cookie = ben.cookie;
      await using bensOtherEvents = await bensOther.listen();
      await bensOtherEvents.waitForSandbox(isAt(1));

      const annsOther = new Browser(other.origin);
      annsOther.cookie = ann.cookie;
      await annsOther.end(anns.id);
      const bens = await bensOtherEvents.waitForSandbox(isRunning);
      assert.equal(bens.id, bensId);
      await cidsNewEvents.waitForSandbox(isAt(1));

      await cid.end(cidsId);
      await cidsNewEvents.waitForSandbox(({ state }) => state === 'gone');
      assert.equal(await admin.hasClaim(cidsId), false);
      await bensOther.end(bensId);
    },
  );
});
