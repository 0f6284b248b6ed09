import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDriverSwitch } from '../../sandbox-server/driver/driver-switch.ts';
import { sandboxId } from '../../sandbox-server/driver/sandbox-id.ts';
import { PodiumError, type ErrorCode } from '../../sandbox-server/errors.ts';
import { createStageTrack } from '../../sandbox-server/session/start-stages.ts';
import { ManualClock } from '../support/manual-clock.ts';

const hasCode = (code: ErrorCode) => (error: unknown) => error instanceof PodiumError && error.code === code;
const never = new AbortController().signal;

describe('whoever waits for the cluster', () => {
  it('is told when it fails', async () => {
    const drivers = createDriverSwitch('kubernetes');
    const waiting = drivers.whenReady(never);
    drivers.reportCluster({ state: 'building', part: 'kube', index: 3, count: 14 });
    drivers.reportCluster({ state: 'failed', code: 'cluster_failed' });
    await assert.rejects(waiting, hasCode('cluster_failed'));
  });

  it('hears "failed" also for a code that nobody knows', async () => {
    const drivers = createDriverSwitch('kubernetes');
    drivers.reportCluster({ state: 'failed', code: 'gremlins' });
    await assert.rejects(drivers.whenReady(never), hasCode('cluster_failed'));
  });

  it('can give up', async () => {
    const cancel = new AbortController();
    const waiting = createDriverSwitch('kubernetes').whenReady(cancel.signal);
    cancel.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
  });

  it('is refused at once where there will never be one', async () => {
    await assert.rejects(createDriverSwitch('none').whenReady(never), hasCode('sandboxes_off'));
  });
});

describe('the stages of a start', () => {
  it('are shown with the time that each took', () => {
    const clock = new ManualClock();
    const ended: [string, number][] = [];
    const track = createStageTrack(
      () => clock.now(),
      (stage, elapsedMs) => ended.push([stage, elapsedMs]),
    );
    track.begin('cluster');
    clock.advance(100);
    track.begin('namespace');
    clock.advance(30);
    assert.deepEqual(
      track.view().map(({ stage, state, elapsedMs }) => `${stage} ${state} ${elapsedMs}`),
      ['cluster done 100', 'namespace running 30', 'rights waiting 0', 'shell waiting 0', 'prompt waiting 0'],
    );
    track.begin('prompt');
    clock.advance(5);
    track.finish('done');
    assert.deepEqual(
      track.view().map(({ stage, state }) => `${stage} ${state}`),
      ['cluster done', 'namespace done', 'prompt done'],
    );
    assert.deepEqual(ended, [
      ['cluster', 100],
      ['namespace', 30],
      ['prompt', 5],
    ]);
  });

  it('go forward only, and say where it failed', () => {
    const track = createStageTrack(
      () => 0,
      () => undefined,
    );
    track.begin('shell');
    track.begin('namespace');
    track.finish('failed');
    assert.deepEqual(
      track.view().map(({ stage, state }) => `${stage} ${state}`),
      ['shell failed', 'prompt waiting'],
    );
  });
});

it('the id of a sandbox depends on person and lab alone, and fits into a name of Kubernetes', () => {
  const id = sandboxId('a'.repeat(32), 'first-steps');
  assert.equal(id, sandboxId('a'.repeat(32), 'first-steps'));
  assert.notEqual(id, sandboxId('a'.repeat(32), 'second'));
  assert.notEqual(id, sandboxId('b'.repeat(32), 'first-steps'));
  assert.match(id, /^[a-z0-9]{12}$/);
});
