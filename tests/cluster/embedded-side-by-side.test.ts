/** Two embedded clusters at once, and a host that is afterwards as it was before. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { clusterStatus, downCluster, listImages } from '../../deploy/cluster/cluster.ts';
import { makeInstancePaths } from '../../deploy/cluster/instance.ts';
import { partNames } from '../../deploy/cluster/part-commands.ts';
import { pauseImage } from '../../deploy/cluster/part-configuration.ts';
import { createEmbeddedCluster, describeHost, makeTestName, skippedWithoutRoot } from '../support/embedded-clusters.ts';

const leftName = makeTestName('left');
const rightName = makeTestName('right');

describe('two embedded clusters side by side', { skip: skippedWithoutRoot }, () => {
  it('run without touching each other, and leave the host as it was', async () => {
    const before = [await describeHost(leftName), await describeHost(rightName)];
    {
      await using left = await createEmbeddedCluster(leftName);
      await using right = await createEmbeddedCluster(rightName);
      assert.notEqual(left.apiServer, right.apiServer);
      await left.kubectl('create', 'namespace', 'only-left');
      assert.doesNotMatch(await right.kubectl('get', 'namespaces'), /only-left/u);
      const addresses = await Promise.all([left, right].map(({ kubectl }) => readNodeAddress(kubectl)));
      assert.notEqual(addresses[0], addresses[1]);
      assert.match(await left.kubectl('version'), /Server Version: v1\.36\./u);

      const status = await clusterStatus({ name: leftName });
      assert.deepEqual(
        status.parts.map((part) => [part.name, part.isRunning, part.memoryBytes > 0]),
        partNames.map((name) => [name, true, true]),
      );
      assert.ok((await listImages({ name: leftName })).includes(pauseImage));

      await downCluster({ name: leftName });
      assert.equal((await clusterStatus({ name: leftName })).running, false);
      assert.match(await right.kubectl('get', 'node'), / Ready /u);
    }
    assert.deepEqual([await describeHost(leftName), await describeHost(rightName)], before);
    assert.equal(existsSync(makeInstancePaths(leftName).directory), false);
  });
});

async function readNodeAddress(kubectl: (...args: string[]) => Promise<string>): Promise<string> {
  return kubectl('get', 'nodes', '-o', 'jsonpath={.items[0].status.addresses[0].address}');
}
