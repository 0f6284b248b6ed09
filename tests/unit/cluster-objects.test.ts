/** What is made once a cluster, before any sandbox. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeAdmissionPolicies } from '../../sandbox-server/driver/kubernetes/admission-policies.ts';
import { makeClusterObjects } from '../../sandbox-server/driver/kubernetes/cluster-objects.ts';
import { makeImageHolder } from '../../sandbox-server/driver/kubernetes/image-holder.ts';
import { collectionPath, objectPath } from '../../sandbox-server/driver/kubernetes/manifest.ts';
import { makeShellCommons } from '../../sandbox-server/driver/kubernetes/network.ts';

describe('the cluster', () => {
  const imageNames = ['docker.io/library/nginx:latest', 'podium.dev/shell:1'];
  const objects = makeClusterObjects({ imageNames, apiServers: [{ address: '10.0.0.1', port: 6443 }] });

  it('gets the namespaces before what is in them, and each object once', () => {
    assert.deepEqual(
      objects[0]?.map(({ kind, metadata }) => [kind, metadata.name]),
      [
        ['Namespace', 'podium'],
        ['Namespace', 'podium-sandboxes'],
      ],
    );
    const paths = objects.flat().map(objectPath);
    assert.deepEqual(paths.toSorted(), [...new Set(paths)].toSorted());
  });

  it('binds every policy that it has', () => {
    const all = makeAdmissionPolicies({ imageNames });
    const named = (kind: string) => all.filter((each) => each.kind === kind).map(({ metadata }) => metadata.name);
    assert.deepEqual(named('ValidatingAdmissionPolicy'), named('ValidatingAdmissionPolicyBinding'));
  });

  it('names the images that are here as one would type them', () => {
    const text = JSON.stringify(makeAdmissionPolicies({ imageNames }));
    assert.match(text, /Images that are here: nginx, podium\.dev\/shell:1/);
  });

  it('lets no pod of a learner run under another runtime class than that of all', () => {
    const under = (runtimeClass?: string) =>
      JSON.stringify(makeClusterObjects({ imageNames, apiServers: [], runtimeClass }));
    assert.match(under('gvisor'), /'gvisor' == '' \|\| has\(object\.spec\.runtimeClassName\) \? \[\]/);
    assert.match(under('gvisor'), /variables\.pod\.runtimeClassName == 'gvisor'/);
    assert.match(under(), /'' == '' \|\| has\(object\.spec\.runtimeClassName\) \? \[\]/);
  });

  it('has images brought to every node only when an operator wants it, at next to no cost', () => {
    assert.ok(!objects.flat().some(({ kind }) => kind === 'DaemonSet'));
    const { spec } = makeImageHolder(imageNames);
    const pod = spec?.template.spec;
    assert.deepEqual(
      pod?.volumes?.map(({ image }) => image?.reference),
      imageNames,
    );
    assert.deepEqual([pod?.automountServiceAccountToken, pod?.hostUsers], [false, false]);
    assert.deepEqual(pod?.containers[0]?.resources?.requests, { cpu: '1m', memory: '8Mi' });
  });

  it('gives the server no right on secrets, and on bindings only that of making them', () => {
    type Role = {
      metadata: { name: string };
      rules: { resources: string[]; verbs: string[]; resourceNames?: string[] }[];
    };
    const roles = objects.flat().filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role') as unknown as Role[];
    const serverRoles = ['podium-server', 'podium-keeper', 'podium-shells', 'podium-api-server-address'];
    const rules = roles.filter(({ metadata }) => serverRoles.includes(metadata.name)).flatMap((role) => role.rules);
    assert.ok(rules.every(({ resources }) => !resources.includes('secrets') && !resources.includes('*')));
    assert.deepEqual(
      rules.filter(({ resources }) => resources.includes('rolebindings')).map(({ verbs }) => verbs),
      [['create']],
    );
    assert.deepEqual(rules.find(({ verbs }) => verbs.includes('bind'))?.resourceNames, [
      'podium-keeper',
      'podium-learner',
      'podium-checker',
      'podium-network-author',
      'podium-account-view',
      'podium-account-edit-pods',
    ]);
  });

  it('lets no account of a lab do what its learner may not', () => {
    type Rule = { apiGroups: string[]; resources: string[]; verbs: string[] };
    const rulesOf = (name: string) => {
      const role = objects.flat().find(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === name);
      const rules = (role as unknown as { rules: Rule[] }).rules;
      return rules.flatMap(({ apiGroups, resources, verbs }) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${apiGroups[0]}/${resource}`)),
      );
    };
    const learner = rulesOf('podium-learner');
    for (const name of ['podium-account-view', 'podium-account-edit-pods']) {
      const rights = rulesOf(name);
      assert.ok(rights.length > 0);
      assert.deepEqual(
        rights.filter((right) => !learner.includes(right)),
        [],
        name,
      );
      assert.ok(rights.every((right) => !right.includes('/secrets')));
    }
  });

  it('lets shells reach API servers of both families by their addresses', () => {
    const { spec } = makeShellCommons([
      { address: '10.0.0.1', port: 6443 },
      { address: 'fd00::1', port: 6443 },
    ]);
    assert.deepEqual(spec?.egress?.slice(1), [
      { to: [{ ipBlock: { cidr: '10.0.0.1/32' } }], ports: [{ protocol: 'TCP', port: 6443 }] },
      { to: [{ ipBlock: { cidr: 'fd00::1/128' } }], ports: [{ protocol: 'TCP', port: 6443 }] },
    ]);
  });

  for (const [kind, apiVersion, path] of [
    ['Pod', 'v1', '/api/v1/namespaces/n/pods'],
    ['NetworkPolicy', 'networking.k8s.io/v1', '/apis/networking.k8s.io/v1/namespaces/n/networkpolicies'],
  ] as const) {
    it(`is asked for ${kind} objects at their path`, () => {
      assert.equal(collectionPath({ kind, apiVersion, metadata: { name: 'x', namespace: 'n' } }), path);
    });
  }
});
