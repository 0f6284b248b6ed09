/** All attacks on the Podium that the runner has brought up: each is stopped, by what its row says. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { skippedWithoutCluster } from '../../support/cluster.ts';
import { skippedWithoutNode } from '../../support/node-access.ts';
import type { Attack, Result } from './attack.ts';
import { attackClasses } from './classes.ts';
import { playClasses } from './play.ts';
import { openTheatre } from './stage.ts';
import { describeResult, makeTable } from './table.ts';

/** Half of what attacks and chaos may take together, and as much again on a machine that is busy with other things. */
const LIMIT_MS = 8 * 60_000;

describe('a learner tries to', { skip: skippedWithoutCluster || skippedWithoutNode, timeout: LIMIT_MS }, () => {
  const results = new Map<Attack, Result>();

  before(
    async () => {
      const { PODIUM_TEST_URL: url = '', PODIUM_TEST_KUBECONFIG: kubeconfig = '' } = process.env;
      await using theatre = await openTheatre({ origin: url.replace(/\/+$/, ''), kubeconfig });
      const all = await playClasses(attackClasses, theatre.setStage, (result) => results.set(result.attack, result));
      process.stdout.write(makeTable(all));
    },
    { timeout: LIMIT_MS },
  );

  for (const { name: className, attacks } of attackClasses) {
    describe(className, () => {
      for (const attack of attacks) {
        it(`${attack.name}, and is stopped by ${attack.layers.map(({ name }) => name).join(' and ')}`, () => {
          const result = results.get(attack);
          assert.equal(result?.outcome, 'stopped', result && describeResult(result));
        });
      }
    });
  }
});
