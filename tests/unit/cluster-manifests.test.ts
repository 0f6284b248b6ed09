import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeAddresses, makeInstancePaths } from '../../deploy/cluster/instance.ts';
import { makeObjectPath } from '../../deploy/cluster/kube-client.ts';
import { corefile, makeDnsManifests } from '../../deploy/cluster/manifests/dns.ts';
import { makeMetricsApi, makeMetricsManifests } from '../../deploy/cluster/manifests/metrics.ts';
import { makeStorageManifests } from '../../deploy/cluster/manifests/storage.ts';
import { makeProbePod, makeProbeWalls } from '../../deploy/cluster/policy-probe.ts';

const paths = makeInstancePaths('unit', '/state');
const addresses = makeAddresses(0);
const all = [
  ...makeDnsManifests(addresses),
  ...makeMetricsManifests(),
  makeMetricsApi(),
  ...makeStorageManifests(paths, '/parts/bin/podium-node'),
];

test('a lookup of an outside name: it is refused at once and never waits for an upstream', () => {
  assert.doesNotMatch(corefile, /forward/u);
  assert.match(corefile, /template ANY ANY \{\s+rcode NXDOMAIN/u);
  const [clusterServer = ''] = corefile.split('\n}\n');
  assert.match(clusterServer, /kubernetes cluster\.local/u);
  assert.doesNotMatch(clusterServer, /template/u);
});

test('the cluster DNS: it has the address that the kubelet tells pods', () => {
  const service = all.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'kube-dns');
  assert.equal((service?.['spec'] as { clusterIP: string }).clusterIP, addresses.dnsService);
});

test('the system’s objects: it names each once', () => {
  const names = all.map(makeObjectPath);
  assert.equal(new Set(names).size, names.length);
});

test('the system’s containers: it gives none a privilege', () => {
  for (const object of all.filter(({ kind }) => kind === 'Deployment')) {
    const { template } = object['spec'] as {
      template: { spec: { containers: { securityContext: { allowPrivilegeEscalation: boolean } }[] } };
    };
    for (const { securityContext } of template.spec.containers) {
      assert.equal(securityContext.allowPrivilegeEscalation, false, object.metadata.name);
    }
  }
});

test('a volume claim without a class: it gets the default class, whose folders are the instance’s own', () => {
  const storageClass = all.find(({ kind }) => kind === 'StorageClass');
  const annotations = (storageClass?.metadata as { annotations?: Record<string, string> }).annotations;
  assert.equal(annotations?.['storageclass.kubernetes.io/is-default-class'], 'true');
  const texts = all.filter(({ kind }) => kind === 'ConfigMap').map((object) => JSON.stringify(object['data']));
  assert.ok(texts.some((text) => text.includes(paths.volumes)));
});

test('the storage provisioner: it may make pods in its own namespace alone', () => {
  const clusterRules = all
    .filter(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === 'local-path-provisioner')
    .flatMap((object) => object['rules'] as { resources: string[]; verbs: string[] }[]);
  const wide = clusterRules.filter(({ resources, verbs }) => resources.includes('pods') && verbs.includes('create'));
  assert.deepEqual(wide, []);
});

test('the probe: it lets in the allowed pod alone', () => {
  const [, deny, letIn] = makeProbeWalls();
  assert.deepEqual(deny?.['spec'], { podSelector: {}, policyTypes: ['Ingress'] });
  assert.match(
    JSON.stringify(letIn?.['spec']),
    /"from":\[\{"podSelector":\{"matchLabels":\{"probe":"allowed"\}\}\}\]/u,
  );
  assert.equal(makeProbePod('refused', '/p', []).metadata.name, 'refused');
});

for (const [object, path] of [
  [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } }, '/api/v1/namespaces/a'],
  [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }, '/api/v1/namespaces/default/pods/a'],
  [
    { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'a', namespace: 'b' } },
    '/apis/networking.k8s.io/v1/namespaces/b/networkpolicies/a',
  ],
  [
    { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'a' } },
    '/apis/storage.k8s.io/v1/storageclasses/a',
  ],
] as const) {
  test(`the address of a ${object.kind}: it is ${path}`, () => {
    assert.equal(makeObjectPath(object), path);
  });
}
