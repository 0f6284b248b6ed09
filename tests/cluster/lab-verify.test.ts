/** `podium lab verify` on a real cluster: a new lab is verified; of a spoiled one it says where and what. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runLabCommand } from '../../sandbox-server/cli/lab/lab-command.ts';
import { skippedWithoutCluster } from '../support/cluster.ts';

const TEST_LIMIT_MS = 240_000;
const never = new AbortController().signal;

describe('podium lab verify', { skip: skippedWithoutCluster, timeout: TEST_LIMIT_MS }, () => {
  const kubeconfig = process.env['PODIUM_TEST_KUBECONFIG'] ?? '';
  let content = '';
  before(async () => {
    content = await mkdtemp(join(tmpdir(), 'podium-verify-'));
    for (const name of ['good', 'spoiled']) await run('new', name);
  });
  after(() => rm(content, { recursive: true }));

  async function run(...words: readonly string[]): Promise<{ status: number; said: string }> {
    const lines: string[] = [];
    const deps = { say: (line: string) => lines.push(line), environment: {} };
    const status = await runLabCommand([...words, '--content', content], deps, never);
    return { status, said: lines.join('\n') };
  }
  const verify = (name: string, ...words: readonly string[]) =>
    run('verify', name, '--kubeconfig', kubeconfig, ...words);

  async function change(file: string, from: string | RegExp, to: string): Promise<void> {
    const path = join(content, 'labs/spoiled', file);
    await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
  }

  it('verifies a new lab: its solve, its pages, its cases', async () => {
    const report = join(content, 'report.xml');
    const { status, said } = await verify('good', '--junit', report);
    assert.match(said, /^labs: 1 of 1 verified \(solve, walk, 3 cases\)/m);
    assert.equal(status, 0, said);
    assert.match(await readFile(report, 'utf8'), /<testsuite name="good" tests="6" failures="0"/);
  });

  it('says by file and line what of a lab is not as it says', async () => {
    const goesOn = '```bash run\nkubectl get configmaps --watch\n```\n\n```output\n…\ngreeting <any> …\n```\n\n';
    const inShell =
      '```bash run\nbash --norc\n```\n\n```bash run\necho inside-$SHLVL\n```\n\n```output\ninside-2\n```\n\n';
    for (const file of ['steps/01-greeting.md', 'steps/01-greeting.fr.md']) {
      await change(file, 'greeting created', 'greeting made');
      await change(file, ':::hint', `${goesOn}\`\`\`bash run\ntrue\n\`\`\`\n\n${inShell}:::hint`);
    }
    await change('checks/greeting', '"empty-text', '"emptied');
    await change('checks/greeting.cases/another-key', 'key=text', 'key=other');
    await change('checks/greeting.cases/from-a-file', 'expect: done', 'expect: no-key');
    await change('solve/01-greeting', /^set -eu$/m, 'set -eu\n[ ! -e solved ] || exit 3\n: >solved');
    const { status, said } = await verify('spoiled', '--parallel', '3');
    assert.equal(status, 1);
    const failures = said.split('\n').filter((line) => line.startsWith('labs/'));
    assert.deepEqual(failures.toSorted(), [
      'labs/spoiled/checks/greeting.cases/another-key:2: The check should say: no-key name=greeting key=other. It says: no-key name=greeting key=text',
      'labs/spoiled/checks/greeting.cases/blanks:2: The check should say: empty-text name=greeting key=text. It says: emptied name=greeting key=text (not a message of lab.yaml)',
      'labs/spoiled/checks/greeting.cases/from-a-file:2: The check should say: no-key. It says: done',
      'labs/spoiled/solve/01-greeting: The second time: The script ended with 3.',
      'labs/spoiled/steps/01-greeting.md:11: The page shows "configmap/greeting made"; there was "configmap/greeting created".',
    ]);
    assert.match(said, /^labs: 0 of 1 verified \(solve, walk, 3 cases\)/m);
  });

  it('fails a lab that cannot be read, and one that is not there', async () => {
    await change('lab.yaml', 'beginner', 'easy');
    const { status, said } = await verify('spoiled');
    assert.match(said, /^labs\/spoiled\/lab\.yaml:12: level: /m);
    assert.equal(status, 1);
    assert.match((await verify('nowhere')).said, /^labs\/nowhere: There is no such lab\.\n[^]*labs: 0 of 1 verified/m);
  });
});
