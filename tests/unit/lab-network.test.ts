/** Where a lab whose learner writes network policies can be had, and what the proof of the outer wall says. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LayerState } from '../../sandbox-server/driver/isolation.ts';
import { judgeNetwork } from '../../sandbox-server/driver/kubernetes/judge-network.ts';
import { makeWallPod, reportOuterWallProof } from '../../sandbox-server/driver/kubernetes/outer-wall-proof.ts';
import { labDefinition } from '../../sandbox-server/protocol/lab.ts';

const reported = (state: LayerState) => [{ layer: 'outer_wall', state, because: '' }] as const;

describe('a lab whose learner writes network policies', () => {
  for (const [called, knowledge, lack] of [
    ['is given where the wall is proved', { hasOuterWall: true, report: reported('proved') }, undefined],
    [
      'is not where the wall is only detected',
      { hasOuterWall: true, report: reported('detected') },
      'network_unwalled',
    ],
    ['is not where nobody could look', { hasOuterWall: true, report: reported('not_checked') }, 'network_unwalled'],
    ['is not where the wall is missing', { hasOuterWall: true, report: reported('missing') }, 'network_unwalled'],
    ['is not without Cilium', { hasOuterWall: false, report: undefined }, 'network_unwalled'],
    ['is not refused before anything is known', { hasOuterWall: true, report: [] }, undefined],
    ['is given to who tries it on their own cluster', { hasOuterWall: true, report: undefined }, undefined],
  ] as const)
    it(called, () => assert.equal(judgeNetwork({ network: 'learner' }, knowledge), lack));

  it('is the only one that is asked about', () =>
    assert.equal(judgeNetwork({ network: 'default' }, { hasOuterWall: false, report: [] }), undefined));
});

describe('the proof of the outer wall', () => {
  for (const [status, state] of [
    [0, 'proved'],
    [2, 'missing'],
    [3, 'not_checked'],
    [127, 'not_checked'],
    [undefined, 'not_checked'],
  ] as const)
    it(`is ${state} when its pod ends with ${status}`, () =>
      assert.equal(reportOuterWallProof(status, 'node').state, state));

  it('tries the address of an API server, after names', () => {
    const pod = makeWallPod('a1', 'i', { address: '10.0.0.1', port: 6443 });
    assert.equal(pod.metadata.namespace, 'learner-a1');
    assert.match(JSON.stringify(pod), /reach '10\.0\.0\.1' 6443/);
  });
});

describe('accounts in lab.yaml', () => {
  const { serviceAccounts } = labDefinition.shape;
  const view = (name: string) => ({ name, role: 'view' });
  for (const [called, value, isRight] of [
    ['two of different names', [view('a'), { name: 'b', role: 'edit-pods' }], true],
    ['two of one name', [view('a'), view('a')], false],
    ['the one that every pod has', [view('default')], false],
    ['a role of the author’s own', [{ name: 'a', role: 'cluster-admin' }], false],
    ['more than five', ['a', 'b', 'c', 'd', 'e', 'f'].map(view), false],
  ] as const)
    it(`are ${isRight ? 'taken' : 'refused'}: ${called}`, () =>
      assert.equal(serviceAccounts.safeParse(value).success, isRight));
});
