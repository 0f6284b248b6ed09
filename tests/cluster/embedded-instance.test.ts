/**
 * An embedded cluster's life beside another, the runner's: it starts, gives volumes, goes on whatever of it is killed,
 * and ends. What is not Podium's is seen on it alone; one start serves all of this, for it takes half a minute.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { listCgroupProcesses, loadCgroupMounts } from '../../deploy/cluster/cgroups.ts';
import type { ClusterStatus } from '../../deploy/cluster/cluster.ts';
import { clusterStatus, downCluster, listImages } from '../../deploy/cluster/cluster.ts';
import { makeCgroupName, makeInstancePaths } from '../../deploy/cluster/instance.ts';
import { partNames } from '../../deploy/cluster/part-commands.ts';
import { pauseImage } from '../../deploy/cluster/part-configuration.ts';
import { sendSignal } from '../../deploy/cluster/processes.ts';
import { loadStatus } from '../../deploy/cluster/status.ts';
import {
  createEmbeddedCluster,
  describeHost,
  type EmbeddedCluster,
  makeTestName,
  openRunnersCluster,
  skippedWithoutRoot,
} from '../support/embedded-clusters.ts';
import { skippedWithoutNode } from '../support/node-access.ts';
import { createPlainPods, PLAIN_IMAGE, waitUntil } from '../support/plain-pods.ts';

const name = makeTestName('instance');
/** A part is back within seconds; the limit is for a machine that does ten other things. */
const backLimitMs = 60_000;

async function waitForStatus(isReached: (status: ClusterStatus) => boolean): Promise<ClusterStatus> {
  const deadline = Date.now() + backLimitMs;
  for (;;) {
    const status = await clusterStatus({ name });
    if (isReached(status)) return status;
    assert.ok(Date.now() < deadline, `not reached: ${JSON.stringify(status)}`);
    await delay(100);
  }
}

const SERVER = 'jsonpath={.clusters[0].cluster.server}';
const NODE_ADDRESS = 'jsonpath={.items[0].status.addresses[0].address}';
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'witness', namespace: 'default' },
  spec: { containers: [{ name: 'main', image: 'podium.dev/pause:1', imagePullPolicy: 'Never' }] },
};

describe('an embedded cluster', { skip: skippedWithoutRoot }, () => {
  let cluster: EmbeddedCluster;
  let hostBefore: Record<string, unknown>;
  before(async () => {
    hostBefore = await describeHost(name);
    cluster = await createEmbeddedCluster(name, [PLAIN_IMAGE]);
    await cluster.apply(pod);
    await cluster.kubectl('wait', '--for=condition=Ready', 'pod/witness', '--timeout=60s');
  });
  after(() => cluster[Symbol.asyncDispose]());

  it('says of each part that it runs, and which images it has', async () => {
    const { parts } = await clusterStatus({ name });
    assert.deepEqual(
      parts.map((part) => [part.name, part.isRunning, part.memoryBytes > 0]),
      partNames.map((part) => [part, true, true]),
    );
    assert.ok((await listImages({ name })).includes(pauseImage));
    assert.match(await cluster.kubectl('version'), /Server Version: v1\.36\./u);
  });

  it('runs beside another without touching it', { skip: skippedWithoutNode }, async () => {
    const other = await openRunnersCluster();
    await cluster.kubectl('create', 'namespace', name);
    assert.doesNotMatch(await other.kubectl('get', 'namespaces'), new RegExp(name, 'u'));
    const servers = [cluster, other].map(({ kubectl }) => kubectl('config', 'view', '-o', SERVER));
    assert.notEqual(await servers[0], await servers[1]);
    const addresses = [cluster, other].map(({ kubectl }) => kubectl('get', 'nodes', '-o', NODE_ADDRESS));
    assert.notEqual(await addresses[0], await addresses[1]);
  });

  it('mounts a claimed volume in a pod whose root is nobody on the node, and clears it with the namespace', async () => {
    const pods = createPlainPods(cluster);
    const namespace = 'disk';
    const claimName = 'notes';
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '64Mi' } } };
    await pods.createNamespaces(namespace);
    const metadata = { name: claimName, namespace };
    await cluster.apply({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec });
    await pods.start({ namespace, name: 'writer', claimName });
    assert.equal(await pods.run(namespace, 'writer', 'id -u; echo kept > /data/note; cat /data/note'), '0\nkept');
    assert.doesNotMatch(await pods.run(namespace, 'writer', 'cat /proc/self/uid_map'), /^\s*0\s+0\s/u);
    await cluster.kubectl('-n', namespace, 'delete', 'pod', 'writer', '--wait');
    await pods.start({ namespace, name: 'reader', claimName });
    assert.equal(await pods.run(namespace, 'reader', 'cat /data/note'), 'kept');
    const folders = () => readdir(makeInstancePaths(name).volumes);
    assert.equal((await folders()).length, 1);
    await cluster.kubectl('delete', 'namespace', namespace, '--wait=false');
    await waitUntil(async () => (await folders()).length === 0, 'the volume’s folder is still there');
  });

  for (const part of partNames) {
    it(`starts ${part} again, and the cluster goes on`, async () => {
      const pidOf = (status: ClusterStatus) => status.parts.find((candidate) => candidate.name === part);
      const first = pidOf(await clusterStatus({ name }));
      assert.ok(first?.isRunning);
      sendSignal(first.pid, 'SIGKILL');
      await waitForStatus((status) => {
        const now = pidOf(status);
        return now !== undefined && now.isRunning && now.pid !== first.pid && now.restarts > first.restarts;
      });
      await retry(() => cluster.kubectl('get', '--raw', '/readyz'));
      await retry(() => cluster.kubectl('get', 'node', 'node1'));
    });
  }

  it('keeps a pod running through all of that', async () => {
    const restarts = 'jsonpath={.status.phase} {.status.containerStatuses[0].restartCount}';
    assert.equal(await cluster.kubectl('get', 'pod', 'witness', '-o', restarts), 'Running 0');
  });

  it('takes over running parts when the supervisor is killed', async () => {
    const parts = (status: ClusterStatus) => status.parts.map((part) => part.pid);
    const earlier = parts(await clusterStatus({ name }));
    const supervisor = await readSupervisor();
    assert.ok(supervisor);
    sendSignal(supervisor, 'SIGKILL');
    await retry(async () => assert.notEqual(await readSupervisor(), supervisor));
    const later = await waitForStatus((status) => status.running && status.parts.every((part) => part.isRunning));
    assert.deepEqual(parts(later), earlier);
    assert.match(await cluster.kubectl('get', 'node'), / Ready /u);
  });

  it('restarts a part that the earlier supervisor had started', async () => {
    const first = (await clusterStatus({ name })).parts.find((part) => part.name === 'kube-scheduler');
    assert.ok(first?.isRunning);
    sendSignal(first.pid, 'SIGKILL');
    await waitForStatus(({ parts }) =>
      parts.some((part) => part.name === 'kube-scheduler' && part.isRunning && part.pid !== first.pid),
    );
  });

  it('starts anew after everything was killed at once, as after a reboot', async () => {
    const mounts = await loadCgroupMounts();
    const pids = await listCgroupProcesses(mounts, makeCgroupName(name));
    assert.ok(pids.length > partNames.length);
    for (const pid of pids) sendSignal(pid, 'SIGKILL');
    cluster = await createEmbeddedCluster(name);
    await assert.rejects(cluster.kubectl('get', 'pod', 'witness'), /not found/u);
    assert.match(await cluster.kubectl('get', 'node'), / Ready /u);
  });

  it('leaves the host as it was when it is taken down, and the other cluster alone', async () => {
    await downCluster({ name });
    assert.equal((await clusterStatus({ name })).running, false);
    if (!skippedWithoutNode) {
      const other = await openRunnersCluster();
      assert.match(await other.kubectl('get', 'node'), / Ready /u);
    }
    await cluster[Symbol.asyncDispose]();
    assert.deepEqual(await describeHost(name), hostBefore);
    assert.equal(existsSync(makeInstancePaths(name).directory), false);
  });
});

async function readSupervisor(): Promise<number | undefined> {
  return (await loadStatus(makeInstancePaths(name).status))?.supervisor.pid;
}

async function retry(work: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + backLimitMs;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(200);
    }
  }
}
