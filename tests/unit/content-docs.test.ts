import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';

const content = join(import.meta.dirname, '..', '..', 'content');
const files = (await readdir(content, { recursive: true })).filter((name) => name.endsWith('.md'));

/** `/en/docs/learn/labs/` → what an author would have written for it; a page without French is shown in English. */
function sourcesOf(link: string): string[] {
  const path = link
    .replace(/#.*$/, '')
    .replace(/^\/(?:en|fr)\//, '')
    .replace(/\/$/, '');
  if (path.startsWith('labs/')) return [`${path}/lab.yaml`];
  return [`${path}.md`, `${path}/index.md`];
}

/** What a reader sees as text: neither front matter, which is YAML, nor code, nor a directive's marks. */
function withoutCode(markdown: string): string {
  return markdown
    .replace(/^---\n[\s\S]*?\n---\n/, '')
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, 'code')
    .replace(/<svg[\s\S]*?<\/svg>/g, '');
}

suite('the documentation', () => {
  for (const file of files) {
    test(`it links from ${file} only to what is there, in the reader's language`, async () => {
      const language = file.endsWith('.fr.md') ? 'fr' : 'en';
      const links = (await readFile(join(content, file), 'utf8')).matchAll(/\]\((?<link>\/[^)\s]*)\)/g);
      for (const { groups } of links) {
        const link = groups?.['link'] ?? '';
        assert.ok(link.startsWith(`/${language}/`), `${link} leaves the language`);
        assert.ok(
          sourcesOf(link).some((source) => existsSync(join(content, source))),
          `${link} leads nowhere`,
        );
      }
    });
  }

  for (const file of files.filter((name) => name.startsWith('docs/'))) {
    test(`it says in ${file} what the page is called and what it is for`, async () => {
      const frontMatter = /^---\n([\s\S]*?)\n---\n/.exec(await readFile(join(content, file), 'utf8'))?.[1] ?? '';
      assert.match(frontMatter, /^title: \S/m);
      assert.match(frontMatter, /^description: \S/m);
    });
  }

  for (const file of files.filter((name) => name.endsWith('.fr.md'))) {
    test(`it keeps in ${file} a word and its sign, a number and its unit, on one line`, async () => {
      const words = withoutCode(await readFile(join(content, file), 'utf8'));
      assert.doesNotMatch(words, /\S [;:!?»](?=\s|$)/m, 'a plain space before a sign');
      assert.doesNotMatch(words, /« /, 'a plain space after «');
      assert.doesNotMatch(words, /\d (?:Go|Mo|Kio|Mio|minutes?|secondes?|heures?|pixels|mots)\b/, 'before a unit');
    });
  }

  test('it has the pages that learners, presenters and authors read in both languages', () => {
    for (const page of ['index', 'start', 'learn/labs', 'author/lab', 'author/deck']) {
      for (const ending of ['.md', '.fr.md']) assert.ok(files.includes(`docs/${page}${ending}`), page + ending);
    }
  });

  test('it dates every decision and says what follows from it', async () => {
    const decisions = files.filter((name) => /^docs\/decisions\/\d{4}-/.test(name));
    assert.ok(decisions.length >= 8);
    for (const file of decisions) {
      const text = await readFile(join(content, file), 'utf8');
      for (const part of ['## Context', '## Decision', '## Consequences'])
        assert.ok(text.includes(part), `${file}: ${part}`);
      assert.match(text, /^\*Accepted, \w+ 20\d\d\.\*$/m, file);
    }
  });
});
