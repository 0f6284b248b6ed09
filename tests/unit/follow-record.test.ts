import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SandboxRecord } from '../../sandbox-server/driver/driver.ts';
import { decideStep, type KnownSandbox, type Step } from '../../sandbox-server/session/follow-record.ts';

const EARLIER = new Date('2026-11-23T10:00:00Z');
const LATER = new Date('2026-11-23T11:00:00Z');
const END = new Date('2026-11-23T12:00:00Z');

const known = (state: KnownSandbox['state'], more: Partial<KnownSandbox> = {}): KnownSandbox => ({
  state,
  isElsewhere: false,
  createdAt: EARLIER,
  expiresAt: END,
  ...more,
});
const elsewhere = { isElsewhere: true };
const record = (state: SandboxRecord['state'], more: Partial<SandboxRecord> = {}): SandboxRecord => ({
  id: 's1',
  lab: 'first-steps',
  ownerHash: 'a',
  namespace: 'learner-s1',
  state,
  createdAt: EARLIER,
  expiresAt: END,
  ...more,
});

describe('a record that has changed', () => {
  const cases: readonly [string, KnownSandbox | undefined, SandboxRecord | undefined, Step][] = [
    ['of a start elsewhere', undefined, record('starting'), 'admit'],
    ['of a sandbox that was given elsewhere', undefined, record('running'), 'admit'],
    ['of an end elsewhere', undefined, record('stopping'), 'nothing'],
    ['of a start elsewhere that has come to its end', known('starting', elsewhere), record('running'), 'run'],
    ['of a start elsewhere that goes on', known('starting', elsewhere), record('starting'), 'nothing'],
    ['of a start elsewhere that was cancelled', known('starting', elsewhere), record('stopping'), 'stop'],
    ['that is missing after a start elsewhere', known('starting', elsewhere), undefined, 'forget'],
    ['of a start of its own', known('starting'), record('running'), 'nothing'],
    ['that is missing in a start of its own', known('starting'), undefined, 'nothing'],
    ['as it is known', known('running'), record('running'), 'nothing'],
    ['with more time', known('running'), record('running', { expiresAt: LATER }), 'extend'],
    ['that ends', known('running'), record('stopping'), 'stop'],
    ['that is missing', known('running'), undefined, 'forget'],
    ['of a later sandbox', known('running'), record('running', { createdAt: LATER }), 'replace'],
    ['of what ends here', known('stopping'), record('running'), 'nothing'],
    ['that is missing while it ends here', known('stopping'), undefined, 'nothing'],
    ['of a start that failed here', known('failed'), record('starting'), 'nothing'],
    ['of a start elsewhere after one that failed here', known('failed'), record('running'), 'replace'],
  ];
  for (const [name, before, now, step] of cases) {
    it(`${name}: ${step}`, () => assert.equal(decideStep(before, now), step));
  }
});
