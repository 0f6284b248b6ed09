/** Starts that go wrong, or go on in several places: what is there afterwards. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Driver } from '../../sandbox-server/driver/driver.ts';
import { SHELL_NAMESPACE, shellName } from '../../sandbox-server/driver/kubernetes/names.ts';
import { sandboxId } from '../../sandbox-server/driver/sandbox-id.ts';
import { PodiumError } from '../../sandbox-server/errors.ts';
import { type AdminAccess, createAdminAccess } from '../support/admin-access.ts';
import { acquireCluster, skippedWithoutCluster, type TestCluster } from '../support/cluster.ts';
import { TerminalPlayer } from '../support/terminal-player.ts';

const TEST_LIMIT_MS = 120_000;
/** Each test has sandboxes of its own, and mostly waits for a namespace to end. */
const AT_ONCE = 4;
const never = new AbortController().signal;
const quiet = () => undefined;

describe('a start', { skip: skippedWithoutCluster, timeout: 4 * TEST_LIMIT_MS, concurrency: AT_ONCE }, () => {
  let cluster: TestCluster;
  let driver: Driver;
  let admin: AdminAccess;
  const lab = { slug: 'first-steps', image: 'podium.dev/shell:1', lifeMinutes: 90 };
  const makeRequest = () => ({ ownerHash: randomBytes(16).toString('hex'), lab });

  before(async () => {
    cluster = await acquireCluster();
    driver = await cluster.createDriver();
    admin = createAdminAccess(cluster.adminKubeconfig);
  });
  after(async () => {
    admin[Symbol.dispose]();
    await driver[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  async function assertNothingLeft(id: string): Promise<void> {
    assert.ok(!(await driver.list(never)).some((record) => record.id === id));
    assert.deepEqual(await admin.namesOf(SHELL_NAMESPACE, id), []);
  }

  it('of an image that is not here says so, and leaves nothing', { timeout: TEST_LIMIT_MS }, async () => {
    const request = { ...makeRequest(), lab: { ...lab, image: 'podium.dev/nowhere:1' } };
    await assert.rejects(
      driver.start(request, quiet, never),
      (error) =>
        error instanceof PodiumError &&
        error.code === 'image_missing' &&
        error.values?.['image'] === 'podium.dev/nowhere:1',
    );
    await assertNothingLeft(sandboxId(request.ownerHash, lab.slug));
  });

  for (const stage of ['rights', 'shell', 'prompt'] as const) {
    it(`that is cancelled at "${stage}" leaves nothing`, { timeout: TEST_LIMIT_MS }, async () => {
      const request = makeRequest();
      const cancel = new AbortController();
      const onStage = (reached: string) => reached === stage && cancel.abort(new Error('enough'));
      await assert.rejects(driver.start(request, onStage, cancel.signal), /enough/);
      await assertNothingLeft(sandboxId(request.ownerHash, lab.slug));
    });
  }

  it('on two servers at once gives one sandbox', { timeout: TEST_LIMIT_MS }, async () => {
    const other = await cluster.createDriver();
    try {
      const request = makeRequest();
      const starts = Array.from({ length: 50 }, (_, index) =>
        (index % 2 === 0 ? driver : other).start(request, quiet, never),
      );
      const records = await Promise.all(starts);
      for (const record of records) assert.deepEqual(record, records[0]);
      await driver.end(sandboxId(request.ownerHash, lab.slug), never);
    } finally {
      await other[Symbol.asyncDispose]();
    }
  });

  it('that one of two callers cancels goes on for the other', { timeout: TEST_LIMIT_MS }, async () => {
    const request = makeRequest();
    const cancel = new AbortController();
    const cancelled = driver.start(request, () => cancel.abort(new Error('enough')), cancel.signal);
    const going = driver.start(request, quiet, never);
    await assert.rejects(cancelled, /enough/);
    assert.equal((await going).state, 'running');
    await driver.end((await going).id, never);
  });

  it('gives a new shell where the pod was lost', { timeout: TEST_LIMIT_MS }, async () => {
    const request = makeRequest();
    const { id } = await driver.start(request, quiet, never);
    await admin.deletePod(SHELL_NAMESPACE, shellName(id));
    assert.equal((await driver.start(request, quiet, never)).id, id);
    using player = new TerminalPlayer({ attach: (order, onEvent) => driver.attach(id, order, onEvent, never) });
    await player.connect();
    await player.run('echo answer-$((40 + 2))', /answer-42/);
    await driver.end(id, never);
  });

  it('is made good for whoever types where the pod was lost', { timeout: TEST_LIMIT_MS }, async () => {
    const { id } = await driver.start(makeRequest(), quiet, never);
    await admin.deletePod(SHELL_NAMESPACE, shellName(id));
    using player = new TerminalPlayer({ attach: (order, onEvent) => driver.attach(id, order, onEvent, never) });
    await player.connect();
    await player.run('echo answer-$((40 + 2))', /answer-42/);
    await driver.end(id, never);
  });

  it('is ended quickly although a pod of the learner will not listen', { timeout: TEST_LIMIT_MS }, async () => {
    const { id, namespace } = await driver.start(makeRequest(), quiet, never);
    await admin.createStubbornPod(namespace);
    const begun = performance.now();
    await driver.end(id, never);
    // The pod asked for 60 s. An empty namespace takes 5 s; the rest is for a busy machine.
    assert.ok(performance.now() - begun < 30_000);
    await assertNothingLeft(id);
  });
});
