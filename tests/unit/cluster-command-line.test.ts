import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommandLine } from '../../deploy/cluster/command-line.ts';

test('npm run cluster -- up: it is about the cluster "podium" at any free port', () => {
  assert.deepEqual(parseCommandLine(['up']), {
    ok: true,
    invocation: { command: 'up', name: 'podium', isJson: false, port: 0, imageArchives: [] },
  });
});

test('npm run cluster -- logs kubelet --name two: it takes the words in any order', () => {
  const expected = parseCommandLine(['--name', 'two', 'logs', 'kubelet']);
  assert.deepEqual(parseCommandLine(['logs', 'kubelet', '--name', 'two']), expected);
});

for (const [args, mistake] of [
  [[], /a command is missing/u],
  [['fly'], /no command "fly"/u],
  [['up', '--port', '70000'], /"70000" is not a port/u],
  [['up', '--speed', '9'], /Unknown option '--speed'/u],
  [['export'], /needs the name of a file/u],
  [['logs', 'nonsense'], /no part "nonsense"; there are etcd/u],
  [['down', 'podium'], /down takes no "podium"/u],
] as const) {
  test(`npm run cluster -- ${args.join(' ')}: it says ${mistake.source}`, () => {
    const parsed = parseCommandLine(args);
    assert.ok(!parsed.ok);
    assert.match(parsed.mistakes.join('\n'), mistake);
  });
}

test('several mistakes: it reports them all at once', () => {
  const parsed = parseCommandLine(['fly', '--port', 'x']);
  assert.equal(!parsed.ok && parsed.mistakes.length, 2);
});
