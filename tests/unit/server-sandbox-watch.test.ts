/** When checks that are in sight are watched anew. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import pino from 'pino';
import type { CheckRun, Driver, WatchedCheck } from '../../sandbox-server/driver/driver.ts';
import { createDriverSwitch } from '../../sandbox-server/driver/driver-switch.ts';
import { createInProcessEvents } from '../../sandbox-server/events/in-process-events.ts';
import type { Lab } from '../../sandbox-server/labs/lab.ts';
import { BEGINNING_EVERY_MS, BEGINNINGS_AT_ONCE } from '../../sandbox-server/session/flight-pace.ts';
import { makeEntry } from '../../sandbox-server/session/sandbox-entry.ts';
import { createStageTrack } from '../../sandbox-server/session/start-stages.ts';
import { createWatchedChecks } from '../../sandbox-server/session/watched-checks.ts';
import type { Store } from '../../sandbox-server/store/store.ts';
import { createMetrics } from '../../sandbox-server/telemetry/metrics.ts';
import { ManualClock } from '../support/manual-clock.ts';

const SECOND = 1000;
const missing: CheckRun = { exitCode: 1, output: '' };

/** What a driver was asked for: it is heard of a run at once, and lost when the test says so. */
interface Flight {
  readonly names: string;
  lose(): void;
}

async function createStage() {
  const clock = new ManualClock();
  const flights: Flight[] = [];
  const watchChecks = (
    _id: string,
    checks: readonly WatchedCheck[],
    onRun: (name: string, run: CheckRun) => void,
    signal: AbortSignal,
  ): Promise<void> => {
    if (signal.aborted) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const names = checks.map(({ name }) => name);
    flights.push({ names: names.join(' '), lose: () => reject(new Error('the agent has ended')) });
    for (const name of names) onRun(name, missing);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    return promise.then(() => undefined);
  };
  const drivers = createDriverSwitch('kubernetes');
  await drivers.use({ watchChecks } as unknown as Driver);
  const source = '#!/bin/sh\n# needs: pods\nexit 1\n';
  const lab = { checks: new Map(['one', 'two'].map((name) => [name, source])), definition: {} } as unknown as Lab;
  const stages = createStageTrack(
    () => clock.now(),
    () => undefined,
  );
  const entry = makeEntry({ ownerHash: 'learner', labSlug: 'lab', lab, stages, now: clock.now() });
  const watches = createWatchedChecks({
    clock,
    drivers,
    sandboxes: { requireRunning: () => entry },
    events: createInProcessEvents(),
    store: {} as Store,
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const see = async (...checks: string[]) => {
    watches.watch('learner', entry.id, { page: 'page', checks });
    await settle();
  };
  /** The page says again and again what is in sight. */
  const pass = async (seconds: number, ...checks: string[]) => {
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(SECOND);
      await see(...checks);
    }
  };
  const click = async () => {
    using held = new DisposableStack();
    held.use(await watches.pause(entry));
  };
  return { flights, see, pass, click, settle, [Symbol.asyncDispose]: () => watches[Symbol.asyncDispose]() };
}

describe('a watch of checks', () => {
  it('that is lost after its first run each time is begun again more and more seldom', async () => {
    await using stage = await createStage();
    const { flights, see, pass, settle } = stage;
    await see('one');
    const pauses: number[] = [];
    for (let loss = 0; loss < 7; loss += 1) {
      flights.at(-1)?.lose();
      await settle();
      let seconds = 0;
      for (const before = flights.length; flights.length === before && seconds < 100; seconds += 1)
        await pass(1, 'one');
      pauses.push(seconds);
    }
    assert.deepEqual(pauses, [2, 4, 8, 16, 32, 60, 60]);
  });

  it('that is lost after it has held is begun again soon', async () => {
    await using stage = await createStage();
    const { flights, see, pass, settle } = stage;
    await see('one');
    for (let loss = 0; loss < 3; loss += 1) {
      await pass(30, 'one');
      flights.at(-1)?.lose();
      await settle();
      await pass(2, 'one');
      assert.equal(flights.length, loss + 2);
    }
  });

  it('begins at once for who turns a step every ten seconds, through twenty of them', async () => {
    await using stage = await createStage();
    const { flights, see, pass } = stage;
    for (let turn = 0; turn < 20; turn += 1) {
      const step = turn % 2 === 0 ? 'one' : 'two';
      await see(step);
      assert.deepEqual([flights.length, flights.at(-1)?.names], [turn + 1, step]);
      await pass(10, step);
    }
  });

  for (const [what, other] of [
    ['between two steps', ['two']],
    ['away and back', []],
  ] as const) {
    it(`begins so often and not more for who turns to and fro ${what} without end`, async () => {
      await using stage = await createStage();
      const { flights, pass } = stage;
      const minutes = 5;
      for (let turn = 0; turn < minutes * 30; turn += 1) {
        await pass(1, 'one');
        await pass(1, ...other);
      }
      const allowed = BEGINNINGS_AT_ONCE + (minutes * 60 * SECOND) / BEGINNING_EVERY_MS;
      assert.ok(flights.length <= allowed, `${flights.length} of ${allowed}`);
      await pass(BEGINNING_EVERY_MS / SECOND, 'two');
      assert.equal(flights.at(-1)?.names, 'two');
    });
  }

  it('begins so often and not more for who clicks on Check without end, and in the end does', async () => {
    await using stage = await createStage();
    const { flights, see, pass, click } = stage;
    await see('one');
    for (let clicks = 0; clicks < 60; clicks += 1) {
      await click();
      await see('one');
    }
    assert.equal(flights.length, BEGINNINGS_AT_ONCE);
    await pass(BEGINNING_EVERY_MS / SECOND, 'one');
    assert.equal(flights.length, BEGINNINGS_AT_ONCE + 1);
  });
});
