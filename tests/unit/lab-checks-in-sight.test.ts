import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import type { WatchedChecksOrder } from '../../sandbox-server/protocol/requests.ts';
import { followChecksInSight, type ChecksInSight } from '../../src/lab/checks-in-sight.ts';
import type { SandboxSession } from '../../src/terminal/sandbox-session.ts';

/** How long a step must stay open, and how often what was told is told again. */
const SETTLE_MS = 300;
const RENEW_MS = 20_000;

describe('what a lab’s page tells of the checks in sight', () => {
  let open: string[] = [];
  let told: string[] = [];
  /** Of what was told, as long as it is not answered. */
  let answers: (() => void)[] = [];
  let isHeldBack = false;
  let sight: ChecksInSight;
  beforeEach(() => {
    [open, told, answers, isHeldBack] = [['one'], [], [], false];
    mock.timers.enable({ apis: ['setTimeout'] });
    const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    Object.defineProperty(globalThis, 'document', { value: page, configurable: true });
    const watchChecks = async (_id: string, { checks }: WatchedChecksOrder) => {
      told.push(checks.join(' '));
      const { promise, resolve } = Promise.withResolvers<undefined>();
      answers.push(() => resolve(undefined));
      if (isHeldBack) await promise;
      return { ok: true, value: { checks } };
    };
    const session = {
      state: { phase: { kind: 'running', sandbox: { id: 'sandbox' } } },
      api: { watchChecks },
      subscribe: () => () => undefined,
    } as unknown as SandboxSession;
    sight = followChecksInSight({ session, page: () => Promise.resolve('page'), listOpen: () => open });
  });
  afterEach(() => {
    mock.timers.reset();
    Reflect.deleteProperty(globalThis, 'document');
  });

  const turnTo = (...checks: string[]) => {
    open = checks;
    sight.update();
  };
  /** What has been answered is also taken in. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const pass = async (elapsedMs: number) => {
    mock.timers.tick(elapsedMs);
    await settle();
  };

  it('is told once a step has stayed open for a moment, and again until another is', async () => {
    turnTo('passed-by');
    await pass(SETTLE_MS - 1);
    turnTo('one');
    await pass(SETTLE_MS);
    assert.deepEqual(told, ['one']);
    await pass(RENEW_MS);
    await pass(RENEW_MS);
    turnTo('two');
    await pass(SETTLE_MS);
    await pass(RENEW_MS);
    assert.deepEqual(told, ['one', 'one', 'one', 'two', 'two']);
  });

  it('is still told again after a look at another step and back', async () => {
    turnTo('one');
    await pass(SETTLE_MS);
    turnTo('two');
    await pass(SETTLE_MS / 3);
    turnTo('one');
    await pass(RENEW_MS);
    await pass(RENEW_MS);
    assert.deepEqual(told, ['one', 'one', 'one']);
  });

  it('is told as soon of another step when an answer comes in that moment', async () => {
    isHeldBack = true;
    turnTo('one');
    await pass(SETTLE_MS);
    turnTo('two');
    answers[0]?.();
    await settle();
    await pass(SETTLE_MS);
    assert.deepEqual(told, ['one', 'two']);
  });

  it('is not told again while it waits for an answer, nor after all is done', async () => {
    isHeldBack = true;
    turnTo('one');
    await pass(SETTLE_MS);
    await pass(2 * RENEW_MS);
    assert.deepEqual(told, ['one']);
    isHeldBack = false;
    answers[0]?.();
    await settle();
    turnTo();
    await pass(SETTLE_MS);
    await pass(2 * RENEW_MS);
    assert.deepEqual(told, ['one', '']);
  });
});
