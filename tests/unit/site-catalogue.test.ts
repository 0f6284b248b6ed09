import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { languages } from '../../sandbox-server/protocol/language.ts';
import { catalogue, fillIn, t, type TextKey } from '../../src/i18n/catalogue.ts';
import { deckTexts } from '../../src/i18n/deck-texts.ts';
import { followTexts } from '../../src/i18n/follow-texts.ts';
import { labTexts } from '../../src/i18n/lab-texts.ts';
import { siteTexts } from '../../src/i18n/site-texts.ts';
import { sandboxTexts } from '../../src/i18n/sandbox-texts.ts';
import { terminalTexts } from '../../src/i18n/terminal-texts.ts';

const entries = Object.entries(catalogue) as [TextKey, Record<(typeof languages)[number], string>][];
const places = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

describe('the catalogue of interface texts', () => {
  test('it has every text in every language', () => {
    for (const [key, texts] of entries) {
      for (const language of languages) assert.ok(texts[language].trim(), `${key} has no text in ${language}`);
    }
  });

  test('it has no key in two of its parts, of which one part would lose its text', () => {
    const keys = [siteTexts, deckTexts, sandboxTexts, terminalTexts, labTexts, followTexts].flatMap((part) =>
      Object.keys(part),
    );
    assert.deepEqual(
      keys.filter((key, index) => keys.indexOf(key) !== index),
      [],
    );
  });

  test('it asks for the same values in every language', () => {
    for (const [key, { en, fr }] of entries) assert.deepEqual(places(fr), places(en), key);
  });

  test('its French keeps a word and its sign on one line: no plain space before ; : ! ? »', () => {
    for (const [key, { fr }] of entries) {
      assert.doesNotMatch(fr, / [;:!?»]/, `${key}: "${fr}" has a plain space before a sign`);
      assert.doesNotMatch(fr, /« /, `${key}: "${fr}" has a plain space after «`);
    }
  });

  test('it speaks calmly: no exclamation, no Oops', () => {
    for (const [key, texts] of entries) {
      for (const language of languages) assert.doesNotMatch(texts[language], /!|oops/i, key);
    }
  });

  test('it refuses a key that it does not have, so that a build fails and not a reader', () => {
    assert.throws(() => t('en', 'no.such.key' as TextKey), /no text "no\.such\.key"/);
  });

  test('it fills in values, and says which one is missing', () => {
    assert.equal(fillIn('{done} of {all}', { done: 1, all: 7 }), '1 of 7');
    assert.throws(() => fillIn('{done} of {all}', { done: 1 }), /needs the value "all"/);
  });
});
