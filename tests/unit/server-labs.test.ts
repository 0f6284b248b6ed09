import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { loadLabs } from '../../sandbox-server/labs/load-labs.ts';
import { decodeStep } from '../../sandbox-server/labs/load-steps.ts';

const LAB = `title: { en: A lab }
summary: { en: About nothing }
goals: { en: [Learn] }
level: beginner
minutes: 5
image: podium.dev/shell:1
ceilingMinutes: 60
messages:
  no-pod: { en: "There is no {pod}." }
`;
const STEP = '---\ntitle: Step\n---\n```bash run\nkubectl get pods\n```\n::check{name=first}\n';

const GOOD = {
  'lab.yaml': LAB,
  'steps/01-a.md': STEP,
  'steps/01-a.fr.md': STEP.replace('Step', 'Étape'),
  'checks/first': '#!/bin/sh\nexit 0\n',
} as const;

/** Loads a lab that is the good one but for these files; undefined takes one away. */
async function loadWith(changes: Readonly<Record<string, string | undefined>>) {
  const directory = await mkdtemp(join(tmpdir(), 'podium-labs-'));
  try {
    for (const [name, source] of Object.entries<string | undefined>({ ...GOOD, ...changes })) {
      if (source === undefined) continue;
      const file = join(directory, 'labs/some', name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, source);
    }
    return await loadLabs(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe('a lab', () => {
  it('is loaded with its blocks and checks', async () => {
    const { labs, problems } = await loadWith({});
    assert.deepEqual(problems, []);
    const lab = labs.get('some');
    assert.deepEqual([...(lab?.runBlocks ?? [])], [['s1-b1', 'kubectl get pods']]);
    assert.deepEqual([...(lab?.checks.keys() ?? [])], ['first']);
  });

  const mistakes: readonly [
    string,
    Readonly<Record<string, string | undefined>>,
    string,
    number | undefined,
    RegExp,
  ][] = [
    ['a level that there is not', { 'lab.yaml': LAB.replace('beginner', 'easy') }, 'lab.yaml', 4, /level.*"beginner"/],
    ['a word that is not known', { 'lab.yaml': `${LAB}colour: red\n` }, 'lab.yaml', 1, /colour/],
    ['no title', { 'lab.yaml': LAB.replace(/^title.*\n/, '') }, 'lab.yaml', 1, /title/],
    ['broken YAML', { 'lab.yaml': `${LAB}  - x: [` }, 'lab.yaml', 10, /not YAML/],
    [
      'no step',
      { 'steps/01-a.md': undefined, 'steps/01-a.fr.md': undefined, 'steps/readme.txt': 'x' },
      'steps/readme.txt',
      undefined,
      /01-cluster\.md/,
    ],
    ['two steps of one number', { 'steps/01-b.md': STEP }, 'steps/01-b.md', undefined, /same number/],
    [
      'a step without a title',
      { 'steps/01-a.md': STEP.replace('title: Step', 'name: x') },
      'steps/01-a.md',
      2,
      /title/,
    ],
    [
      'other commands in French',
      { 'steps/01-a.fr.md': STEP.replace('get pods', 'get nodes') },
      'steps/01-a.fr.md',
      undefined,
      /run. blocks differ/,
    ],
    [
      'a check that nobody wrote',
      { 'checks/first': undefined },
      'steps/01-a.md',
      undefined,
      /Write labs\/some\/checks\/first/,
    ],
    ['a check that no step asks for', { 'checks/second': '#!/bin/sh\n' }, 'checks/second', undefined, /No step asks/],
    ['a check in another language', { 'checks/first': '#!/usr/bin/python\n' }, 'checks/first', 1, /#!\/bin\/sh/],
    [
      'an escape sequence in a block',
      { 'steps/01-a.md': STEP.replace('pods', 'pods \u001b[2J') },
      'steps/01-a.md',
      undefined,
      /control character/,
    ],
  ];
  for (const [what, changes, file, line, sentence] of mistakes) {
    it(`is left out with ${what}, and the author is told where`, async () => {
      const { labs, problems } = await loadWith(changes);
      assert.equal(labs.size, 0);
      const problem = problems.find((each) => each.file === `labs/some/${file}` && sentence.test(each.message));
      assert.ok(problem, JSON.stringify(problems));
      assert.equal(problem.line, line);
    });
  }

  it('does not take the others with it when it is broken', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'podium-labs-'));
    await mkdir(join(directory, 'labs/empty'), { recursive: true });
    const { labs, problems } = await loadLabs(directory);
    await rm(directory, { recursive: true });
    assert.deepEqual([labs.size, problems[0]?.file], [0, 'labs/empty']);
  });

  it('may be missing altogether', async () => {
    const { problems } = await loadLabs('/nowhere');
    assert.match(problems[0]?.message ?? '', /Make it, or set PODIUM_CONTENT/);
  });
});

it('counts the run blocks of a step in their order, also within a hint', () => {
  const source = [
    '```bash run\none\n```',
    '```bash\nnot this\n```',
    ':::hint[Help]\n```bash run\ntwo\n```\n:::',
    '- item\n\n  ```sh run\n  three\n  four\n  ```',
  ].join('\n\n');
  assert.deepEqual(decodeStep(`---\ntitle: x\n---\n${source}\n`, 'x.md').commands, ['one', 'two', 'three\nfour']);
});
