/** What is killed on the way between a page and its shell, on a real cluster, and what the learner sees of it. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { SHELL_NAMESPACE } from '../../sandbox-server/driver/kubernetes/names.ts';
import { createAdminAccess } from '../support/admin-access.ts';
import { CountedStream } from '../support/counted-stream.ts';
import { dropPackets, killShellContainer, skippedWithoutNode } from '../support/node-access.ts';
import type { PageTerminal } from '../support/page-terminal.ts';
import { shellPodOf } from '../support/place-names.ts';
import { createReplicatedSite, skippedWithoutReplicas } from '../support/replicated-site.ts';
import type { ClusterPerson, TerminalSite } from '../support/terminal-site.ts';

/** Starts of a server or a container on a busy machine. */
const TEST_LIMIT_MS = 120_000;
const LINES = 60_000;
/** So many that all of them can wait in the agent however long a server takes to start on a busy machine. */
const KEPT_LINES = 36_000;
/** By then output flows and is far from its end. */
const MIDDLE_BYTES = 200_000;
/** Of packets between the API server and the node. Ten times what a bad wireless network loses. */
const LOST_SHARE = 0.1;

describe('a terminal', { skip: skippedWithoutReplicas, timeout: 12 * TEST_LIMIT_MS }, () => {
  let site: TerminalSite;
  let person: ClusterPerson;
  let page: PageTerminal;
  let shell: string;
  before(async () => {
    site = await createReplicatedSite();
  });
  after(() => site[Symbol.asyncDispose]());
  beforeEach(async () => {
    person = await site.createPerson();
    page = await person.open();
    shell = await shellOf(page);
  });
  afterEach(() => person[Symbol.asyncDispose]());

  const shellOf = async (of: PageTerminal) => (await of.run('echo shell-$$-', /shell-(\d+)-/))[1] ?? '';
  const isSameShell = async () => assert.equal(await shellOf(page), shell);

  it('goes on byte by byte when the server was killed', { timeout: TEST_LIMIT_MS }, async () => {
    const stream = new CountedStream(page, 'killed', KEPT_LINES);
    await stream.reaches(MIDDLE_BYTES, TEST_LIMIT_MS);
    await site.server.kill();
    await site.server.start();
    await stream.complete(TEST_LIMIT_MS);
    await isSameShell();
  });

  it('goes on byte by byte when the server was updated', { timeout: TEST_LIMIT_MS }, async () => {
    const stream = new CountedStream(page, 'updated', KEPT_LINES);
    await stream.reaches(MIDDLE_BYTES, TEST_LIMIT_MS);
    await site.server.stop();
    await site.server.start();
    await stream.complete(TEST_LIMIT_MS);
    await isSameShell();
  });

  it('goes on byte by byte at another server', { timeout: TEST_LIMIT_MS }, async () => {
    await using other = await site.createServer();
    const stream = new CountedStream(page, 'other', LINES);
    await stream.reaches(MIDDLE_BYTES, TEST_LIMIT_MS);
    site.network.retarget(other.port);
    try {
      // The first one lives on: what it still holds must not keep the page out.
      site.network.resetAll();
      await stream.complete(TEST_LIMIT_MS);
      await isSameShell();
    } finally {
      site.network.retarget(site.server.port);
    }
  });

  it('goes on byte by byte when the way to the cluster was cut', { timeout: TEST_LIMIT_MS }, async () => {
    const stream = new CountedStream(page, 'exec', LINES);
    for (const share of [0.25, 0.5, 0.75]) {
      await stream.reaches(share * LINES * 32, TEST_LIMIT_MS);
      site.api.resetAll();
    }
    await stream.complete(TEST_LIMIT_MS);
    await isSameShell();
  });

  it('types every line once when the way to the cluster is cut', { timeout: TEST_LIMIT_MS }, async () => {
    await page.run('stty -echo; cat > ~/typed & fg; echo', /typed/);
    let expected = '';
    for (let line = 0; line < 200; line += 1) {
      expected += `${line}\n`;
      page.type(`${line}\n`);
      if (line % 40 === 20) site.api.resetAll();
    }
    page.type('\u0004');
    await page.run('stty echo; echo size-$(wc -c < ~/typed)-', new RegExp(`size-${expected.length}-`));
    assert.equal(await person.exec('cat ~/typed'), expected);
  });

  it('says that its pod is gone, and gives another with an empty home', { timeout: TEST_LIMIT_MS }, async () => {
    await page.run('echo kept > ~/note; echo saved-$((40 + 2))', /saved-42/);
    using admin = createAdminAccess(site.cluster.adminKubeconfig);
    await admin.deletePod(SHELL_NAMESPACE, shellPodOf(person.namespace));
    await page.connected(2);
    const state = page.states.at(-1);
    assert.ok(state?.kind === 'connected');
    assert.deepEqual([state.arrival.isAnotherShell, state.arrival.restartReason], [true, 'PodLost']);
    await page.run('ls ~/note; echo shell-$((40 + 2))', /No such file[^]*shell-42/);
  });

  describe('of an embedded cluster', { skip: skippedWithoutNode }, () => {
    it(`loses nothing where ${LOST_SHARE * 100} % of the packets are lost`, { timeout: TEST_LIMIT_MS }, async () => {
      await using network = await dropPackets(LOST_SHARE);
      const stream = new CountedStream(page, 'drops', LINES);
      await stream.complete(TEST_LIMIT_MS);
      assert.ok((await network.countDropped()) > 0);
      await isSameShell();
    });

    it('keeps the shell when one of its programs takes all memory', { timeout: TEST_LIMIT_MS }, async () => {
      await page.run('tail /dev/zero; echo status-$?-', /status-137-/);
      await isSameShell();
    });

    for (const [reason, before] of [
      ['Error', 'true'],
      ['OOMKilled', 'tail /dev/zero'],
    ] as const) {
      it(
        `says that its shell is gone (${reason}), and gives a new one with the same home`,
        { timeout: TEST_LIMIT_MS },
        async () => {
          await page.run(`echo kept > ~/note; ${before}; echo saved-$((40 + 2))`, /saved-42/);
          await killShellContainer(person.namespace);
          await page.connected(2);
          const state = page.states.at(-1);
          assert.ok(state?.kind === 'connected');
          assert.deepEqual([state.arrival.isAnotherShell, state.arrival.restartReason], [true, reason]);
          await page.run('cat ~/note; echo shell-$((40 + 2))', /kept\r\n[^]*shell-42/);
        },
      );
    }
  });
});
