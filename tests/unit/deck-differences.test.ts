import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { differences } from '../../sandbox-server/decks/differences.ts';
import { rules } from '../decks/rules.ts';

/** More would be a Markdown of our own. */
const MOST = 10;

describe('what decks have otherwise than reveal.js', () => {
  it('is a short list', () => assert.ok(differences.length <= MOST, String(differences.length)));

  it('has a rule of the comparison for each, and no rule beside them', () =>
    assert.deepEqual(rules.map(({ name }) => name).toSorted(), differences.map(({ name }) => name).toSorted()));
});
