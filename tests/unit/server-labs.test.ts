import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { loadLabs } from '../../sandbox-server/labs/load-labs.ts';
import { decodeStep } from '../../sandbox-server/labs/step-document.ts';

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

  it('has the script that does a step, and the files that are there from the start', async () => {
    const { labs, problems } = await loadWith({
      'solve/01-a': '#!/bin/sh\necho done\n',
      'files/app/page.html': '<p>',
      'checks/first.cases/wrong': 'not a check',
    });
    assert.deepEqual(problems, []);
    const lab = labs.get('some');
    assert.equal(lab?.steps[0]?.solve, '#!/bin/sh\necho done\n');
    assert.deepEqual(lab.files, [{ path: 'app/page.html', content: Buffer.from('<p>'), isExecutable: false }]);
  });

  const mistakes: readonly [
    string,
    Readonly<Record<string, string | undefined>>,
    string,
    number | undefined,
    RegExp,
  ][] = [
    ['a level that there is not', { 'lab.yaml': LAB.replace('beginner', 'easy') }, 'lab.yaml', 4, /level.*"beginner"/],
    ['a word that is not known', { 'lab.yaml': `${LAB}colour: red\n` }, 'lab.yaml', 10, /colour/],
    ['no title', { 'lab.yaml': LAB.replace(/^title.*\n/, '') }, 'lab.yaml', 1, /title/],
    ['broken YAML', { 'lab.yaml': `${LAB}  - x: [` }, 'lab.yaml', 10, /not YAML/],
    [
      'no step',
      { 'steps/01-a.md': undefined, 'steps/01-a.fr.md': undefined, 'steps/readme.txt': 'x' },
      'steps/readme.txt',
      undefined,
      /01-cluster\.md/,
    ],
    ['a number left out', { 'steps/03-c.md': '---\ntitle: x\n---\n' }, 'steps/03-c.md', undefined, /without a gap/],
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
      4,
      /blocks differ/,
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
    ['a solve that is no step’s', { 'solve/01-b': '#!/bin/sh\n' }, 'solve/01-b', undefined, /Name it like one: 01-a/],
    [
      'a lab before it that there is not',
      { 'lab.yaml': `${LAB}prerequisites: [other]\n` },
      'lab.yaml',
      undefined,
      /no lab other/,
    ],
    [
      'a name for two questions',
      { 'steps/02-b.md': '---\ntitle: x\n---\n::check{name=first}\n' },
      'steps/02-b.md',
      undefined,
      /its own name/,
    ],
    [
      'other answers in French',
      {
        'steps/01-a.md': `${STEP}\n:::quiz{name=q}\nA?\n\n- [x] a\n- [ ] b\n\nC\n:::\n`,
        'steps/01-a.fr.md': `${STEP}\n:::quiz{name=q}\nA?\n\n- [ ] a\n- [x] b\n\nC\n:::\n`,
      },
      'steps/01-a.fr.md',
      undefined,
      /questions differ/,
    ],
    [
      'another output in French',
      {
        'steps/01-a.md': `${STEP}\n\`\`\`output\na\n\`\`\`\n`,
        'steps/01-a.fr.md': `${STEP}\n\`\`\`output\nb\n\`\`\`\n`,
      },
      'steps/01-a.fr.md',
      9,
      /output. blocks differ/,
    ],
    [
      'an escape sequence in a block',
      { 'steps/01-a.md': STEP.replace('pods', 'pods \u001b[2J') },
      'steps/01-a.md',
      4,
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

const step = (...parts: string[]) => `---\ntitle: x\n---\n${parts.join('\n\n')}\n`;
const decode = (...parts: string[]) => decodeStep({ source: step(...parts), file: 'x.md', number: 3 });
const QUIZ = ':::quiz{name=who}\nWho?\n\n- [ ] `a`\n- [x] b\n\nBecause of `b`\nand *so*.\n:::';

describe('a step', () => {
  it('has its run blocks counted in their order, also within a hint', () => {
    const { blocks } = decode(
      '```bash run\none\n```',
      '```bash\nnot this\n```',
      ':::hint[Help]\n```bash run=second\ntwo\n```\n:::',
      '- item\n\n  ```sh run\n  three\n  four\n  ```',
    );
    assert.deepEqual(
      blocks.map((block) => block.kind === 'run' && [block.id, block.terminal, block.command]),
      [
        ['s3-b1', 1, 'one'],
        ['s3-b2', 2, 'two'],
        ['s3-b3', 1, 'three\nfour'],
      ],
    );
  });

  it('has files that it writes, each with a line end, and executable where they are scripts', () => {
    const { blocks } = decode('```yaml save=a/web.yaml\na: 1\n```', '```sh save=go\n#!/bin/sh\n```');
    assert.deepEqual(
      blocks.map(
        (block) => block.kind === 'save' && { ...block.file, content: String(block.file.content), id: block.id },
      ),
      [
        { id: 's3-f1', path: 'a/web.yaml', content: 'a: 1\n', isExecutable: false },
        { id: 's3-f2', path: 'go', content: '#!/bin/sh\n', isExecutable: true },
      ],
    );
  });

  it('knows what one should see of the block before, and nothing of a picture of something else', () => {
    const { blocks } = decode(
      '```output\nbefore all\n```',
      '```bash run\none\n```',
      'Text',
      '```output again\nseen …\n```',
      '```output\nmore\n```',
    );
    assert.deepEqual(
      blocks.map((block) => block.kind === 'run' && block.output),
      [{ text: 'seen …', isAgain: true, line: 14 }],
    );
  });

  it('has questions with what is right and why', () => {
    const { questions, problems } = decode(QUIZ);
    assert.deepEqual(problems, []);
    const [question] = questions;
    assert.deepEqual(question, {
      name: 'who',
      kind: 'quiz',
      answerCount: 2,
      right: [1],
      explanation: ['Because of `b` and so.'],
    });
  });

  for (const [what, source, line, sentence] of [
    ['a word that means nothing', '```bash rum\nls\n```', 4, /"rum" means nothing/],
    ['a terminal that there is not', '```bash run=last\nls\n```', 4, /no terminal "last"/],
    ['a path out of the home', '```yaml save=../x\na\n```', 4, /no path beneath the home/],
    ['a path from the root', '```yaml save=/etc/x\na\n```', 4, /no path beneath the home/],
    ['a block that is run and saved', '```sh run save=a\nls\n```', 4, /not both/],
    ['a diagram without words', 'Text\n\n```dot\ndigraph {}\n```', 6, /dot alt=/],
    ['a question without a name', QUIZ.replace('{name=who}', ''), 4, /Name it/],
    ['a question without an answer', QUIZ.replace('[x]', '[ ]'), 4, /No answer is right/],
    ['a question without why', QUIZ.replace(/Because[^:]*/, ''), 4, /why it is so/],
    ['a question without boxes', QUIZ.replaceAll(/\[.\] /g, ''), 4, /Write the question/],
    ['a question with one answer', QUIZ.replace('- [ ] `a`\n', ''), 4, /from 2 to/],
  ] as const) {
    it(`names the line of ${what}`, () => {
      const [problem] = decode(source).problems;
      assert.equal(problem?.line, line);
      assert.match(problem.message, sentence);
    });
  }
});
