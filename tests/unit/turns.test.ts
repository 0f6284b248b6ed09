import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { orderTurns, type KeptRoom, type RoomFacts } from '../../sandbox-server/session/turns.ts';

/** Each waiter is the label's letter and a number: "c1" bears the label "c". */
function turnsOf(waiters: string, facts: Partial<RoomFacts>): string {
  const asked = waiters.split(' ').filter(Boolean);
  const turns = orderTurns(
    asked.map((id) => ({ id, label: id.charAt(0) })),
    { limit: 2, inside: [], kept: [], ...facts },
  );
  return turns.map(({ id, endsNeeded }) => `${id}@${endsNeeded}`).join(' ');
}

const keptForC = (count: number): readonly KeptRoom[] => [{ label: 'c', count }];

describe('turns', () => {
  for (const [what, waiters, facts, expected] of [
    ['are in the order of coming', 'a1 b1 a2', {}, 'a1@0 b1@0 a2@1'],
    ['wait for as many ends as it takes', 'a1 a2', { inside: ['a', 'a', 'a'] }, 'a1@2 a2@3'],
    ['leave free what is kept for others', 'a1 a2', { kept: keptForC(1) }, 'a1@0 a2@1'],
    [
      'give what is kept to those for whom it is, past who came before',
      'a1 a2 c1',
      { kept: keptForC(1) },
      'a1@0 c1@0 a2@1',
    ],
    ['give no advantage beyond what is kept', 'a1 c1', { inside: ['c', 'b'], kept: keptForC(1) }, 'a1@1 c1@2'],
    [
      'count those who are in against what is kept',
      'a1 a2',
      { limit: 3, inside: ['c'], kept: keptForC(2) },
      'a1@0 a2@1',
    ],
    ['add up what is kept twice', 'a1 c1 c2', { kept: [...keptForC(1), ...keptForC(1)] }, 'c1@0 c2@0 a1@1'],
    [
      'go to whom room is kept for first when it was full before',
      'a1 c1',
      { inside: ['a', 'b'], kept: keptForC(1) },
      'c1@1 a1@2',
    ],
    ['are those of nobody where nobody waits', '', {}, ''],
  ] as const) {
    it(what, () => assert.equal(turnsOf(waiters, facts), expected));
  }

  const label = fc.constantFrom('a', 'b', 'c', 'd');
  const facts = fc.record({
    limit: fc.nat(8),
    inside: fc.array(label, { maxLength: 8 }),
    kept: fc.array(fc.record({ label: fc.constantFrom('c', 'd'), count: fc.nat(4) }), { maxLength: 3 }),
  });
  const waiters = fc
    .array(label, { maxLength: 12 })
    .map((labels) => labels.map((each, index) => ({ id: `${each}${index}`, label: each })));

  it('come to each once, first come first among equals', () => {
    fc.assert(
      fc.property(waiters, facts, (all, room) => {
        const turns = orderTurns(all, room);
        assert.deepEqual(turns.map(({ id }) => id).toSorted(), all.map(({ id }) => id).toSorted());
        for (const one of ['a', 'c']) {
          const isEqual = ({ id }: { readonly id: string }) => id.startsWith(one);
          assert.deepEqual(
            turns.filter(isEqual).map(({ id }) => id),
            all.filter(isEqual).map(({ id }) => id),
          );
        }
      }),
    );
  });

  it('never let more in at once than there is room for, nor into what is kept for others', () => {
    fc.assert(
      fc.property(waiters, facts, (all, room) => {
        const now = orderTurns(all, room).filter(({ endsNeeded }) => endsNeeded === 0);
        const labels = [...room.inside, ...now.map(({ id }) => id.charAt(0))];
        if (now.length > 0) assert.ok(labels.length <= room.limit);
        for (const { id } of now.filter(({ id }) => 'ab'.includes(id.charAt(0)))) {
          const keptUnused = ['c', 'd'].map((each) => {
            const count = room.kept.filter((kept) => kept.label === each).reduce((sum, kept) => sum + kept.count, 0);
            return Math.max(0, count - labels.filter((one) => one === each).length);
          });
          assert.ok(labels.length + keptUnused.reduce((sum, left) => sum + left, 0) <= room.limit, id);
        }
      }),
    );
  });
});
