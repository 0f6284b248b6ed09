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
    ['leaves what is reserved alone', '#!/bin/sh\n# where: shell\n# needs: pods\n', [['pods', '']]],
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

  for (const [line, message] of [
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
