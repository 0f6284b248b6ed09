import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseInstallArguments } from '../../sandbox-server/cli/install-options.ts';
import { requireVersion } from '../../sandbox-server/driver/kubernetes/install.ts';

const surroundings = { home: '/home/op', environment: {} };
const parse = (...args: string[]) => parseInstallArguments(args, surroundings);

describe('podium install', () => {
  it('takes the kubeconfig that kubectl would', () => {
    const fromHome = parse('--context', 'lab', '--print');
    assert.equal(fromHome.ok && fromHome.invocation.kubeconfigPath, '/home/op/.kube/config');
    const environment = { KUBECONFIG: '/first:/second' };
    const named = parseInstallArguments(['--context', 'lab', '--apply'], { ...surroundings, environment });
    assert.equal(named.ok && named.invocation.kubeconfigPath, '/first');
  });

  for (const [args, reason] of [
    [['--print'], /Which cluster\?/],
    [['--context', 'lab'], /either --print, to look, or --apply/],
    [['--context', 'lab', '--print', '--apply'], /either --print, to look, or --apply/],
    [['--context', 'lab', '--print', '--server-kubeconfig', 'x'], /say --apply/],
    [['--context', 'lab', '--print', '--janitor-kubeconfig', 'x'], /say --apply/],
    [['--context', 'lab', '--apply', '--image', 'nginx'], /nginx is not a full name/],
    [['--context', 'lab', '--apply', '--image', 'library/nginx:1'], /not a full name/],
    [['--context', 'lab', '--apply', '--runtime-class', "x' || true"], /name of a RuntimeClass/],
    [['--force'], /--force/],
  ] as const) {
    it(`says what is wrong with ${args.join(' ')}`, () => {
      const parsed = parse(...args);
      assert.ok(!parsed.ok);
      assert.match(parsed.reason, reason);
    });
  }

  it('takes further images by their full names', () => {
    const parsed = parse(
      '--context',
      'lab',
      '--apply',
      '--image',
      'docker.io/library/redis:8',
      '--image',
      'localhost:5000/x:1',
    );
    assert.deepEqual(parsed.ok && parsed.invocation.imageNames, ['docker.io/library/redis:8', 'localhost:5000/x:1']);
  });

  for (const [minor, isNewEnough] of [
    ['36', true],
    ['36+', true],
    ['40', true],
    ['35', false],
    ['9', false],
  ] as const) {
    it(`${isNewEnough ? 'takes' : 'refuses'} Kubernetes 1.${minor}`, () => {
      const answer = { major: '1', minor, gitVersion: `v1.${minor}.0` };
      if (isNewEnough) requireVersion(answer);
      else assert.throws(() => requireVersion(answer), /is Kubernetes v1\..*Podium needs 1\.36 or newer/);
    });
  }
});
