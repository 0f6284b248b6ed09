import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { docId, labId, pathId, stepId } from '../../src/site/entry-ids.ts';
import { inOtherLanguage, languageOfPath, pagePath } from '../../src/i18n/paths.ts';

describe('a file of the content folder becomes an address', () => {
  for (const [makeId, path, id] of [
    [labId, 'labs/first-steps/lab.yaml', 'first-steps'],
    [pathId, 'paths/kubernetes.yaml', 'kubernetes'],
    [stepId, 'labs/first-steps/steps/01-cluster.md', 'en/first-steps/01-cluster'],
    [stepId, 'labs/first-steps/steps/01-cluster.fr.md', 'fr/first-steps/01-cluster'],
    [docId, 'docs/index.md', 'en/docs'],
    [docId, 'docs/index.fr.md', 'fr/docs'],
    [docId, 'docs/learn/index.fr.md', 'fr/docs/learn'],
    [docId, 'docs/decisions/0001-two-namespaces.md', 'en/docs/decisions/0001-two-namespaces'],
  ] as const) {
    test(`${path} is ${id}`, () => assert.equal(makeId(path), id));
  }
});

describe('a page keeps its address in every language', () => {
  test('the switch stays on the page', () => {
    assert.equal(inOtherLanguage('/en/labs/first-steps/', 'fr'), '/fr/labs/first-steps/');
    assert.equal(inOtherLanguage('/fr/', 'en'), '/en/');
  });
  test('the language is the first part of the path, English where there is none', () => {
    assert.equal(languageOfPath('/fr/docs/'), 'fr');
    assert.equal(languageOfPath('/favicon.svg'), 'en');
  });
  test('paths of pages end with a slash', () => {
    assert.equal(pagePath('en'), '/en/');
    assert.equal(pagePath('fr', 'labs'), '/fr/labs/');
  });
});
