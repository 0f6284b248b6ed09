import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commandKind } from '../../sandbox-server/cli/lab/verify/command-kind.ts';
import { compareOutput } from '../../sandbox-server/cli/lab/verify/compare-output.ts';
import {
  decodeExpectation,
  describeExpectation,
  type Expectation,
  judgeRun,
} from '../../sandbox-server/cli/lab/verify/expectation.ts';
import { makeJUnit } from '../../sandbox-server/cli/lab/verify/junit.ts';
import { makeCommandScript, makeWriteScript } from '../../sandbox-server/cli/lab/verify/learner-scripts.ts';
import { describeSummary, describeTask, type TaskResult } from '../../sandbox-server/cli/lab/verify/report.ts';

describe('what a page shows of an output', () => {
  const same: readonly (readonly [string, string, string])[] = [
    ['the very line', 'pod/web created', 'pod/web created\n'],
    ['a line among others', 'two', 'one\ntwo\nthree'],
    ['other blanks', 'NAME   READY', 'NAME READY   '],
    ['empty lines between', 'one\ntwo', 'one\n\n\ntwo'],
    ['any text in a line', 'web  1/1  Running  0  …', 'web   1/1     Running   0          12s'],
    ['any text within a line', 'Error: … denied', 'Error: pods "typo" is forbidden: denied'],
    ['no text where any may be', 'age: …', 'age:'],
    ['any lines', 'first\n…\nlast', 'first\na\nb\nlast'],
    ['no lines where any may be', 'first\n…\nlast', 'first\nlast'],
    ['any lines, of which one begins what comes behind', '…\nb\nc', 'b\na\nb\nc'],
    ['any lines at both ends', '…\nFIELD: x\n…', 'KIND: Pod\nFIELD: x\nMORE'],
    ['a word', 'web-<any> Running', 'web-7c9f8-x2x Running'],
    ['what only begins at its second place', 'a\nb', 'a\nc\na\nb'],
    [
      'what means something to an expression',
      'cost (in $) [1.5*]? {a}|b^c\\d -e /f',
      'cost (in $) [1.5*]? {a}|b^c\\d -e /f',
    ],
  ];
  for (const [what, expected, printed] of same) {
    it(`is ${what}`, () => assert.deepEqual(compareOutput(expected, printed), { isSame: true }));
  }

  const others: readonly (readonly [string, string, string, string, string | undefined])[] = [
    ['another line', 'pod/web created', 'pod/web configured', 'pod/web created', 'pod/web configured'],
    ['nothing', 'pod/web created', '', 'pod/web created', undefined],
    ['a line that goes on', 'pod/web', 'pod/web created', 'pod/web', 'pod/web created'],
    ['two words for one', 'web <any>', 'web is here', 'web <any>', 'web is here'],
    ['a line in between', 'a\nb', 'a\nx\nb', 'b', 'x'],
    ['the end too early', 'a\nb', 'x\na', 'b', undefined],
    ['a dot for any character', '1.5', '1x5', '1.5', '1x5'],
  ];
  for (const [what, expected, printed, line, seen] of others) {
    it(`is not ${what}, and says at which line`, () => {
      assert.deepEqual(compareOutput(expected, printed), { isSame: false, expected: line, seen });
    });
  }
});

describe('a command of a page', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['kubectl get pods', 'ends'],
    ['kubectl apply -f web.yaml', 'ends'],
    ['kubectl get pods --watch', 'endless'],
    ['kubectl get pods -w -l app=web', 'endless'],
    ['kubectl get pods -o wide', 'ends'],
    ['kubectl logs --follow clock | sed 2q', 'endless'],
    ['kubectl logs -f clock', 'endless'],
    ['kubectl port-forward pod/web 8080:80', 'endless'],
    ['kubectl port-forward pod/web 8080:80 &', 'ends'],
    ['kubectl exec -it web -- sh', 'interactive'],
    ['bash --norc', 'interactive'],
    ['kubectl exec -it web -- ls /', 'ends'],
    ['kubectl rollout status deployment web --watch=false', 'ends'],
    ['kubectl get pods --watch\nkubectl get pods', 'ends'],
    ['for i in 1 2 3; do echo $i; done', 'ends'],
    ['while true; do date; sleep 1; done', 'endless'],
    ['while sleep 0.5; do curl -s http://web/; done', 'endless'],
    ['while read -r line; do echo $line; done < file', 'ends'],
  ];
  for (const [command, kind] of rows) {
    it(`is known as what ${kind}: ${command.replace('\n', ' ⏎ ')}`, () => assert.equal(commandKind(command), kind));
  }
});

describe('what a case expects', () => {
  const decoded = (line: string) => decodeExpectation(`#!/bin/sh\n${line}\nset -eu\n`);

  it('is done, or a message with the values that matter', () => {
    assert.deepEqual(decoded('# expect: done'), { ok: true, expectation: { kind: 'done' } });
    const values = { pod: 'web', found: "a 'b".replace("'", '') };
    assert.deepEqual(decoded("# expect: wrong-image pod=web found='a b'"), {
      ok: true,
      expectation: { kind: 'message', message: 'wrong-image', values },
    });
  });

  for (const line of ['', '# expects: done', '# expect:', '# expect: Wrong Image', '# expect: wrong pod']) {
    it(`is not "${line}"`, () => assert.equal(decoded(line).ok, false));
  }

  it('is written as it was read', () => {
    for (const said of ['done', 'no-pod', "wrong-image pod=web found='a b'"]) {
      const result = decoded(`# expect: ${said}`);
      assert.equal(result.ok && describeExpectation(result.expectation), said);
    }
  });

  const miss: Expectation = { kind: 'message', message: 'wrong-image', values: { pod: 'web' } };
  const rows: readonly (readonly [string, Expectation, number, string, string])[] = [
    ['the message with more values', miss, 1, 'wrong-image pod=web found=busybox\n', 'met'],
    ['another value', miss, 1, 'wrong-image pod=site', 'other'],
    ['another message', miss, 1, 'no-pod pod=web', 'other'],
    ['done for a near miss', miss, 0, '', 'wrong'],
    ['a failure', miss, 2, '', 'other'],
    ['done', { kind: 'done' }, 0, '', 'met'],
    ['a message where it should be done', { kind: 'done' }, 1, 'no-pod pod=web', 'other'],
  ];
  for (const [what, expectation, exitCode, output, kind] of rows) {
    it(`takes ${what} for "${kind}"`, () => assert.equal(judgeRun(expectation, { exitCode, output }).kind, kind));
  }
});

describe('a script in the learner’s place', () => {
  it('writes files with their folders and rights, whatever is in them', () => {
    const content = Buffer.from("it's\n");
    const files = [
      { path: 'a/b.yaml', content, isExecutable: false },
      { path: "it's", content, isExecutable: true },
    ];
    assert.equal(
      makeWriteScript(files),
      [
        '#!/bin/sh',
        'set -eu',
        "mkdir -p './a'",
        "printf %s 'aXQncwo=' | base64 -d > './a/b.yaml'",
        "printf %s 'aXQncwo=' | base64 -d > './it'\\''s'",
        "chmod +x './it'\\''s'",
        '',
      ].join('\n'),
    );
  });

  it('gives a command to bash as it is', () => {
    assert.equal(makeCommandScript("echo 'a'"), "#!/bin/sh\nexec bash -c 'echo '\\''a'\\'''\n");
  });
});

describe('the report of labs', () => {
  const failure = {
    file: 'labs/b/steps/01-a.md',
    line: 7,
    message: 'The page shows "a" & <b>.',
    detail: 'x\u001b\ny\n',
  };
  const results: readonly TaskResult[] = [
    { lab: 'b', kind: 'walk', name: '', ms: 1500, failures: [failure] },
    { lab: 'a', kind: 'solve', name: '', ms: 2000, failures: [] },
    { lab: 'a', kind: 'case', name: 'first: other', ms: 500, failures: [] },
  ];

  it('shows a failure by file and line, with what was printed', () => {
    assert.equal(
      describeTask(results[0] as TaskResult),
      'b  walk  1.5 s  FAILED\nlabs/b/steps/01-a.md:7: The page shows "a" & <b>.\n    | x\u001b\n    | y',
    );
  });

  it('ends with how many labs are verified', () => {
    assert.deepEqual(describeSummary(results, 3000).split('\n'), [
      'a  solve 2.0 s  1 cases 0.5 s',
      'b  walk 1.5 s (1 FAILED)',
      'labs: 1 of 2 verified (solve, walk, 1 cases) in 3.0 s',
    ]);
  });

  it('is JUnit’s XML for a CI, without what XML does not have', () => {
    const xml = makeJUnit(results);
    assert.match(xml, /<testsuites tests="3" failures="1" time="4\.000">/);
    assert.match(xml, /<testcase classname="a" name="case first: other" time="0\.500"\/>/);
    assert.match(xml, /<failure message="The page shows &quot;a&quot; &amp; &lt;b&gt;\.">/);
    assert.doesNotMatch(xml, /\u001b/);
  });
});
