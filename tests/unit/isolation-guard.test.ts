/** Who waits for the proof that learners are kept apart, and what they are told. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import Fastify from 'fastify';
import pino from 'pino';
import { createDriverSwitch } from '../../sandbox-server/driver/driver-switch.ts';
import type { Driver } from '../../sandbox-server/driver/driver.ts';
import { type Isolation, isolationLayers, type LayerReport } from '../../sandbox-server/driver/isolation.ts';
import { createIsolationGuard } from '../../sandbox-server/driver/kubernetes/isolation-guard.ts';
import { PodiumError } from '../../sandbox-server/errors.ts';
import { registerHealth } from '../../sandbox-server/http/health.ts';
import { createMetrics } from '../../sandbox-server/telemetry/metrics.ts';
import { ManualClock } from '../support/manual-clock.ts';

const never = new AbortController().signal;
const isUnproved = (error: unknown) => error instanceof PodiumError && error.code === 'isolation_unproved';
const whole = isolationLayers.map((layer): LayerReport => ({ layer, state: 'proved', because: '' }));
const open = whole.map((report): LayerReport =>
  report.layer === 'network' ? { ...report, state: 'missing' } : report,
);
const RETRY_MS = 30_000;

function createGuard(answers: readonly (readonly LayerReport[] | Error)[], allowUnproved = false) {
  const clock = new ManualClock();
  const metrics = createMetrics();
  let tries = 0;
  const prove = () => {
    const answer = answers[tries++] ?? new Error('asked too often');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const guard = createIsolationGuard({ prove, allowUnproved, clock, log: pino({ level: 'silent' }), metrics });
  return { guard, clock, metrics, triesOf: () => tries };
}

describe('the guard of learners', () => {
  it('lets nobody in before the proof, everybody after it, and asks no more', async () => {
    const { guard, clock, triesOf } = createGuard([whole]);
    assert.equal(guard.isOpen, false);
    await guard.permit(never);
    assert.ok(guard.isOpen);
    clock.advance(2 * RETRY_MS);
    assert.equal(triesOf(), 1);
  });

  it('refuses where a layer is missing, and lets in when it is there', async () => {
    const { guard, clock } = createGuard([open, whole]);
    await assert.rejects(guard.permit(never), isUnproved);
    assert.ok(guard.isBroken);
    clock.advance(RETRY_MS);
    await turn();
    await guard.permit(never);
    assert.equal(guard.isBroken, false);
  });

  it('refuses where nothing could be found out, with the reason, without calling the cluster broken', async () => {
    const { guard } = createGuard([new Error('the API server is away')]);
    await assert.rejects(
      guard.permit(never),
      (error) => isUnproved(error) && /is away/.test(String((error as PodiumError).cause)),
    );
    assert.equal(guard.isBroken, false);
  });

  it('looks again for an image that a node lacks, and lets in meanwhile', async () => {
    const lacking = whole.map((each): LayerReport =>
      each.layer === 'lab_images' ? { ...each, state: 'missing' } : each,
    );
    const { guard, clock, triesOf } = createGuard([lacking, lacking, whole]);
    await guard.permit(never);
    clock.advance(RETRY_MS);
    await turn();
    clock.advance(RETRY_MS);
    assert.equal(triesOf(), 2);
    clock.advance(9 * RETRY_MS);
    await turn();
    assert.deepEqual(guard.report, whole);
  });

  it('keeps what it has found while the cluster is away', async () => {
    const { guard, clock } = createGuard([open, new Error('away')]);
    await assert.rejects(guard.permit(never), isUnproved);
    clock.advance(RETRY_MS);
    await turn();
    assert.deepEqual(guard.report, open);
  });

  it('lets in all the same where the operator said so, and still tells what is missing', async () => {
    const { guard } = createGuard([open], true);
    assert.ok(guard.isOpen);
    await guard.permit(never);
    await turn();
    assert.equal(guard.isBroken, false);
    assert.deepEqual(guard.report, open);
  });

  it('does not hold back who goes away, and itself leaves nothing behind', async () => {
    const metrics = createMetrics();
    const log = pino({ level: 'silent' });
    const hasTidied = Promise.withResolvers<void>();
    const guard = createIsolationGuard({
      prove: async (signal) => {
        await once(signal, 'abort');
        await hasTidied.promise;
        throw signal.reason;
      },
      allowUnproved: false,
      clock: new ManualClock(),
      log,
      metrics,
    });
    const leave = new AbortController();
    const waiting = guard.permit(leave.signal);
    leave.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);

    let isDisposed = false;
    const disposing = guard[Symbol.asyncDispose]().then(() => (isDisposed = true));
    await turn();
    assert.equal(isDisposed, false, 'it ends while what it made is still there');
    hasTidied.resolve();
    await disposing;
  });

  it('counts each layer in the state that it has', async () => {
    const { guard, metrics } = createGuard([open]);
    await assert.rejects(guard.permit(never), isUnproved);
    const text = await metrics.registry.metrics();
    assert.match(text, /podium_isolation_layer\{layer="network",state="missing"\} 1/);
    assert.match(text, /podium_isolation_layer\{layer="network",state="proved"\} 0/);
    assert.match(text, /podium_isolation_layer\{layer="quota",state="proved"\} 1/);
  });
});

describe('/readyz', () => {
  async function ask(isolation?: Isolation) {
    await using drivers = createDriverSwitch('kubernetes');
    const driver = { kind: 'kubernetes', isolation, [Symbol.asyncDispose]: () => Promise.resolve() };
    await drivers.use(driver as unknown as Driver);
    const app = Fastify();
    registerHealth(app, { drivers, metrics: createMetrics() });
    const reply = await app.inject('/readyz');
    await app.close();
    return [reply.statusCode, reply.json<unknown>()];
  }

  it('says that sandboxes can be had, and how learners are kept apart', async () => {
    assert.deepEqual(await ask(), [200, { ready: true }]);
    assert.deepEqual(await ask({ report: whole, isBroken: false }), [200, { ready: true, isolation: whole }]);
  });

  it('says what is missing where none can be had', async () => {
    const refusal = { code: 'isolation_unproved', retryable: false };
    assert.deepEqual(await ask({ report: open, isBroken: true }), [503, { ...refusal, isolation: open }]);
  });
});
