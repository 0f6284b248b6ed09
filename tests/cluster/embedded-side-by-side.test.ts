/** Two embedded clusters at once, and a host that is afterwards as it was before. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { clusterStatus, downCluster, listImages } from '../../deploy/cluster/cluster.ts';
import { partNames } from '../../deploy/cluster/part-commands.ts';
import { pauseImage } from '../../deploy/cluster/part-configuration.ts';
import { createEmbeddedCluster, describeHost, skippedWithoutRoot } from '../support/embedded-clusters.ts';

describe('two embedded clusters side by side', { skip: skippedWithoutRoot }, () => {
  it('run without touching each other, and leave the host as it was', async () => {
    const before = [await describeHost('left'), await describeHost('right')];
    {
      await using left = await createEmbeddedCluster('left');
      await using right = await createEmbeddedCluster('right');
      assert.notEqual(left.apiServer, right.apiServer);
      await left.kubectl('create', 'namespace', 'only-left');
      assert.doesNotMatch(await right.kubectl('get', 'namespaces'), /only-left/u);
      const addresses = await Promise.all([left, right].map(({ kubectl }) => readNodeAddress(kubectl)));
      assert.notEqual(addresses[0], addresses[1]);
      assert.match(await left.kubectl('version'), /Server Version: v1\.36\./u);

      const status = await clusterStatus({ name: 'left' });
      assert.deepEqual(
        status.parts.map((part) => [part.name, part.isRunning, part.memoryBytes > 0]),
        partNames.map((name) => [name, true, true]),
      );
      assert.ok((await listImages({ name: 'left' })).includes(pauseImage));

      await downCluster({ name: 'left' });
      assert.equal((await clusterStatus({ name: 'left' })).running, false);
      assert.match(await right.kubectl('get', 'node'), / Ready /u);
    }
    assert.deepEqual([await describeHost('left'), await describeHost('right')], before);
    assert.equal(existsSync('/var/lib/podium/clusters/left/run'), false);
  });
});

async function readNodeAddress(kubectl: (...args: string[]) => Promise<string>): Promise<string> {
  return kubectl('get', 'nodes', '-o', 'jsonpath={.items[0].status.addresses[0].address}');
}
