import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { loadLabs } from '../../sandbox-server/labs/load-labs.ts';
import { refusalsOf } from '../support/refusals.ts';

const content = join(import.meta.dirname, '..', '..', 'content');
const { labs, problems } = await loadLabs(content);

const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).toSorted();

suite('the labs that come with Podium', () => {
  test('it can load every one', () => {
    assert.deepEqual(problems, []);
    assert.ok(labs.has('first-steps'));
  });

  for (const [slug, { definition, checks }] of labs) {
    test(`it has every message of ${slug} in both languages, with the same values`, () => {
      for (const [id, message] of Object.entries(definition.messages)) {
        assert.ok(message.fr, `${id} has no French`);
        assert.deepEqual(placeholders(message.fr), placeholders(message.en), id);
      }
    });

    test(`it has a sentence for everything that a check of ${slug} says, and fills all of it`, () => {
      const used = new Set<string>();
      for (const [name, source] of checks) {
        const refusals = refusalsOf(source);
        assert.ok(refusals.length > 0, `${name} never refuses`);
        for (const { id, values } of refusals) {
          const message = definition.messages[id];
          assert.ok(message, `${name} says ${id}, which lab.yaml does not have`);
          const missing = placeholders(message.en).filter((placeholder) => !values.includes(placeholder.slice(1, -1)));
          assert.deepEqual(missing, [], `${name} says ${id} without these values`);
          used.add(id);
        }
      }
      assert.deepEqual(
        Object.keys(definition.messages).filter((id) => !used.has(id)),
        [],
        'no check says these',
      );
    });

    test(`it has every step of ${slug} in French too`, async () => {
      const names = await readdir(join(content, 'labs', slug, 'steps'));
      const english = names.filter((name) => !name.endsWith('.fr.md'));
      assert.deepEqual(
        names.filter((name) => name.endsWith('.fr.md')),
        english.map((name) => name.replace(/\.md$/, '.fr.md')),
      );
    });

    const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;
    test(
      `it has checks in ${slug} that shellcheck finds no fault with`,
      { skip: !hasShellcheck && 'shellcheck is not installed' },
      () => {
        const files = [...checks.keys()].map((name) => join(content, 'labs', slug, 'checks', name));
        const { status, stdout } = spawnSync('shellcheck', ['--shell=sh', ...files], { encoding: 'utf8' });
        assert.equal(status, 0, stdout);
      },
    );
  }
});

suite('what a check says when it refuses', () => {
  const rows: { from: string; source: string; says: ReturnType<typeof refusalsOf> }[] = [
    {
      from: 'the shell',
      source: '[ -n "$pod" ] || refuse no-pod pod=web',
      says: [{ id: 'no-pod', values: ['pod'] }],
    },
    {
      from: 'the shell in quotes, with a text of several words',
      source: `refuse "no-text pod=web expected='all is well' found='$last'"`,
      says: [{ id: 'no-text', values: ['pod', 'expected', 'found'] }],
    },
    {
      from: 'one line of jq',
      source: `jq -r 'if . == null then "no-pod pod=web" elif .late then "late" else "passed" end'`,
      says: [
        { id: 'no-pod', values: ['pod'] },
        { id: 'late', values: [] },
      ],
    },
    {
      from: 'several lines of jq',
      source: `jq -r 'if .image != "nginx"
        then "wrong-image pod=" + $name + " found=" + (.image // "none" | quoted)
          + " expected=" + $expected
        else "passed" end'`,
      says: [{ id: 'wrong-image', values: ['pod', 'found', 'expected'] }],
    },
    {
      from: 'a function of jq, with a text of several words',
      source: String.raw`jq -r 'def wrong($image): "wrong-image expected=\u0027all is well\u0027 found="
        + ($image | if . == null then "not-any" else (tostring | quoted) end); wrong(.image)'`,
      says: [{ id: 'wrong-image', values: ['expected', 'found'] }],
    },
    {
      from: 'neither a comment, a key, a name nor a verdict that is handed on',
      source: `# refuse no-pod pod=web
        jq -r '
          # then "no-pod pod=web"
          pod("shop-test")["exit-code"] // "not-any" | {name: "shop-live"}'
        [ "$verdict" = passed ] || refuse "$verdict"`,
      says: [],
    },
  ];
  for (const { from, source, says } of rows)
    test(`it is read from ${from}`, () => assert.deepEqual(refusalsOf(source), says));

  test('it is no sentence that the page could not read', () => {
    assert.throws(() => refusalsOf('refuse wrong-text found=all is well'), /no page can read/);
  });
});

suite('what a check must not do', () => {
  for (const [slug, { checks }] of labs) {
    for (const [name, source] of checks) {
      test(`it does not take a cluster that does not answer for work not done (${slug}, ${name})`, () => {
        const outside = {
          PATH: `${process.env['PATH']}:/usr/bin:/bin`,
          KUBECONFIG: '/nonexistent',
          NAMESPACE: 'learner-none',
          HOME: '/nonexistent',
        };
        const { status } = spawnSync('sh', ['-s'], { input: source, env: outside });
        assert.equal(status, 2);
      });
    }
  }
});

test('it writes French with spaces that do not break before high punctuation and inside guillemets', async () => {
  const entries = await readdir(content, { recursive: true });
  for (const entry of entries.filter((name) => name.endsWith('.fr.md'))) {
    const source = await readFile(join(content, entry), 'utf8');
    const prose = source
      .replace(/^```[\s\S]*?^```/gm, '')
      .replace(/(`+)[^`][\s\S]*?\1/g, '')
      .replace(/<[^>]*>/g, '');
    const faults = prose.split('\n').filter((line) => / [;:!?»](\s|$|\])|« /.test(line) && !/^[|:\s-]+$/.test(line));
    assert.deepEqual(faults, [], entry);
  }
});
