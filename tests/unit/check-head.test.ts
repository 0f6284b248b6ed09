import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeCheckHead } from '../../sandbox-server/labs/check-head.ts';

const none: readonly [string, string][] = [];

describe('the head of a check', () => {
  for (const [what, source, needs] of [
    ['needs nothing where it does not say so', '#!/bin/sh\n# Done when it is.\nexit 0\n', none],
    [
      'names kinds with their groups',
      '#!/bin/sh\n# needs: pods deployments.apps\nexit 0\n',
      [
        ['pods', ''],
        ['deployments', 'apps'],
      ],
    ],
    [
      'may come behind other comments, and more than once',
      '#!/bin/sh\n# Done.\n#\n# needs: pods\n#needs:services pods\n',
      [
        ['pods', ''],
        ['services', ''],
      ],
    ],
    ['names logs', '#!/bin/sh\n# needs: pods/log\n', [['pods/log', '']]],
    [
      'takes groups of several words',
      '#!/bin/sh\n# needs: ingresses.networking.k8s.io\n',
      [['ingresses', 'networking.k8s.io']],
    ],
    ['ends with the comments', '#!/bin/sh\n# Done.\n\n# needs: pods\nset -eu\n# needs: services\n', none],
  ] as const) {
    it(what, () => {
      const head = decodeCheckHead(source);
      assert.deepEqual(
        head.needs.map(({ resource, group }) => [resource, group]),
        needs,
      );
      assert.deepEqual(head.problems, []);
    });
  }

  for (const [line, where, reason] of [
    ['# Done when it is.', 'checker', undefined],
    ['# where: shell', 'shell', ''],
    ['# where: shell, because aliases are in no file', 'shell', 'because aliases are in no file'],
    ['#where:shell because of it', 'shell', 'because of it'],
  ] as const) {
    it(`says where it runs: "${line}"`, () => {
      const head = decodeCheckHead(`#!/bin/sh\n${line}\nexit 0\n`);
      assert.deepEqual([head.where, head.place?.reason, head.problems], [where, reason, []]);
    });
  }

  it('does not ask by itself what runs in the shell', () => {
    const { problems } = decodeCheckHead('#!/bin/sh\n# needs: pods\n# where: shell, because\n');
    assert.deepEqual(
      problems.map(({ line }) => line),
      [3],
    );
    assert.match(problems[0]?.message ?? '', /by a click alone/);
  });

  for (const [line, message] of [
    ['# where: server', /Take the line away/],
    ['# needs:', /Name the kinds/],
    ['# needs: Pods', /"Pods" is no kind/],
    ['# needs: pods, services', /"pods," is no kind/],
    ['# needs: pods/status', /"pods\/status" is no kind/],
    ['# needs: deployments', /Write deployments\.apps/],
    ['# needs: a b c d e f g h i', /8 kinds at most/],
  ] as const) {
    it(`says what is wrong with "${line}", and where`, () => {
      const [problem] = decodeCheckHead(`#!/bin/sh\n# Done.\n${line}\n`).problems;
      assert.match(problem?.message ?? '', message);
      assert.equal(problem?.line, 3);
    });
  }
});
