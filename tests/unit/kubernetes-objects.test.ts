/** The manifests as the API server gets them, whole; and what is read of its answers. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  makeAccounts,
  makeCheckerBinding,
  makeKeeperBinding,
  makeLearnerBinding,
  makeLimits,
  makeOwnerReference,
  makeShellNetwork,
} from '../../sandbox-server/driver/kubernetes/learner-objects.ts';
import { makeLabAccount } from '../../sandbox-server/driver/kubernetes/lab-needs.ts';
import { makeOuterWall } from '../../sandbox-server/driver/kubernetes/outer-wall.ts';
import { decideReady } from '../../sandbox-server/driver/kubernetes/pod-state.ts';
import {
  decodePlace,
  decodePlaces,
  makeGivingPatch,
  makeNamespace,
  makeRecord,
} from '../../sandbox-server/driver/kubernetes/place.ts';
import { makeShellPod } from '../../sandbox-server/driver/kubernetes/shell-pod.ts';
import { type ErrorCode, PodiumError } from '../../sandbox-server/errors.ts';

const life = { createdAt: new Date('2026-11-22T10:00:00Z'), expiresAt: new Date('2026-11-22T12:00:00Z') };
const claim = { id: 'c1', lab: 'first-steps', ownerHash: 'f00d' };
const made = { id: 'a1', image: 'podium.dev/shell:1', ...life };
const server = { uid: 'uid-1', resourceVersion: '7' };
const owner = makeOwnerReference('a1', 'uid-1');
const ours = { 'app.kubernetes.io/managed-by': 'podium' };
const hasCode = (code: ErrorCode) => (error: unknown) => error instanceof PodiumError && error.code === code;

describe('a sandbox', () => {
  it('has its record on its namespace', () => {
    assert.deepEqual(makeNamespace({ ...made, claim }), {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: 'learner-a1',
        labels: {
          ...ours,
          'podium.dev/sandbox': 'a1',
          'podium.dev/claim': 'c1',
          'podium.dev/lab': 'first-steps',
          'pod-security.kubernetes.io/enforce': 'restricted',
          'pod-security.kubernetes.io/warn': 'privileged',
          'pod-security.kubernetes.io/audit': 'privileged',
        },
        annotations: {
          'podium.dev/image': 'podium.dev/shell:1',
          'podium.dev/owner': 'f00d',
          'podium.dev/created-at': '2026-11-22T10:00:00.000Z',
          'podium.dev/expires-at': '2026-11-22T12:00:00.000Z',
          'podium.dev/state': 'starting',
        },
      },
    });
  });

  it('is read back from its namespace as it was written', () => {
    const { metadata } = makeNamespace({ ...made, claim });
    const place = decodePlace({ metadata: { ...metadata, ...server } });
    assert.deepEqual(place, { ...made, claim, ...server, state: 'starting' });
    assert.deepEqual(makeRecord(place), { ...claim, ...life, namespace: 'learner-a1', state: 'starting' });
    const ending = { metadata: { ...metadata, ...server, deletionTimestamp: '2026-11-22T11:00:00Z' } };
    assert.equal(decodePlace(ending).state, 'stopping');
  });

  it('is nobody’s in the pool, until it is given with its own lifetime, to the first who is there', () => {
    const { metadata } = makeNamespace(made);
    const place = decodePlace({ metadata: { ...metadata, ...server } });
    assert.equal(place.claim, undefined);
    assert.equal(makeRecord(place), undefined);
    const later = { createdAt: new Date('2026-11-22T11:00:00Z'), expiresAt: new Date('2026-11-22T13:00:00Z') };
    const patch = makeGivingPatch(place, claim, later, 'running').metadata;
    assert.equal(patch.resourceVersion, '7');
    const given = decodePlace({
      metadata: {
        ...metadata,
        ...server,
        labels: { ...metadata?.labels, ...patch.labels },
        annotations: { ...metadata?.annotations, ...patch.annotations },
      },
    });
    assert.deepEqual(makeRecord(given), { ...claim, ...later, namespace: 'learner-a1', state: 'running' });
  });

  it('is not hidden by another whose record is broken', () => {
    const good = { metadata: { ...makeNamespace(made).metadata, ...server } };
    const broken: unknown[] = [];
    const places = decodePlaces({ items: [{ metadata: { name: 'learner-x' } }, good] }, (error) => broken.push(error));
    assert.deepEqual([places.length, broken.length], [1, 1]);
  });

  it('keeps to itself: the network of its namespace', () => {
    const policy = makeLimits('a1').find(({ kind }) => kind === 'NetworkPolicy');
    const dns = {
      to: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
          podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
        },
      ],
      ports: [
        { protocol: 'UDP', port: 53 },
        { protocol: 'TCP', port: 53 },
      ],
    };
    assert.deepEqual(policy, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'podium', namespace: 'learner-a1', labels: ours },
      spec: {
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
        ingress: [
          {
            from: [
              { podSelector: {} },
              {
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'podium-sandboxes' } },
                podSelector: { matchLabels: { 'podium.dev/sandbox': 'a1' } },
              },
            ],
          },
        ],
        egress: [{ to: [{ podSelector: {} }] }, dns],
      },
    });
  });

  it('is walled in by what denies, but for its own namespace, its own shell and names', () => {
    const { spec } = makeOuterWall('a1') as unknown as { spec: Record<string, unknown> };
    const outside = (...values: string[]) => ({
      matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'NotIn', values }],
    });
    const othersShells = {
      matchExpressions: [
        { key: 'k8s:io.kubernetes.pod.namespace', operator: 'In', values: ['podium-sandboxes'] },
        { key: 'k8s:podium.dev/sandbox', operator: 'NotIn', values: ['a1'] },
      ],
    };
    const dns = (operator: string) => ({
      matchExpressions: [
        { key: 'k8s:io.kubernetes.pod.namespace', operator: 'In', values: ['kube-system'] },
        { key: 'k8s:k8s-app', operator, values: ['kube-dns'] },
      ],
    });
    const allBut53 = ['TCP', 'UDP'].flatMap((protocol) => [
      { port: '1', endPort: 52, protocol },
      { port: '54', endPort: 65535, protocol },
    ]);
    assert.deepEqual(spec['egressDeny'], [
      { toEntities: ['world', 'host', 'remote-node'] },
      { toEndpoints: [outside('learner-a1', 'kube-system', 'podium-sandboxes'), othersShells] },
      { toEndpoints: [dns('NotIn')] },
      { toEndpoints: [dns('In')], toPorts: [{ ports: allBut53 }] },
    ]);
    assert.deepEqual(spec['ingressDeny'], [
      { fromEntities: ['world'] },
      { fromEndpoints: [outside('learner-a1', 'podium-sandboxes'), othersShells] },
    ]);
  });

  it('has a door in its wall to the API servers, by address and port, where a lab asks for one', () => {
    const servers = [
      { address: '10.0.0.1', port: 6443 },
      { address: '10.0.0.2', port: 6443 },
      { address: 'fd00::1', port: 443 },
    ];
    const { spec } = makeOuterWall('a1', servers) as unknown as { spec: Record<string, object[]> };
    assert.deepEqual(spec['egressDeny']?.slice(0, 2), [
      {
        toCIDRSet: [
          { cidr: '0.0.0.0/0', except: ['10.0.0.1/32', '10.0.0.2/32'] },
          { cidr: '::/0', except: ['fd00::1/128'] },
        ],
      },
      {
        toEntities: ['world', 'host', 'remote-node'],
        toPorts: [
          {
            ports: [
              { port: '1', endPort: 442, protocol: 'TCP' },
              { port: '444', endPort: 6442, protocol: 'TCP' },
              { port: '6444', endPort: 65535, protocol: 'TCP' },
              { port: '1', endPort: 65535, protocol: 'UDP' },
            ],
          },
        ],
      },
    ]);
  });

  it('has the accounts that a lab names, each bound to its role there alone', () => {
    const [account, binding] = makeLabAccount('a1', { name: 'looker', role: 'view' });
    assert.deepEqual([account.metadata?.name, account.metadata?.namespace], ['looker', 'learner-a1']);
    assert.deepEqual(
      [binding.kind, binding.metadata?.name, binding.metadata?.namespace, binding.roleRef.name],
      ['RoleBinding', 'account-looker', 'learner-a1', 'podium-account-view'],
    );
    assert.deepEqual(binding.subjects, [{ kind: 'ServiceAccount', namespace: 'learner-a1', name: 'looker' }]);
  });

  it('is bound to three roles, of which the learner has one', () => {
    const bindings = [makeKeeperBinding('a1'), makeLearnerBinding('a1'), makeCheckerBinding('a1')];
    assert.deepEqual(
      bindings.map(({ roleRef, subjects }) => [roleRef.name, subjects?.[0]?.namespace, subjects?.[0]?.name]),
      [
        ['podium-keeper', 'podium', 'podium-server'],
        ['podium-learner', 'podium-sandboxes', 'shell-a1'],
        ['podium-checker', 'podium-sandboxes', 'checker-a1'],
      ],
    );
    assert.ok(bindings.every(({ metadata }) => metadata?.namespace === 'learner-a1'));
  });

  it('leaves nothing among the shells when its namespace has ended', () => {
    const beside = [
      ...makeAccounts('a1', owner),
      makeShellNetwork('a1', owner),
      makeShellPod({ id: 'a1', image: 'i', owner, agent: 'volume' }),
    ];
    for (const { metadata } of beside) {
      assert.equal(metadata?.namespace, 'podium-sandboxes');
      assert.deepEqual(metadata?.ownerReferences, [
        { apiVersion: 'v1', kind: 'Namespace', name: 'learner-a1', uid: 'uid-1' },
      ]);
    }
  });
});

describe('the shell pod', () => {
  const needs = { id: 'a1', image: 'podium.dev/shell:1', owner };
  const { spec } = makeShellPod({ ...needs, agent: 'volume' });
  const mounts = (name: string) =>
    spec?.containers
      .find((container) => container.name === name)
      ?.volumeMounts?.map((mount) => [mount.name, mount.readOnly ?? false]);

  it('shows the learner’s token to the shell alone, and the home read-only to the checker', () => {
    assert.equal(spec?.automountServiceAccountToken, false);
    assert.deepEqual(mounts('shell'), [
      ['home', false],
      ['temporary', false],
      ['cluster', true],
      ['token', true],
      ['agent', true],
      ['socket', false],
    ]);
    assert.deepEqual(mounts('checker'), [
      ['home', true],
      ['checker', false],
      ['cluster', true],
      ['agent', true],
    ]);
  });

  it('passes the restricted standard and has users of its own', () => {
    assert.equal(spec?.hostUsers, false);
    assert.equal(spec.securityContext?.runAsNonRoot, true);
    assert.deepEqual(spec.securityContext.seccompProfile, { type: 'RuntimeDefault' });
    for (const { securityContext } of spec.containers) {
      assert.deepEqual(securityContext, {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      });
    }
  });

  it('runs under the runtime class of the operator, where there is one', () => {
    const under = makeShellPod({ ...needs, agent: 'volume', runtimeClass: 'gvisor' });
    assert.deepEqual(under.spec, { ...spec, runtimeClassName: 'gvisor' });
    assert.ok(spec && !('runtimeClassName' in spec));
  });

  it('brings the program that owns the terminals along, whatever image it has', () => {
    const shell = spec?.containers.find(({ name }) => name === 'shell');
    assert.deepEqual(shell?.command?.slice(0, 2), ['/podium/shell-agent', 'serve']);
    assert.deepEqual(spec?.volumes?.find(({ name }) => name === 'agent')?.image?.reference, 'podium.dev/shell-agent:1');
    assert.equal(spec?.initContainers, undefined);
  });

  it('copies that program where a cluster cannot mount an image', () => {
    const { spec: copied } = makeShellPod({ ...needs, agent: 'copy' });
    assert.deepEqual(copied?.initContainers?.[0]?.command, ['/shell-agent', 'install', '/podium']);
    assert.deepEqual(copied?.volumes?.find(({ name }) => name === 'agent')?.emptyDir, { sizeLimit: '16Mi' });
  });

  const withStatus = (status: object) => ({ metadata: {}, spec: { containers: [{ image: 'i' }] }, status });
  it('is waited for while it starts, and not longer', () => {
    assert.equal(decideReady(withStatus({})), undefined);
    assert.equal(decideReady(withStatus({ conditions: [{ type: 'Ready', status: 'False' }] })), undefined);
    assert.equal(decideReady(withStatus({ conditions: [{ type: 'Ready', status: 'True' }] })), true);
  });
  for (const [called, object, code] of [
    [
      'an image that is not here',
      withStatus({ containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }] }),
      'image_missing',
    ],
    [
      'a full cluster',
      withStatus({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] }),
      'cluster_full',
    ],
    ['an eviction', withStatus({ phase: 'Failed' }), 'start_failed'],
    ['a deletion', null, 'start_failed'],
    ['an answer that is no pod', { kind: 'Status' }, 'cluster_refused'],
  ] as const) {
    it(`is given up at ${called}`, () => {
      assert.throws(() => decideReady(object), hasCode(code));
    });
  }
});
