/** The part of the stores' contract that is about one person: where they were, all that is kept of them, its end. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Store } from '../../sandbox-server/store/store.ts';

const minute = (count: number) => new Date(Date.UTC(2026, 10, 23, 12, count));

/** One trace of each kind, at the minute. */
export async function leaveTraces(store: Store, ownerHash: string, at: Date): Promise<void> {
  await store.markCheckDone({ ownerHash, lab: 'one', check: 'pod', at });
  await store.keepPlace({ ownerHash, lab: 'one', step: 3, at });
  await store.keepAnswer({ ownerHash, lab: 'one', question: 'why', answers: [0, 2], at });
  await store.keepHome({ ownerHash, lab: 'one', archive: Buffer.from('home'), at }, 10_000);
  await store.addFinishedRun({ ownerHash, lab: 'one', seconds: 90 });
}

export function describePersonal(open: () => Promise<Store>): void {
  it('knows where a person was last, and what they answered last, on whatever device', async () => {
    await using store = await open();
    await leaveTraces(store, 'p1', minute(1));
    await store.keepPlace({ ownerHash: 'p1', lab: 'one', step: 2, at: minute(2) });
    await store.keepAnswer({ ownerHash: 'p1', lab: 'one', question: 'why', answers: [], at: minute(2) });
    assert.deepEqual(await store.findPlace('p1', 'one'), { step: 2, at: minute(2) });
    assert.equal(await store.findPlace('p1', 'two'), undefined);
    assert.deepEqual(await store.listAnswers('p1', 'one'), [{ question: 'why', answers: [] }]);
    assert.deepEqual(await store.listAnswers('p2', 'one'), []);
    await store.forgetPerson('p1');
  });

  it('shows a person all that is kept of them, and forgets all of it, and nothing of others', async () => {
    await using store = await open();
    await leaveTraces(store, 'p3', minute(1));
    await leaveTraces(store, 'p4', minute(2));
    const all = {
      checksDone: [{ lab: 'one', check: 'pod', at: minute(1) }],
      places: [{ lab: 'one', step: 3, at: minute(1) }],
      answers: [{ lab: 'one', question: 'why', answers: [0, 2], at: minute(1) }],
      homes: [{ lab: 'one', at: minute(1), bytes: 4 }],
      finishedRuns: [{ lab: 'one', seconds: 90 }],
    };
    const each = { checksDone: 1, places: 1, answers: 1, homes: 1, finishedRuns: 1 };
    assert.deepEqual(await store.readPerson('p3'), all);
    assert.deepEqual(await store.forgetPerson('p3'), each);
    const nothing = { checksDone: [], places: [], answers: [], homes: [], finishedRuns: [] };
    assert.deepEqual(await store.readPerson('p3'), nothing);
    assert.deepEqual(await store.forgetPerson('p4'), each);
  });

  it('forgets who has left no trace for long, and not who has left a single one since', async () => {
    await using store = await open();
    // What other tests have left.
    await store.forgetIdle(new Date(Date.UTC(2021, 0, 1)));
    await leaveTraces(store, 'p5', new Date(Date.UTC(2020, 0, 1)));
    await leaveTraces(store, 'p6', new Date(Date.UTC(2020, 0, 1)));
    await store.keepPlace({ ownerHash: 'p6', lab: 'two', step: 1, at: minute(1) });
    assert.equal(await store.forgetIdle(new Date(Date.UTC(2021, 0, 1))), 1);
    assert.deepEqual((await store.readPerson('p5')).finishedRuns, []);
    assert.equal((await store.readPerson('p6')).checksDone.length, 1);
    await store.forgetPerson('p6');
  });

  it('lets one of all servers that ask look after a day', async () => {
    await using store = await open();
    const claim = (day: string) => Promise.all(Array.from({ length: 5 }, () => store.claimSweep(day)));
    assert.equal((await claim('2026-11-24')).filter(Boolean).length, 1);
    assert.equal((await claim('2026-11-24')).filter(Boolean).length, 0);
    assert.equal((await claim('2026-11-25')).filter(Boolean).length, 1);
    assert.equal((await claim('2026-11-24')).filter(Boolean).length, 0);
  });
}
