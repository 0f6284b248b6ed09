import { it } from 'node:test';
import { acquireCluster, skippedWithoutCluster } from '../support/cluster.ts';
import { describeDriverContract } from './contract.ts';

if (skippedWithoutCluster) {
  it('gives shells in pods', { skip: skippedWithoutCluster }, () => undefined);
} else {
  describeDriverContract('kubernetes', async () => {
    const cluster = await acquireCluster();
    const driver = await cluster.createDriver();
    return {
      driver,
      lab: { slug: 'first-steps', image: 'podium.dev/shell:1', lifeMinutes: 90 },
      createAnother: () => cluster.createDriver(),
      async [Symbol.asyncDispose]() {
        await driver[Symbol.asyncDispose]();
        await cluster[Symbol.asyncDispose]();
      },
    };
  });
}
