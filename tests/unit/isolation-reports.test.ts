/** What the server makes of a cluster's answers about how learners are kept apart. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeReadiness } from '../../sandbox-server/cli/status-command.ts';
import { findGaps, isolationLayers, type LayerReport } from '../../sandbox-server/driver/isolation.ts';
import {
  type Attempt,
  type AttemptOutcome,
  makeForbidden,
  reportDefaults,
  reportForbidden,
  reportRuntimeClass,
  reportUntried,
} from '../../sandbox-server/driver/kubernetes/learner-attempts.ts';
import {
  decideOutcome,
  makeProbeDoor,
  makeProbePod,
  reportWall,
} from '../../sandbox-server/driver/kubernetes/network-probe.ts';
import {
  decodeRuntimeClass,
  reportImages,
  reportUserNamespaces,
  usualRuntime,
} from '../../sandbox-server/driver/kubernetes/node-features.ts';

const proved = isolationLayers.map((layer): LayerReport => ({ layer, state: 'proved', because: '' }));
const but = (other: Pick<LayerReport, 'layer' | 'state'>) =>
  proved.map((report) => (report.layer === other.layer ? { ...report, ...other } : report));

describe('a learner is let in', () => {
  it('where all is proved', () => assert.deepEqual(findGaps(proved), []));

  it('not where nothing is said of a layer', () => {
    const silent = proved.filter(({ layer }) => layer !== 'quota' && layer !== 'lab_images');
    assert.deepEqual(
      findGaps(silent).map(({ layer }) => layer),
      ['quota'],
    );
  });

  for (const [layer, state, isLetIn] of [
    ['network', 'missing', false],
    ['network', 'not_checked', false],
    ['network', 'detected', false],
    ['rights', 'not_checked', false],
    ['pod_security', 'missing', false],
    ['admission_policies', 'missing', false],
    ['defaults', 'missing', false],
    ['quota', 'missing', false],
    ['user_namespaces', 'missing', false],
    ['user_namespaces', 'detected', true],
    ['user_namespaces', 'not_checked', true],
    ['runtime_class', 'missing', false],
    ['runtime_class', 'not_checked', true],
    ['image_volumes', 'missing', true],
    ['lab_images', 'missing', true],
  ] as const) {
    it(`${isLetIn ? 'also' : 'not'} where ${layer} is ${state}`, () => {
      assert.deepEqual(
        findGaps(but({ layer, state })).map((gap) => gap.layer),
        isLetIn ? [] : [layer],
      );
    });
  }
});

describe('the nodes', () => {
  const makeNode = (name: string, userNamespaces?: boolean, spec: object = {}) => ({
    metadata: { name, labels: { sandbox: name } },
    spec,
    status: {
      runtimeHandlers: [
        { ...(userNamespaces !== undefined && { features: { userNamespaces } }) },
        { name: 'runsc', features: { userNamespaces: false } },
      ],
    },
  });
  const runsc = (nodeSelector?: object) =>
    decodeRuntimeClass({ handler: 'runsc', ...(nodeSelector && { scheduling: { nodeSelector } }) });

  for (const [said, nodes, runtimeClass, state] of [
    ['can all give users', [makeNode('a', true), makeNode('b', true)], usualRuntime, 'detected'],
    ['cannot all', [makeNode('a', true), makeNode('b', false)], usualRuntime, 'missing'],
    ['do not say', [makeNode('a', true), makeNode('b')], usualRuntime, 'not_checked'],
    ['are cordoned', [makeNode('a', true), makeNode('b', false, { unschedulable: true })], usualRuntime, 'detected'],
    ['are tainted', [makeNode('a', false, { taints: [{ effect: 'NoSchedule' }] })], usualRuntime, 'not_checked'],
    ['cannot by the named class', [makeNode('a', true)], runsc(), 'missing'],
    ['are not those of the class', [makeNode('a', true)], runsc({ sandbox: 'b' }), 'not_checked'],
  ] as const) {
    it(`that ${said} are "${state}"`, () => {
      assert.equal(reportUserNamespaces({ items: nodes }, runtimeClass).state, state);
    });
  }

  it('that lack something are named', () => {
    const { because } = reportUserNamespaces({ items: [makeNode('good', true), makeNode('bad', false)] }, usualRuntime);
    assert.match(because, /of bad cannot give/);
  });
});

describe('the images of labs', () => {
  const makeNode = (name: string, images: readonly string[], spec: object = {}) => ({
    metadata: { name },
    spec,
    status: { images: images.map((image) => ({ names: [`${image}@sha256:0`, image] })) },
  });
  const many = Array.from({ length: 50 }, (_, index) => `example.org/image:${index}`);
  const whole = ['podium.dev/shell:1', 'docker.io/library/nginx:latest'];
  const lookFor = (...items: object[]) => reportImages({ items }, usualRuntime, ['podium.dev/shell:1', 'nginx']);

  for (const [said, node, state] of [
    ['has them', makeNode('b', whole), 'detected'],
    ['lacks one', makeNode('b', ['podium.dev/shell:1']), 'missing'],
    ['names as many as it can', makeNode('b', many), 'not_checked'],
    ['names none', makeNode('b', []), 'not_checked'],
    ['lacks them, and takes no shells', makeNode('b', many.slice(1), { unschedulable: true }), 'detected'],
  ] as const) {
    it(`are "${state}" where the second node ${said}`, () => {
      assert.equal(lookFor(makeNode('a', whole), node).state, state);
    });
  }

  it('are named with the nodes that lack them', () => {
    const { because } = lookFor(makeNode('a', whole), makeNode('b', ['podium.dev/shell:1']));
    assert.match(because, /\(b: docker\.io\/library\/nginx:latest\).*podium images load/);
  });
});

describe('what must be refused', () => {
  const attempt = (what: string): Attempt => ({ what, path: '/' });
  const refused: AttemptOutcome = { state: 'refused' };

  for (const [outcomes, state, because] of [
    [[refused, refused], 'proved', /^Was refused: first, second\.$/],
    [[refused, { state: 'taken' }], 'missing', /^Got through: second\. .*podium install/],
    [[refused, { state: 'unclear', reason: 'bad port' }], 'not_checked', /second: bad port/],
    [[{ state: 'taken' }, { state: 'unclear', reason: 'bad port' }], 'missing', /^Got through: first\. /],
  ] as const) {
    it(`is "${state}" after ${outcomes.map((outcome) => outcome.state).join(' and ')}`, () => {
      const [first, second] = outcomes;
      const tried = [
        [attempt('first'), first],
        [attempt('second'), second],
      ] as const;
      const report = reportForbidden('admission_policies', tried);
      assert.equal(report.state, state);
      assert.match(report.because, because);
    });
  }

  it('is told for each layer, also where nothing could be tried', () => {
    const layers = Object.keys(makeForbidden('a1', 'podium.dev/shell:1'));
    assert.deepEqual(
      reportUntried().map(({ layer }) => layer),
      layers,
    );
  });
});

describe('an ordinary pod', () => {
  const security = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const spec = {
    hostUsers: false,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{ securityContext: security }],
  };

  it('is confined by the cluster', () => assert.equal(reportDefaults({ spec }).state, 'proved'));
  for (const [what, unlike] of [
    ['the node’s users', { hostUsers: true }],
    ['all system calls', { securityContext: {} }],
    ['all capabilities', { containers: [{ securityContext: { ...security, capabilities: {} } }] }],
    ['a way up', { containers: [{ securityContext: { ...security, allowPrivilegeEscalation: true } }] }],
  ] as const) {
    it(`that keeps ${what} is not`, () =>
      assert.equal(reportDefaults({ spec: { ...spec, ...unlike } }).state, 'missing'));
  }

  it('runs under the class of the shells, or it is said how to bring it there', () => {
    const under = (runtimeClassName?: string) =>
      reportRuntimeClass('gvisor', { spec: { ...spec, ...(runtimeClassName && { runtimeClassName }) } });
    assert.equal(under('gvisor').state, 'proved');
    assert.match(under('kata').because, /under kata.*--runtime-class gvisor/);
    assert.match(under().because, /under none/);
  });
});

describe('the probe of the network', () => {
  const owner = { apiVersion: 'v1', kind: 'Namespace', name: 'learner-a1', uid: 'u' };
  const needs = { id: 'a1', owner, runtimeClass: 'gvisor' };

  it('opens the door to one pod and not to the other', () => {
    const { spec } = makeProbeDoor(needs);
    const labels = { 'podium.dev/sandbox': 'a1', 'podium.dev/probe': 'allowed' };
    assert.deepEqual(spec?.ingress, [{ from: [{ podSelector: { matchLabels: labels } }] }]);
    const [selected] = spec?.podSelector?.matchExpressions ?? [];
    assert.deepEqual(selected?.values, ['listener', 'allowed']);
    assert.equal(makeProbePod(needs, 'refused', []).metadata.labels?.['podium.dev/probe'], 'refused');
  });

  it('looks from pods that are confined as shells are', () => {
    const { spec } = makeProbePod(needs, 'allowed', [['open', '10.0.0.1:8080'], ['users']]);
    assert.deepEqual([spec?.hostUsers, spec?.runtimeClassName], [false, 'gvisor']);
    assert.deepEqual(
      spec?.containers.map(({ name, command }) => [name, command?.slice(1).join(' ')]),
      [
        ['open', 'probe open 10.0.0.1:8080'],
        ['users', 'probe users'],
      ],
    );
  });

  const ended = (exitCode: number) => ({ name: 'blocked', state: { terminated: { exitCode } } });
  const makePod = (containerStatuses: readonly object[]) => ({
    metadata: {},
    spec: { nodeName: 'n', containers: [{ image: 'i' }] },
    status: { phase: 'Running', containerStatuses },
  });

  it('waits until all its containers have ended', () => {
    assert.equal(decideOutcome(makePod([ended(0), { name: 'users', state: { running: {} } }])), undefined);
    assert.deepEqual(decideOutcome(makePod([ended(2)])), { node: 'n', statuses: { blocked: 2 } });
  });

  it('says so when its image is not there', () => {
    const waiting = { name: 'blocked', state: { waiting: { reason: 'ErrImagePull' } } };
    assert.throws(() => decideOutcome(makePod([waiting])), /image_missing/);
  });

  for (const [status, state, because] of [
    [0, 'proved', /nodes: n, m/],
    [2, 'missing', /Install a network plugin/],
    [1, 'not_checked', /another version of Podium/],
  ] as const) {
    it(`that ends with ${status} leaves the network "${state}"`, () => {
      const report = reportWall(status, ['n', 'm']);
      assert.equal(report.state, state);
      assert.match(report.because, because);
    });
  }
});

it('podium status names each layer, how it is, and why', () => {
  const because = 'A connection got through.';
  const text = describeReadiness('http://x', {
    code: 'isolation_unproved',
    isolation: [
      { layer: 'network', state: 'missing', because },
      { layer: 'user_namespaces', state: 'detected', because: 'Said.' },
    ],
  });
  assert.match(text, /^Podium at http:\/\/x: not ready \(isolation_unproved\)$/m);
  assert.match(text, /^ {2}network {10}missing {3}A connection got through\.$/m);
  assert.equal(describeReadiness('http://x', { ready: true }), 'Podium at http://x: ready');
});
