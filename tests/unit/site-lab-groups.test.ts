import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LabDefinition } from '../../sandbox-server/protocol/lab.ts';
import { groupLabs, nextInPath } from '../../src/site/lab-groups.ts';

const makeLab = (id: string) => ({ id, data: { level: 'beginner', minutes: 5 } as LabDefinition });
const makePath = (id: string, labs: string[]) => ({ id, data: { title: { en: id }, summary: { en: id }, labs } });
const show = (groups: ReturnType<typeof groupLabs>) =>
  groups.map(({ path, labs }) => [path?.title.en, ...labs.map(({ id }) => id)].join(' '));

describe('the list of labs', () => {
  const labs = ['a', 'b', 'c', 'd'].map(makeLab);

  it('has the labs of each path in its order, and the others after them', () => {
    const groups = groupLabs(labs, [makePath('two', ['d']), makePath('one', ['c', 'a'])]);
    assert.deepEqual(show(groups), ['one c a', 'two d', ' b']);
  });

  it('has a lab in each path that it is of, and no others where there are none', () => {
    const groups = groupLabs(labs, [makePath('one', ['a', 'b']), makePath('two', ['b', 'c', 'd'])]);
    assert.deepEqual(show(groups), ['one a b', 'two b c d']);
  });

  it('is one list where there is no path', () => assert.deepEqual(show(groupLabs(labs, [])), [' a b c d']));

  it('leads on from each lab but the last, by the first path that leads on', () => {
    const paths = [makePath('two', ['b', 'd']), makePath('one', ['a', 'b'])];
    assert.deepEqual(
      ['a', 'b', 'd', 'c'].map((slug) => nextInPath(slug, paths)),
      ['b', 'd', undefined, undefined],
    );
  });

  it('names the file of a path that leads to no lab', () =>
    assert.throws(() => groupLabs(labs, [makePath('one', ['x'])]), /paths\/one\.yaml names the lab x/));
});
