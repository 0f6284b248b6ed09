/** How long a sandbox lives: while somebody works in it, up to its lab's ceiling. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import pino from 'pino';
import type { Driver } from '../../sandbox-server/driver/driver.ts';
import { createDriverSwitch } from '../../sandbox-server/driver/driver-switch.ts';
import { PodiumError } from '../../sandbox-server/errors.ts';
import { makeSandbox } from '../../sandbox-server/session/sandbox-entry.ts';
import { createLifetimes } from '../../sandbox-server/session/lifetimes.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { makeRunningEntry } from '../support/running-entry.ts';

const MINUTE = 60_000;
const IDLE_MINUTES = 30;
const CEILING_MINUTES = 60;

async function createPlace() {
  const clock = new ManualClock();
  const begunAt = clock.now();
  const minutesFrom = (at: Date | string) => (new Date(at).getTime() - begunAt) / MINUTE;
  const asked: number[] = [];
  const happened: string[] = [];
  let isAway = false;
  const drivers = createDriverSwitch('kubernetes');
  const driver: Partial<Driver> = {
    extend: (_id, expiresAt) => {
      if (isAway) return Promise.reject(new PodiumError('cluster_unreachable'));
      asked.push(minutesFrom(expiresAt));
      return Promise.resolve();
    },
  };
  await drivers.use(driver as Driver);
  const entry = makeRunningEntry({ ceilingMinutes: CEILING_MINUTES, now: begunAt });
  const lifetimes = createLifetimes(
    { drivers, clock, log: pino({ level: 'silent' }), idleMinutes: IDLE_MINUTES },
    {
      announce: (each) => happened.push(`until ${minutesFrom(makeSandbox(each).expiresAt)}`),
      stop: () => happened.push(`stopped at ${minutesFrom(new Date(clock.now()))}`),
    },
  );
  lifetimes.follow(entry, new Date(begunAt + lifetimes.firstMinutes(CEILING_MINUTES) * MINUTE));
  /** Lets time pass minute by minute, and what it sets off come to its end. */
  const pass = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      clock.advance(MINUTE);
      await new Promise(setImmediate);
    }
  };
  return { entry, lifetimes, pass, asked, happened, away: (is: boolean) => (isAway = is) };
}

describe('a sandbox lives', () => {
  it('for its idle time when nobody does anything', async () => {
    const { pass, happened, asked } = await createPlace();
    await pass(40);
    assert.deepEqual([happened, asked], [['stopped at 30'], []]);
  });

  it('for longer when somebody works, which is put on record before they would be warned', async () => {
    const { entry, lifetimes, pass, happened } = await createPlace();
    await pass(20);
    lifetimes.noteActivity(entry);
    assert.deepEqual(happened, []);
    await pass(4);
    assert.deepEqual(happened, ['until 50']);
    await pass(30);
    assert.deepEqual(happened, ['until 50', 'stopped at 50']);
  });

  it('on when somebody types after the warning', async () => {
    const { entry, lifetimes, pass, happened } = await createPlace();
    await pass(29);
    lifetimes.noteActivity(entry);
    await new Promise(setImmediate);
    assert.deepEqual(happened, ['until 59']);
  });

  it('never beyond its ceiling, and is not asked for again and again there', async () => {
    const { entry, lifetimes, pass, happened, asked } = await createPlace();
    for (let minute = 0; minute < 65; minute += 1) {
      if (minute < 60) lifetimes.noteActivity(entry);
      await pass(1);
    }
    assert.equal(asked.at(-1), CEILING_MINUTES);
    assert.equal(happened.at(-1), 'stopped at 60');
    assert.ok(asked.length <= 3, `asked ${asked.length} times`);
  });

  it('on after a click, as far as it may', async () => {
    const { entry, lifetimes, pass, happened } = await createPlace();
    await pass(10);
    await lifetimes.extend(entry);
    assert.deepEqual(happened, ['until 40']);
  });

  it('on when the cluster is away for a while just then', async () => {
    const { entry, lifetimes, pass, happened, away } = await createPlace();
    await pass(20);
    lifetimes.noteActivity(entry);
    away(true);
    await pass(6);
    assert.deepEqual(happened, []);
    await assert.rejects(lifetimes.extend(entry), /cluster_unreachable/);
    away(false);
    await pass(1);
    assert.deepEqual(happened, ['until 56']);
  });

  it('as long as its record says, when others move that', async () => {
    const { entry, lifetimes, pass, happened } = await createPlace();
    lifetimes.noteActivity(entry);
    await pass(1);
    lifetimes.follow(entry, entry.createdAt);
    await pass(1);
    assert.deepEqual(happened, ['stopped at 1']);
  });
});
