import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { parseLabArguments } from '../../sandbox-server/cli/lab/lab-options.ts';
import { runLintCommand } from '../../sandbox-server/cli/lab/lint-command.ts';
import { readLabSources } from '../../sandbox-server/cli/lab/lint/lab-sources.ts';
import { judgeOnlineLinks } from '../../sandbox-server/cli/lab/lint/online-links.ts';
import { runNewCommand } from '../../sandbox-server/cli/lab/new-command.ts';

const never = new AbortController().signal;
const ownContent = join(import.meta.dirname, '../../content');
const STEP = 'steps/01-greeting.md';
const FRENCH = 'steps/01-greeting.fr.md';
const CHECK = 'checks/greeting';
const SOLVE = 'solve/01-greeting';

/** What is changed of a lab that nothing is wrong with, and what is said then. Line 0: of the file as a whole. */
interface Row {
  readonly called: string;
  readonly file: string;
  /** Null takes the file away. */
  readonly change: readonly [string | RegExp, string] | null;
  readonly at?: string;
  readonly line: number;
  readonly says: RegExp;
}

const rows: readonly Row[] = [
  { called: 'an unknown key', file: 'lab.yaml', change: ['tier:', 'tear:'], line: 15, says: /tear/ },
  { called: 'a level that there is not', file: 'lab.yaml', change: ['beginner', 'easy'], line: 12, says: /level: / },
  { called: 'what is no YAML', file: 'lab.yaml', change: ['goals:', 'goals: ['], line: 9, says: /not YAML/ },
  {
    called: 'a link without encryption',
    file: STEP,
    change: ['Ask for', '[Ask](http://a.example) for'],
    line: 15,
    says: /Write https/,
  },
  {
    called: 'a link to no lab',
    file: STEP,
    change: ['Ask for', '[Ask](/en/labs/nowhere/) for'],
    line: 15,
    says: /leads nowhere/,
  },
  { called: 'a link to no page', file: STEP, change: ['Ask for', '[Ask](../x) for'], line: 15, says: /leads nowhere/ },
  {
    called: 'an image that there is not',
    file: SOLVE,
    change: ['set -eu', 'kubectl run x --image=ngnix'],
    line: 3,
    says: /no image ngnix/,
  },
  {
    called: 'a shell without a tag',
    file: 'lab.yaml',
    change: ['shell:1', 'shell'],
    line: 16,
    says: /no image podium.dev\/shell/,
  },
  {
    called: 'a shell of any day',
    file: 'lab.yaml',
    change: ['podium.dev/shell:1', 'nginx:latest'],
    line: 16,
    says: /another one tomorrow/,
  },
  { called: 'a block without a language', file: STEP, change: ['```output', '```'], line: 11, says: /no language/ },
  {
    called: 'a picture without words',
    file: STEP,
    change: ['Ask for', '![](a.png) Ask for'],
    line: 15,
    says: /does not see|do not see/,
  },
  {
    called: 'a title within',
    file: STEP,
    change: ['The API server has', '# The API server has'],
    line: 15,
    says: /Write ## /,
  },
  {
    called: 'a heading too deep',
    file: STEP,
    change: ['The API server has', '#### The API server has'],
    line: 15,
    says: /too deep. Write ## /,
  },
  {
    called: 'a step that nothing does',
    file: SOLVE,
    change: null,
    at: STEP,
    line: 0,
    says: /Write labs\/hello\/solve\/01-greeting/,
  },
  {
    called: 'a case that expects nothing',
    file: `${CHECK}.cases/blanks`,
    change: ['# expect: ', '# '],
    line: 2,
    says: /# expect: /,
  },
  {
    called: 'a case that expects what nobody says',
    file: `${CHECK}.cases/blanks`,
    change: ['empty-text', 'empty'],
    line: 2,
    says: /no message empty/,
  },
  {
    called: 'a check in the shell without a reason',
    file: CHECK,
    change: [/^# needs: .*$/m, '# where: shell'],
    line: 4,
    says: /Say on this line why/,
  },
  {
    called: 'a check in the shell that asks by itself',
    file: CHECK,
    change: [/^# needs: /m, '# where: shell, because it is so\n# needs: '],
    line: 4,
    says: /asked by a click alone/,
  },
  {
    called: 'a check without another way',
    file: `${CHECK}.cases/from-a-file`,
    change: null,
    at: CHECK,
    line: 0,
    says: /another right way/,
  },
  {
    called: 'a check that asks for existence',
    file: CHECK,
    change: [/found=[\s\S]*/, 'kubectl get configmap greeting || refuse no-configmap name=greeting\n'],
    line: 12,
    says: /only asks whether/,
  },
  { called: 'a step without French', file: FRENCH, change: null, at: STEP, line: 0, says: /not there in French/ },
  {
    called: 'a message without French',
    file: 'lab.yaml',
    change: [/ {4}fr: Il n’y a pas.*\n/, ''],
    line: 19,
    says: /no-configmap has no French/,
  },
  {
    called: 'other values in French',
    file: 'lab.yaml',
    change: ['ConfigMap {name} dans', 'ConfigMap {nom} dans'],
    line: 19,
    says: /\{nom\}/,
  },
  {
    called: 'another command in French',
    file: FRENCH,
    change: ['create configmap greeting', 'create configmap bonjour'],
    line: 7,
    says: /differ/,
  },
  {
    called: 'another output in French',
    file: FRENCH,
    change: ['greeting created', 'greeting créée'],
    line: 11,
    says: /`output` blocks differ/,
  },
  { called: 'what shellcheck sees', file: SOLVE, change: ['set -eu', 'echo $1'], line: 3, says: /SC2086/ },
];

describe('podium lab lint', () => {
  let content = '';
  let pristine = '';
  before(async () => {
    content = await mkdtemp(join(tmpdir(), 'podium-lint-'));
    pristine = join(content, 'pristine');
    await runNewCommand('hello', { contentDirectory: pristine, say: () => undefined });
  });
  after(() => rm(content, { recursive: true }));
  beforeEach(async () => {
    await rm(join(content, 'labs'), { recursive: true, force: true });
    await cp(join(pristine, 'labs'), join(content, 'labs'), { recursive: true });
  });

  async function lint(names: readonly string[] = []): Promise<{ status: number; lines: string[] }> {
    const lines: string[] = [];
    const say = (line: string) => lines.push(line);
    const status = await runLintCommand(
      { names, imageNames: [], isOnline: false },
      { contentDirectory: content, ownContent, say },
      never,
    );
    return { status, lines };
  }

  it('finds nothing to change in a new lab', async () => {
    assert.deepEqual(await lint(), { status: 0, lines: ['1 labs, 0 to change'] });
  });

  for (const { called, file, change, at = file, line, says } of rows) {
    it(`names file and line of ${called}`, async () => {
      const path = join(content, 'labs/hello', file);
      if (change) {
        const before = await readFile(path, 'utf8');
        const changed = before.replace(...change);
        assert.notEqual(changed, before);
        await writeFile(path, changed);
      } else await rm(path);
      const { status, lines } = await lint();
      const where = `labs/hello/${at}${line > 0 ? `:${line}` : ''}: `;
      assert.ok(
        lines.some((each) => each.startsWith(where) && says.test(each)),
        `${where}${says}\n${lines.join('\n')}`,
      );
      assert.equal(status, 1);
    });
  }

  it('lists the checks that a learner can forge, with their reason, and finds nothing to change in them', async () => {
    const file = join(content, 'labs/hello', CHECK);
    const head = '# where: shell, because a process is seen from there alone';
    await writeFile(file, (await readFile(file, 'utf8')).replace(/^# needs: .*$/m, head));
    const { status, lines } = await lint();
    assert.equal(status, 0, lines.join('\n'));
    assert.match(lines.join('\n'), /checks\/greeting can be forged.*because a process is seen from there alone/);
  });

  it('leaves an image alone that a lab shows the refusal of', async () => {
    const path = join(content, 'labs/hello', SOLVE);
    const text =
      '\n```bash run\nkubectl run x --image=ngnix\n```\n\n```output\n… image docker.io/library/ngnix:latest is not here …\n```\n';
    for (const step of [STEP, FRENCH]) {
      const file = join(content, 'labs/hello', step);
      await writeFile(file, (await readFile(file, 'utf8')).replace('\n:::hint', `${text}\n:::hint`));
    }
    await writeFile(path, `${await readFile(path, 'utf8')}kubectl run x --image=ngnix || true\n`);
    assert.deepEqual(await lint(), { status: 0, lines: ['1 labs, 0 to change'] });
  });

  it('says so where there is no such lab', async () => {
    const { status, lines } = await lint(['nowhere']);
    assert.deepEqual([status, lines[0]], [1, 'labs/nowhere: There is no such lab.']);
  });
});

describe('links to elsewhere', () => {
  it('are told where they lead to nothing any more, and asked for once', async () => {
    const contentDirectory = await mkdtemp(join(tmpdir(), 'podium-links-'));
    await runNewCommand('hello', { contentDirectory, say: () => undefined });
    const links = [
      'https://a.example/gone#x',
      'https://a.example/gone',
      'https://a.example/',
      'https://b.example/closed',
    ];
    const text = `---\ntitle: T\n---\n\n${links.map((address) => `[Read](${address}).`).join('\n\n')}\n`;
    await writeFile(join(contentDirectory, 'labs/hello', STEP), text);
    const asked: string[] = [];
    const ask = (address: string | URL | Request) => {
      asked.push(address as string);
      if (address === 'https://b.example/closed') return Promise.reject(new Error('no such host'));
      return Promise.resolve(new Response('', { status: address === 'https://a.example/gone' ? 404 : 403 }));
    };
    const problems = await judgeOnlineLinks([await readLabSources(contentDirectory, 'hello')], ask, never);
    assert.deepEqual(asked.toSorted(), ['https://a.example/', 'https://a.example/gone', 'https://b.example/closed']);
    assert.deepEqual(problems.map(({ line, message }) => `${line} ${message.split('. ')[0]}`).toSorted(), [
      '11 https://b.example/closed does not answer',
      '5 https://a.example/gone answers with 404',
      '7 https://a.example/gone answers with 404',
    ]);
    await rm(contentDirectory, { recursive: true });
  });
});

describe('podium lab new', () => {
  it('does not write over a lab', async () => {
    const contentDirectory = await mkdtemp(join(tmpdir(), 'podium-new-'));
    const deps = { contentDirectory, say: () => undefined };
    assert.equal(await runNewCommand('hello', deps), 0);
    const step = join(contentDirectory, 'labs/hello', STEP);
    await writeFile(step, 'mine');
    assert.equal(await runNewCommand('hello', deps), 1);
    assert.equal(await readFile(step, 'utf8'), 'mine');
    assert.deepEqual(await readdir(join(contentDirectory, 'labs')), ['hello']);
    await rm(contentDirectory, { recursive: true });
  });
});

describe('podium lab', () => {
  it('knows its words', () => {
    const parsed = parseLabArguments(['verify', 'a', 'b', '--parallel', '3', '--junit', 'x.xml']);
    assert.ok(parsed.ok === true);
    const { command, names, parallel, junit } = parsed.invocation;
    assert.deepEqual([command, names, parallel, junit], ['verify', ['a', 'b'], 3, 'x.xml']);
  });

  for (const [words, says] of [
    [[], /Say what to do/],
    [['verfy'], /"verfy" is not a command/],
    [['new'], /name of one lab/],
    [['lint', 'Not A Name'], /no name of a lab/],
    [['verify', '--parallel', '0'], /from 1 to/],
    [['verify', '--paralel', '2'], /paralel/],
  ] as const) {
    it(`says what is wrong with "${words.join(' ')}"`, () => {
      const parsed = parseLabArguments(words);
      assert.ok(parsed.ok === false);
      assert.match(parsed.reason, says);
    });
  }
});
