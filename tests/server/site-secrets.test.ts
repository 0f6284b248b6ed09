/** What would give a lab away must not be in the site: the server alone has checks and solutions. */
import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const dist = process.env['PODIUM_TEST_DIST'] ?? join(root, 'dist');
/** Shorter lines ("fi", "exit 1", a single name) may stand in any page. */
const LEAST_DISTINCTIVE = 24;
const KEPT_BY_THE_SERVER = ['checks', 'solve'];
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

/** Lines of `script` that somebody who reads `page` would see, apart from what the steps of its lab say anyway. */
function findLeaks(page: string, script: string, steps: string): string[] {
  const read = readings(page);
  const told = squeeze(steps);
  return distinctiveLines(script).filter((line) => !told.includes(line) && read.some((text) => text.includes(line)));
}

async function readAll(pattern: string, cwd: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for await (const file of glob(pattern, { cwd })) texts.set(file, await readFile(join(cwd, file), 'utf8'));
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
    const leaks: string[] = [];
    for (const [name, script] of scripts) {
      assert.ok(distinctiveLines(script).length > 0, `${name} has no line to look for`);
      for (const [file, page] of pages) {
        for (const line of findLeaks(page, script, steps)) leaks.push(`${file} shows of ${name}: ${line}`);
      }
    }
    assert.deepEqual(leaks, []);
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
    it(`finds a check that a page holds ${where}`, () => assert.deepEqual(findLeaks(page, script, ''), [line]));
  }

  it('finds nothing in a page that only names the same things', () => {
    assert.deepEqual(findLeaks('kubectl get pod web', script, ''), []);
  });

  it('lets a page show what a step says', () => assert.deepEqual(findLeaks(script, script, script), []));
});
