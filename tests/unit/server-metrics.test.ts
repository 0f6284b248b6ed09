import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMetrics } from '../../sandbox-server/telemetry/metrics.ts';

describe('the number of sandboxes', () => {
  it('is counted by state when somebody asks, and only then', async () => {
    const metrics = createMetrics();
    let states = ['starting', 'running', 'running'];
    let counted = 0;
    metrics.countSandboxes(() => {
      counted += 1;
      return states;
    });
    assert.equal(counted, 0);
    assert.match(await metrics.registry.metrics(), /podium_sandboxes\{state="running"\} 2/);
    states = ['stopping'];
    const text = await metrics.registry.metrics();
    assert.match(text, /podium_sandboxes\{state="stopping"\} 1/);
    assert.doesNotMatch(text, /podium_sandboxes\{state="(starting|running)"\}/);
    assert.equal(counted, 2);
  });
});
