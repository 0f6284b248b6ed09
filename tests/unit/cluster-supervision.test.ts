import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { parseCgroupMounts } from '../../deploy/cluster/cgroups.ts';
import { clusterErrorCodes, ClusterError } from '../../deploy/cluster/errors.ts';
import { planSweep, unusedGraceMs } from '../../deploy/cluster/identity-sweep.ts';
import { makeAddresses, makeInstancePaths } from '../../deploy/cluster/instance.ts';
import { makeNamespaceScript, shadowedSettings, shadowSettings } from '../../deploy/cluster/namespaces.ts';
import { describeKernel } from '../../deploy/cluster/preflight.ts';
import { identifyProcess, isAlive, signalProcess } from '../../deploy/cluster/processes.ts';
import { formatDuration, formatStatus } from '../../deploy/cluster/status-table.ts';
import { nextRestartDelay } from '../../deploy/cluster/supervised-part.ts';

test('a part that keeps dying: it is started again at ever longer intervals, at once after it had settled', () => {
  assert.equal(nextRestartDelay(200, 1000), 400);
  assert.equal(nextRestartDelay(8000, 1000), 10_000);
  assert.equal(nextRestartDelay(10_000, 60_000), 200);
});

test('a process: it is known by its start time too, so that another with its pid is never killed', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const identity = await identifyProcess(child.pid ?? 0);
  assert.equal(await isAlive(identity), true);
  const stranger = { ...identity, startTicks: '1' };
  await signalProcess(stranger, 'SIGKILL');
  assert.equal(await isAlive(identity), true);
  await signalProcess(identity, 'SIGKILL');
  await once(child, 'exit');
  assert.equal(await isAlive(identity), false);
});

const identity = (name: string, mark?: number) => ({
  metadata: {
    name,
    resourceVersion: '1',
    ...(mark === undefined ? {} : { annotations: { 'io.cilium.heartbeat': new Date(mark).toISOString() } }),
  },
});

test('an identity that nobody uses: it is marked first, and removed after the grace time', () => {
  const now = 1_000_000;
  const fresh = identity('1');
  const waiting = identity('2', now - unusedGraceMs + 1000);
  const due = identity('3', now - unusedGraceMs);
  const used = identity('4', now - 10 * unusedGraceMs);
  assert.deepEqual(planSweep([fresh, waiting, due, used], new Set(['4']), now), { mark: [fresh], remove: [due] });
});

test('control groups: it knows a machine with one hierarchy from one with many', () => {
  const many = [
    '30 25 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw',
    '31 30 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu',
    '32 30 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
    '33 25 0:29 / /tmp rw - tmpfs tmpfs rw',
  ].join('\n');
  const expected = { kind: 'v1', hierarchies: ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/unified'] };
  assert.deepEqual(parseCgroupMounts(many), expected);
  const one = '30 25 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw';
  assert.deepEqual(parseCgroupMounts(one), { kind: 'v2', hierarchies: ['/sys/fs/cgroup'] });
});

test('the host’s kernel settings: it covers each that the kubelet or Cilium would write, for these two alone', () => {
  const [, args] = shadowSettings(makeInstancePaths('unit', '/state'), 'kubelet', ['--flag']);
  for (const setting of Object.keys(shadowedSettings))
    assert.ok(args.join(' ').includes(`/proc/sys/${setting}`), setting);
  assert.deepEqual(args.slice(-2), ['kubelet', '--flag']);
  assert.doesNotMatch(makeNamespaceScript(makeAddresses(0)), /mount --bind .* \/proc/u);
});

for (const [version, isEnough] of [
  ['6.3.0', true],
  ['6.12.57+deb13-amd64', true],
  ['6.1.0-41-amd64', false],
  ['5.10.0-30-amd64', false],
] as const) {
  test(`Linux ${version}: it is ${isEnough ? 'new enough' : 'too old, and the message says what is needed'}`, () => {
    assert.equal(describeKernel(version).length, isEnough ? 0 : 1);
    if (!isEnough) assert.match(describeKernel(version).join(), /6\.3 or newer/u);
  });
}

test('the status: it shows each part with version, uptime and memory', () => {
  const part = {
    name: 'etcd',
    version: '3.7.3',
    isRunning: true,
    pid: 7,
    restarts: 1,
    uptimeSeconds: 65,
    memoryBytes: 2 ** 26,
  };
  const text = formatStatus({ name: 'one', phase: 'ready', running: true, parts: [part] });
  assert.match(text, /etcd +3\.7\.3 +running +7 +1m5s +64 MiB +1$/mu);
  assert.match(text, /^Network policies: proved at its start$/mu);
  assert.equal(formatDuration(7260), '2h1m');
});

test('an error: it says what happened and what to do next', () => {
  for (const code of clusterErrorCodes) {
    const error = new ClusterError(code, { facts: 'fact', next: 'next' });
    assert.match(error.message, /^[^:]+.*: fact$/u, code);
    assert.equal(error.next, 'next');
  }
});
