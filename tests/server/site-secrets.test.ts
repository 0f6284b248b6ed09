/** What would give a lab away must not be in the site: the server alone has checks and solutions. */
import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { before, describe, it } from 'node:test';
import { loadLabs } from '../../sandbox-server/labs/load-labs.ts';

const root = join(import.meta.dirname, '..', '..');
const dist = process.env['PODIUM_TEST_DIST'] ?? join(root, 'dist');
/** Shorter lines ("fi", "exit 1", a single name) may stand in any page. */
const LEAST_DISTINCTIVE = 24;
const KEPT_BY_THE_SERVER = ['checks', 'checks/*.cases', 'solve'];
const TEXT_FILES = '**/*.{html,js,css,json,xml,txt,svg,md}';

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };

/** Without white space, which a page lays out as it likes. */
const squeeze = (text: string): string => text.replaceAll(/\s+/gu, '');

/** The ways in which a script may stand in a file: as it is, as code in a page, as a string in a script. */
function readings(source: string): readonly string[] {
  const shown = source
    .replaceAll(/<[^>]*>/gu, '')
    .replaceAll(/&(#?\w+);/gu, (entity, name: string) => entities[name.toLowerCase()] ?? entity);
  const unquoted = source.replaceAll(/\\(["'`$\\])/gu, '$1').replaceAll('\\n', '\n');
  return [source, shown, unquoted].map(squeeze);
}

function distinctiveLines(script: string): string[] {
  return script
    .split('\n')
    .filter((line) => !line.startsWith('#!'))
    .map(squeeze)
    .filter((line) => line.length >= LEAST_DISTINCTIVE);
}

/** Those of `lines` that somebody who reads `page` would see. */
function findLeaks(page: string, lines: readonly string[]): string[] {
  const read = readings(page);
  return lines.filter((line) => read.some((text) => text.includes(line)));
}

/** Lines of scripts that would give something away, apart from what the steps of their labs say anyway. */
function listSecrets(scripts: Iterable<string>, steps: string): string[] {
  const told = squeeze(steps);
  return [...scripts].flatMap(distinctiveLines).filter((line) => !told.includes(line));
}

async function readAll(pattern: string, cwd: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for await (const entry of glob(pattern, { cwd, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    texts.set(relative(cwd, path), await readFile(path, 'utf8'));
  }
  return texts;
}

describe('the built site', () => {
  let pages: ReadonlyMap<string, string>;
  before(async () => {
    pages = await readAll(TEXT_FILES, dist);
    assert.ok(
      [...pages.keys()].some((file) => file.startsWith('en/labs/')),
      `${dist} holds no lab: run npm run build`,
    );
  });

  it('holds nothing of what the server alone may know of a lab', async () => {
    const steps = [...(await readAll('labs/*/steps/*.md', join(root, 'content'))).values()].join('\n');
    const scripts = await readAll(`labs/*/{${KEPT_BY_THE_SERVER.join(',')}}/*`, join(root, 'content'));
    assert.ok(scripts.size > 0);
    const secrets = listSecrets(scripts.values(), steps);
    assert.ok(secrets.length > scripts.size);
    const leaks = [...pages].flatMap(([file, page]) =>
      findLeaks(page, secrets).map((line) => `${file} shows: ${line}`),
    );
    assert.deepEqual(leaks, []);
  });

  it('does not say which answers are right, nor why', async () => {
    const { labs } = await loadLabs(join(root, 'content'));
    const reasons = [...labs.values()].flatMap(({ questions }) =>
      [...questions.values()].flatMap(({ explanations }) => Object.values(explanations).flat()),
    );
    assert.ok(reasons.length > 0);
    // In a page code stands between tags, so only what is between two pieces of it can be looked for.
    const parts = reasons
      .flatMap((reason) => reason.split('`'))
      .map(squeeze)
      .filter((part) => part.length >= LEAST_DISTINCTIVE);
    const leaks = [...pages].flatMap(([file, page]) =>
      findLeaks(page, parts).map((part) => `${file} says why: ${part}`),
    );
    assert.deepEqual(leaks, []);
    const marked = [...pages].filter(([, page]) => /<input[^>]*name="[^"]*"[^>]*\schecked/.test(page));
    assert.deepEqual(
      marked.map(([file]) => file).filter((file) => file.includes('/labs/')),
      [],
    );
  });
});

describe('the search for what a page gives away', () => {
  const script = '#!/bin/sh\n[ "$(kubectl get pod web -o name)" = pod/web ] && exit 0\nexit 1\n';
  const line = '["$(kubectlgetpodweb-oname)"=pod/web]&&exit0';
  for (const [where, page] of [
    ['as it is', `x ${script} y`],
    ['as coloured code', '<b>[ &quot;$(kubectl</b> get pod web -o name)&quot; = pod/web ] &amp;&amp; exit 0'],
    ['in a string of a script', `const check = ${JSON.stringify(script)};`],
  ] as const) {
    it(`finds a check that a page holds ${where}`, () =>
      assert.deepEqual(findLeaks(page, listSecrets([script], '')), [line]));
  }

  it('finds nothing in a page that only names the same things', () => {
    assert.deepEqual(findLeaks('kubectl get pod web', listSecrets([script], '')), []);
  });

  it('lets a page show what a step says', () => assert.deepEqual(findLeaks(script, listSecrets([script], script)), []));
});
