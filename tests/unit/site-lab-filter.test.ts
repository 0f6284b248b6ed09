import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFound, readFilter, writeFilter } from '../../src/site/lab-filter.ts';
import { tagsOf } from '../../src/site/lab-tags.ts';

describe('the address of a list of labs', () => {
  for (const [search, written] of [
    ['', ''],
    ['?level=beginner&tag=pods&q=crash+loop', '?level=beginner&tag=pods&q=crash+loop'],
    ['?q=%20a%26b%20&other=1', '?q=a%26b'],
    ['?tag=', ''],
  ] as const)
    it(`says the same again when it is read: ${search}`, () => assert.equal(writeFilter(readFilter(search)), written));

  it('says no more than an address can hold', () =>
    assert.equal(readFilter(`?q=${'x'.repeat(9000)}`).query.length, 200));
});

describe('a lab in a filtered list', () => {
  const lab = { level: 'beginner', tags: ['pods', 'probes'], words: 'Les étapes d’un pod. Read a CrashLoopBackOff.' };
  for (const [search, found] of [
    ['', true],
    ['?level=beginner&tag=probes', true],
    ['?level=advanced', false],
    ['?tag=pod', false],
    ['?q=crashloop', true],
    ["?q=POD+d'un", true],
    ['?q=etapes', true],
    ['?q=étapes', true],
    ['?q=pod+service', false],
    ['?level=beginner&tag=pods&q=service', false],
  ] as const)
    it(`is ${found ? 'there' : 'not there'} with ${search || 'no filter'}`, () =>
      assert.equal(isFound(lab, readFilter(search)), found));
});

describe('the tags of all labs', () => {
  it('begin with those of the most labs, each once, then go by name', () => {
    const labs = [
      ['b', 'z'],
      ['z', 'a'],
      ['c', 'c'],
    ].map((tags) => ({ data: { tags } }));
    assert.deepEqual(tagsOf(labs), ['z', 'a', 'b', 'c']);
  });
});
