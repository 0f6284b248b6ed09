/** An embedded cluster of which something is killed: parts, the supervisor, everything. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { listCgroupProcesses, loadCgroupMounts } from '../../deploy/cluster/cgroups.ts';
import type { ClusterStatus } from '../../deploy/cluster/cluster.ts';
import { clusterStatus } from '../../deploy/cluster/cluster.ts';
import { makeCgroupName, makeInstancePaths } from '../../deploy/cluster/instance.ts';
import { partNames } from '../../deploy/cluster/part-commands.ts';
import { sendSignal } from '../../deploy/cluster/processes.ts';
import { loadStatus } from '../../deploy/cluster/status.ts';
import type { EmbeddedCluster } from '../support/embedded-clusters.ts';
import { createEmbeddedCluster, describeHost, makeTestName, skippedWithoutRoot } from '../support/embedded-clusters.ts';

const name = makeTestName('recovery');
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

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'witness', namespace: 'default' },
  spec: { containers: [{ name: 'main', image: 'podium.dev/pause:1', imagePullPolicy: 'Never' }] },
};

describe('an embedded cluster of which something is killed', { skip: skippedWithoutRoot }, () => {
  let cluster: EmbeddedCluster;
  let hostBefore: Record<string, unknown>;
  before(async () => {
    hostBefore = await describeHost(name);
    cluster = await createEmbeddedCluster(name);
    await cluster.apply(pod);
    await cluster.kubectl('wait', '--for=condition=Ready', 'pod/witness', '--timeout=60s');
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    assert.deepEqual(await describeHost(name), hostBefore);
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
