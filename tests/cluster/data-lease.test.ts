/** A cluster belongs to the servers of one database, or to one server with a file: others are refused. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { skippedWithoutCluster } from '../support/cluster.ts';
import { createPostgres, skippedWithoutPostgres, type TestPostgres } from '../support/postgres.ts';
import { createServerProcess } from '../support/server-process.ts';
import { createTerminalSite, type TerminalSite } from '../support/terminal-site.ts';
import { Browser } from '../server/browser.ts';

const TEST_LIMIT_MS = 120_000;

describe(
  'a cluster that a server with a file uses',
  { skip: skippedWithoutCluster, timeout: 6 * TEST_LIMIT_MS },
  () => {
    let site: TerminalSite;
    before(async () => {
      site = await createTerminalSite();
      await whenReady(site.server.origin);
    });
    after(() => site[Symbol.asyncDispose]());

    async function whenReady(origin: string): Promise<void> {
      const browser = new Browser(origin);
      await browser.send('/api/status');
      await using events = await browser.listen();
      await events.waitFor((each) => each.type === 'cluster' && each.cluster.state === 'ready');
    }

    async function refusalOf(databaseUrl?: URL): Promise<string> {
      await using stranger = await createServerProcess({
        kubeconfig: site.cluster.serverKubeconfig,
        isStranger: true,
        environment: { PODIUM_LOG_LEVEL: 'fatal' },
        ...(databaseUrl && { databaseUrl }),
      });
      const { status, errors } = await stranger.ended;
      assert.equal(status, 1);
      return errors;
    }

    it('is refused to a second one, with who holds it and what to do', { timeout: TEST_LIMIT_MS }, async () => {
      const errors = await refusalOf();
      assert.match(
        errors,
        /Another server uses this cluster\. It keeps its data in a file of its own, \S+ on \S+, this one/,
      );
      assert.match(errors, /set PODIUM_DATABASE_URL to the same one for all of them, or stop the other one first/);
    });

    it('is refused to one with a database', { skip: skippedWithoutPostgres, timeout: TEST_LIMIT_MS }, async () => {
      await using postgres: TestPostgres = await createPostgres();
      const errors = await refusalOf(await postgres.createDatabase());
      assert.match(errors, /in a file of its own, .*, this one in the database "podium_1" at /);
      assert.doesNotMatch(errors, /correct-horse/);
    });

    // Another identity than before would be refused now, for the cluster is held.
    it('is that server’s again when it comes back after kill -9', { timeout: TEST_LIMIT_MS }, async () => {
      await site.server.kill();
      await site.server.start();
      await whenReady(site.server.origin);
    });
  },
);
