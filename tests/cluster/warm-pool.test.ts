/** Sandboxes that are made before anybody asks for them, and given once. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Driver } from '../../sandbox-server/driver/driver.ts';
import { learnerNamespace, SHELL_NAMESPACE, shellName } from '../../sandbox-server/driver/kubernetes/names.ts';
import type { Place } from '../../sandbox-server/driver/kubernetes/place.ts';
import { createMetrics } from '../../sandbox-server/telemetry/metrics.ts';
import { type AdminAccess, createAdminAccess } from '../support/admin-access.ts';
import { acquireCluster, skippedWithoutCluster, type TestCluster } from '../support/cluster.ts';
import { TerminalPlayer } from '../support/terminal-player.ts';

const TEST_LIMIT_MS = 120_000;
const LOOK_MS = 200;
/** No lab's, so that nobody else makes or takes places of it. */
const IMAGE = 'podium.dev/tools:1';
const FLOOR = 2;
const wishes = { images: [IMAGE], floor: FLOOR, schedule: [], ceiling: FLOOR };
const never = new AbortController().signal;
const quiet = () => undefined;

describe('the pool', { skip: skippedWithoutCluster, timeout: 4 * TEST_LIMIT_MS }, () => {
  let cluster: TestCluster;
  let admin: AdminAccess;
  let driver: Driver;
  let other: Driver;
  const metrics = createMetrics();
  const lab = { slug: 'pooled', image: IMAGE, lifeMinutes: 90 };
  const makeRequest = () => ({ ownerHash: randomBytes(16).toString('hex'), lab });
  const unclaimed = async () => (await admin.placesOf(IMAGE)).filter(({ claim }) => claim === undefined);

  async function awaitWarm(count: number): Promise<Place[]> {
    for (;;) {
      const warm = (await unclaimed()).filter(({ state }) => state === 'warm');
      if (warm.length >= count) return warm;
      await delay(LOOK_MS);
    }
  }

  before(async () => {
    cluster = await acquireCluster();
    admin = createAdminAccess(cluster.adminKubeconfig);
    [driver, other] = await Promise.all([cluster.createDriver(wishes, metrics), cluster.createDriver(wishes)]);
  });
  after(async () => {
    await Promise.all([driver[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
    await Promise.all((await admin.placesOf(IMAGE)).map(({ id }) => admin.deleteNamespace(learnerNamespace(id))));
    admin[Symbol.dispose]();
    await cluster[Symbol.asyncDispose]();
  });

  it(
    'gives a sandbox that was there before, whose shell has the learner’s rights only from now on',
    { timeout: TEST_LIMIT_MS },
    async () => {
      const warm = await awaitWarm(FLOOR);
      const [free] = warm;
      assert.ok(free);
      assert.deepEqual(await admin.rolesIn(learnerNamespace(free.id)), ['podium-checker', 'podium-keeper']);
      const record = await driver.start(makeRequest(), quiet, never);
      const text = await metrics.registry.metrics();
      assert.match(text, /podium_claims_total\{origin="pool"\} 1\n/);
      assert.match(text, /podium_pool_age_seconds_count 1\n/);
      assert.match(text, /podium_pool_places\{image="podium.dev\/tools:1",state="warm"\} \d/);
      assert.ok(warm.some(({ id }) => learnerNamespace(id) === record.namespace));
      assert.equal(record.expiresAt.getTime() - record.createdAt.getTime(), lab.lifeMinutes * 60_000);
      assert.deepEqual(
        (await driver.list(never)).find(({ id }) => id === record.id),
        record,
      );
      using player = new TerminalPlayer({ attach: (order, onEvent) => other.attach(record.id, order, onEvent, never) });
      await player.connect();
      await player.run('echo "in-$NAMESPACE"', new RegExp(`in-${record.namespace}`));
      assert.ok((await admin.rolesIn(record.namespace)).includes('podium-learner'));
      await driver.end(record.id, never);
      assert.equal(await admin.hasClaim(record.id), false);
      assert.ok(!(await admin.placesOf(IMAGE)).some(({ id }) => learnerNamespace(id) === record.namespace));
    },
  );

  it('gives one to 50 starts on two servers, and never one to two', { timeout: TEST_LIMIT_MS }, async () => {
    await awaitWarm(FLOOR);
    const requests = Array.from({ length: FLOOR + 1 }, makeRequest);
    const starts = requests.map((request) =>
      Promise.all(
        Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? driver : other).start(request, quiet, never)),
      ),
    );
    const given = (await Promise.all(starts)).map((records) => new Set(records.map(({ namespace }) => namespace)));
    assert.deepEqual(
      given.map(({ size }) => size),
      requests.map(() => 1),
    );
    assert.equal(new Set(given.flatMap((namespaces) => [...namespaces])).size, requests.length);
    const records = await driver.list(never);
    const own = records.filter(({ ownerHash }) => requests.some((request) => request.ownerHash === ownerHash));
    await Promise.all(own.map(({ id }) => driver.end(id, never)));
  });

  it('is filled again by two servers, to what is wished and no more', { timeout: TEST_LIMIT_MS }, async () => {
    await awaitWarm(FLOOR);
    // Long enough for a second server that has not noticed the first one's, and for it to end what is too much.
    await delay(8_000);
    assert.equal((await unclaimed()).filter(({ state }) => state !== 'stopping').length, FLOOR);
  });

  it('gives another where the pod of a warm one was lost', { timeout: TEST_LIMIT_MS }, async () => {
    for (const { id } of await awaitWarm(FLOOR)) await admin.deletePod(SHELL_NAMESPACE, shellName(id));
    const record = await driver.start(makeRequest(), quiet, never);
    using player = new TerminalPlayer({ attach: (order, onEvent) => driver.attach(record.id, order, onEvent, never) });
    await player.connect();
    await player.run('echo answer-$((40 + 2))', /answer-42/);
    await driver.end(record.id, never);
  });

  it('does not give what is cancelled while it is given to anybody else', { timeout: TEST_LIMIT_MS }, async () => {
    await awaitWarm(FLOOR);
    const request = makeRequest();
    const cancel = new AbortController();
    const starting = driver.start(request, () => cancel.abort(new Error('enough')), cancel.signal);
    await assert.rejects(starting, /enough/);
    const places = await admin.placesOf(IMAGE);
    assert.ok(!places.some(({ claim }) => claim?.ownerHash === request.ownerHash));
  });
});
