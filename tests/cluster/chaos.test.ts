/**
 * Random people use sandboxes of a cluster of its own while random parts of all that carries them are killed. What
 * Podium promises must hold at each moment, and in the end nothing may be left.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import pino from 'pino';
import { systemClock } from '../../sandbox-server/clock.ts';
import { createJanitor } from '../../sandbox-server/driver/kubernetes/janitor.ts';
import { watchPlaces } from '../../sandbox-server/driver/kubernetes/place-watch.ts';
import { PAST_EXPIRY_MS } from '../support/chaos-ledger.ts';
import { ChaosLearner } from '../support/chaos-learner.ts';
import { findLeftovers } from '../support/chaos-leftovers.ts';
import { type ChaosPlan, chaosPlan, describePlan, type Step } from '../support/chaos-plan.ts';
import { type ChaosSite, createChaosSite } from '../support/chaos-site.ts';
import { makeTestName, skippedWithoutRoot } from '../support/embedded-clusters.ts';
import { skippedWithoutPostgres } from '../support/postgres.ts';
import { chooseSeed } from '../support/seeded-random.ts';

/** As many as fit into `npm test`; the nightly run has time for more. */
const SEQUENCES = Number(process.env['PODIUM_TEST_SEQUENCES'] ?? 2);
/** Each promise has a limit of its own; this one is for a machine that does ten other things. */
const SEQUENCE_LIMIT_MS = 900_000;
/** The kubelet collects what it finds orphaned once a minute, after it has found containerd again. */
const COLLECTED_LIMIT_MS = 150_000;
/** Longer than the janitor leaves a claim to those who may still need it. */
const AHEAD_MS = 10 * 60_000;
const LOOK_MS = 1000;

describe('when anything is killed at any time,', { skip: skippedWithoutRoot || skippedWithoutPostgres }, () => {
  let site: ChaosSite;
  let people = 0;
  before(async () => {
    site = await createChaosSite(makeTestName('chaos'));
  });
  after(() => site[Symbol.asyncDispose]());

  const assertKept = () => assert.deepEqual([...site.ledger.broken], []);

  async function take(step: Step, learner: ChaosLearner): Promise<void> {
    if (step === 'start') await learner.start();
    else if (step === 'use') await learner.use();
    else if (step === 'make') await learner.make();
    else if (step === 'end') await learner.end();
    else await expire(learner);
  }

  async function expire({ sandboxId }: ChaosLearner): Promise<void> {
    const place = site.ledger.places.find(({ claim }) => claim?.id === sandboxId);
    if (place) await site.expire(place);
  }

  async function live(learner: ChaosLearner, steps: readonly Step[]): Promise<void> {
    for (const step of steps) await take(step, learner);
  }

  async function kill(faults: ChaosPlan['faults']): Promise<void> {
    for (const fault of faults) {
      await delay(fault.afterMs);
      await site.strike(fault);
    }
  }

  /** What belongs to nobody may be there for as long as it is looked for. */
  async function assertNothingLeft(): Promise<void> {
    const deadline = Date.now() + COLLECTED_LIMIT_MS;
    for (;;) {
      const left = await findLeftovers(site.name, site.api);
      if (left.length === 0) return;
      if (Date.now() > deadline) assert.deepEqual(left, []);
      await delay(LOOK_MS);
    }
  }

  const makeLearner = (servers: number) => new ChaosLearner(`p${(people += 1)}`, site.origins.slice(0, servers));

  async function run(plan: ChaosPlan, test: TestContext): Promise<void> {
    test.diagnostic(describePlan(plan));
    const learners = plan.people.map(() => makeLearner(plan.servers));
    const lives = learners.map((learner, index) => live(learner, plan.people[index] ?? []));
    await all([kill(plan.faults), ...lives]);
    await site.healed();
    await all(learners.map((learner) => learner.startForSure()));
    assertKept();
    await all(learners.map((learner, index) => (index % 2 === 0 ? learner.end() : expire(learner))));
    const ids = learners.map(({ sandboxId }) => sandboxId);
    const isOver = () => !site.ledger.places.some(({ claim }) => claim !== undefined && ids.includes(claim.id));
    await site.ledger.until(isOver, 'the sandboxes of all are gone', PAST_EXPIRY_MS);
    assertKept();
  }

  it('everybody gets an answer, and a shell of their own', { timeout: SEQUENCES * SEQUENCE_LIMIT_MS }, async (test) => {
    const seed = chooseSeed() | 0;
    test.diagnostic(`PODIUM_TEST_SEED=${seed}`);
    const property = fc.asyncProperty(chaosPlan, (plan) => run(plan, test));
    await fc.assert(property, { seed, numRuns: SEQUENCES, endOnFailure: true });
  });

  it('nothing outlives its time, also without a server', { timeout: SEQUENCE_LIMIT_MS }, async () => {
    const learner = makeLearner(1);
    await learner.startForSure();
    await learner.make();
    await site.endServers();
    for (const place of site.ledger.places) await site.expire(place);
    await site.ledger.until((places) => places.length === 0, 'all places are gone', PAST_EXPIRY_MS);
    assertKept();
  });

  it('nothing is left of what has gone', { timeout: SEQUENCE_LIMIT_MS }, async () => {
    const { api } = site;
    const log = pino({ level: 'silent' });
    const clock = { ...systemClock, now: () => Date.now() + AHEAD_MS };
    using watch = watchPlaces(api, log);
    using janitor = createJanitor({ api, watch, clock, log });
    assert.ok(janitor);
    await assertNothingLeft();
  });
});

/** Lets all come to their end, so that each that fails is told. */
async function all(works: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(works);
  const failures = outcomes.flatMap((outcome): unknown[] => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (failures.length > 0) throw new Error(failures.map(String).join(' '), { cause: failures[0] });
}
