import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { attackClasses } from '../cluster/attacks/classes.ts';
import type { Outcome, Result } from '../cluster/attacks/attack.ts';
import { composeScript, fill, fillValues } from '../cluster/attacks/compose-script.ts';
import { rbac } from '../cluster/attacks/layers.ts';
import { makeTable } from '../cluster/attacks/table.ts';

const all = attackClasses.flatMap(({ attacks }) => attacks);

function result(name: string, outcome: Outcome): Result {
  const attack = { name, attempt: 'true', proof: { prints: /x/ }, layers: [rbac] } as const;
  return { attackClass: 'rights', attack, outcome, said: 'what was said\n' };
}

describe('the attacks', () => {
  it('are at least six of each class, and sixty in all', () => {
    for (const { name, attacks } of attackClasses) assert.ok(attacks.length >= 6, `${name}: ${attacks.length}`);
    assert.ok(all.length >= 60, `${all.length}`);
  });

  it('have a name each', () => {
    assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
  });

  it('are stopped by nothing that the threat model does not name', async () => {
    const page = await readFile(join(import.meta.dirname, '../../content/docs/security.md'), 'utf8');
    const names = new Set(all.flatMap(({ layers }) => layers.map(({ name }) => name)));
    assert.deepEqual(
      [...names].filter((name) => !page.includes(name)),
      [],
    );
  });

  it('never ask what they may do: they try it', () => {
    for (const { name, attempt } of all) assert.ok(!String(attempt).includes('can-i'), name);
  });
});

describe('the table', () => {
  it('counts what was tried and what got through', () => {
    const table = makeTable([result('one', 'stopped'), result('other', 'through')]);
    assert.match(table, /^ {2}stopped {3}one {2}\[rbac\]$/m);
    assert.match(table, /^ {2}through {3}other {2}\[rbac\]\n +what was said$/m);
    assert.match(table, /\nattacks: 2 tried, 1 through\n$/);
  });

  it('takes what could not be judged for no success', () => {
    assert.match(makeTable([result('one', 'unclear')]), /\n1 could not be judged\nattacks: 1 tried, 0 through\n$/);
  });
});

describe('a script', () => {
  it('knows its values, whatever is in them', () => {
    assert.equal(composeScript('echo $A', { A: `it's "one"` }), `export A='it'\\''s "one"'\necho $A\n`);
  });

  it('is about places by their names', () => {
    assert.deepEqual(fillValues({ TARGET: '$VICTIM:80', OTHER: '$HOME' }, { VICTIM: '10.0.0.1' }), {
      TARGET: '10.0.0.1:80',
      OTHER: '$HOME',
    });
    assert.equal(fill('/a/${B}c', { B: 'b' }), '/a/bc');
  });
});
