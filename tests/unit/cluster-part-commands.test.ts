import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { makeAddresses, makeInstancePaths } from '../../deploy/cluster/instance.ts';
import { admissionPlugins, makePartCommands, partNames } from '../../deploy/cluster/part-commands.ts';
import {
  makeCniConfiguration,
  makeContainerdConfiguration,
  makeKubeletConfiguration,
  makeProxyConfiguration,
} from '../../deploy/cluster/part-configuration.ts';

const paths = makeInstancePaths('unit', '/state');
const addresses = makeAddresses(3);
const commands = makePartCommands({ paths, addresses, binaries: '/parts/bin', apiServerPort: 7000 });
const argsOf = (name: string) => commands.find((command) => command.name === name)?.args ?? [];

test('the parts of a cluster: it has a command for each, in the order of their start', () => {
  assert.deepEqual(
    commands.map((command) => command.name),
    [...partNames],
  );
});

test('the API server: it runs the admission that learners’ walls hang on', () => {
  const flag = argsOf('kube-apiserver').find((arg) => arg.startsWith('--enable-admission-plugins='));
  const needed = [
    'PodSecurity',
    'ResourceQuota',
    'LimitRanger',
    'ValidatingAdmissionPolicy',
    'MutatingAdmissionPolicy',
  ];
  for (const plugin of [...needed, 'NodeRestriction']) assert.ok(flag?.split(/[=,]/u).includes(plugin), plugin);
  assert.equal(new Set(admissionPlugins).size, admissionPlugins.length);
});

test('the API server: it knows nobody without a name', () => {
  assert.ok(argsOf('kube-apiserver').includes('--anonymous-auth=false'));
});

test('Cilium: it matches a policy’s ipBlock against the node, else no shell could be let to the API server', () => {
  assert.ok(argsOf('cilium-agent').includes('--policy-cidr-match-mode=nodes'));
});

test('the relay: it listens on the loopback alone, at the port that was chosen', () => {
  assert.ok(argsOf('relay').includes('--listen=127.0.0.1:7000'));
  assert.ok(argsOf('relay').includes('--dial=10.195.0.1:6443'));
});

test('the parts of two clusters: it gives them no folder in common', () => {
  const other = makePartCommands({
    paths: makeInstancePaths('other', '/state'),
    addresses: makeAddresses(4),
    binaries: '/parts/bin',
    apiServerPort: 0,
  });
  const folders = (list: typeof commands) => list.flatMap(({ args }) => args.filter((arg) => arg.includes('/state/')));
  assert.deepEqual(
    folders(commands).filter((arg) => folders(other).includes(arg)),
    [],
  );
});

test('the kubelet: it ends one process over its limit, not the shell around it, and stops before the disk is full', () => {
  const kubelet = parse(makeKubeletConfiguration('unit', paths, addresses)) as Record<string, unknown>;
  assert.equal(kubelet['singleProcessOOMKill'], true);
  assert.equal(kubelet['nodeStatusMaxImages'], -1);
  assert.equal(kubelet['cgroupRoot'], '/podium-unit');
  assert.ok(Number(kubelet['maxPods']) > 110);
  assert.ok(Number(kubelet['podPidsLimit']) > 0);
  assert.deepEqual(Object.keys(kubelet['evictionHard'] as object).sort(), [
    'imagefs.available',
    'memory.available',
    'nodefs.available',
    'nodefs.inodesFree',
    'pid.available',
  ]);
});

test('containerd: it lets an ordinary user bind port 80 in a pod, and finds our runc and CNI programs', () => {
  const text = makeContainerdConfiguration(paths, '/parts/bin');
  assert.match(text, /enable_unprivileged_ports = true/u);
  assert.match(text, /BinaryName = '\/parts\/bin\/runc'/u);
  assert.match(text, /bin_dirs = \['\/parts\/bin'\]/u);
});

test('kube-proxy: it leaves the machine’s conntrack limits alone', () => {
  const proxy = parse(makeProxyConfiguration(paths, addresses)) as { mode: string; conntrack: Record<string, unknown> };
  assert.equal(proxy.mode, 'nftables');
  assert.equal(proxy.conntrack['maxPerCore'], 0);
  assert.equal(proxy.conntrack['min'], 0);
});

test('the CNI configuration: it names Cilium alone', () => {
  const { plugins } = JSON.parse(makeCniConfiguration(paths)) as { plugins: { type: string }[] };
  assert.deepEqual(
    plugins.map(({ type }) => type),
    ['cilium-cni'],
  );
});
