import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { actionOf, isLetter, moveOf } from '../../src/deck/key-map.ts';
import { clockText, paceAt } from '../../src/deck/pace.ts';
import { keysOfDeck, keysOfSpeaker } from '../../src/deck/shown-keys.ts';
import { findSlides } from '../../src/deck/slide-search.ts';
import { decodeClock, elapsedMs, setBack, startedAt, toggled } from '../../src/deck/talk-clock.ts';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'altKey' | 'metaKey' | 'shiftKey', boolean>> = {}) => ({
  key,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  shiftKey: false,
  ...held,
});

describe('a presenter at the keys', () => {
  for (const [key, action] of [
    ['b', 'blank'],
    ['B', 'blank'],
    ['.', 'blank'],
    ['/', 'goTo'],
    ['F1', 'keys'],
    ['F5', 'full'],
    ['ArrowRight', null],
    ['x', null],
  ] as const) {
    test(`it answers ${key} with ${action ?? 'nothing of its own'}`, () => {
      assert.equal(actionOf(press(key), true), action);
    });
  }

  test('it takes a question mark by the sign, wherever it is on the keyboard', () => {
    assert.equal(actionOf(press('?', { shiftKey: true }), true), 'keys');
  });

  test('it leaves the browser its own chords', () => {
    for (const held of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }]) {
      assert.equal(actionOf(press('f', held), true), null);
      assert.equal(moveOf(press('n', held), true), null);
    }
    assert.equal(actionOf(press('F5', { shiftKey: true }), true), null);
  });

  test('it lets no letter or sign do anything once they are off, and all other keys as before', () => {
    for (const key of ['b', '.', 's', '?', 'n', 'h']) {
      assert.equal(actionOf(press(key), false), null);
      assert.equal(moveOf(press(key), false), null);
      assert.equal(isLetter(press(key)), true);
    }
    assert.equal(actionOf(press('F1'), false), 'keys');
    assert.equal(moveOf(press('PageDown'), false), 'next');
    assert.equal(moveOf(press(' '), false), 'next');
  });

  test('it goes back by Shift and space', () => {
    assert.equal(moveOf(press(' ', { shiftKey: true }), true), 'previous');
  });

  test('it is shown exactly the keys that there are', () => {
    for (const { action, keys } of [...keysOfDeck, ...keysOfSpeaker]) {
      if (action === undefined || action === 'clock') continue;
      const own = keys.filter((key) => !key.startsWith('keys.') && !(action === 'overview' && key === 'keys.escape'));
      assert.deepEqual(
        own.map((key) => actionOf(press(key), true)),
        own.map(() => action),
      );
    }
  });
});

describe('the pace of a talk', () => {
  const timings = [60, 120, undefined, 60];
  for (const [index, seconds, pace] of [
    [0, 0, { kind: 'onTime' }],
    [0, 60, { kind: 'onTime' }],
    [0, 100, { kind: 'behind', seconds: 40 }],
    [1, 20, { kind: 'ahead', seconds: 40 }],
    [1, 55, { kind: 'onTime' }],
    [2, 180, { kind: 'onTime' }],
    [3, 300, { kind: 'behind', seconds: 60 }],
  ] as const) {
    test(`it is ${pace.kind} on slide ${index + 1} after ${seconds} seconds`, () => {
      assert.deepEqual(paceAt(timings, index, seconds), pace);
    });
  }

  test('it is not told where no slide has a timing', () => {
    assert.deepEqual(paceAt([undefined, undefined], 1, 500), { kind: 'none' });
  });

  for (const [seconds, text] of [
    [0, '0:00'],
    [65.9, '1:05'],
    [3727, '1:02:07'],
    [-3, '0:00'],
  ] as const) {
    test(`it writes ${seconds} seconds as ${text}`, () => assert.equal(clockText(seconds), text));
  }
});

describe('the clock of a talk', () => {
  test('it stands while it is paused, and goes on from there', () => {
    const paused = toggled(startedAt(1000), 4000);
    assert.equal(elapsedMs(paused, 99_000), 3000);
    assert.equal(elapsedMs(toggled(paused, 10_000), 12_000), 5000);
  });

  test('it is set back without being set going', () => {
    assert.deepEqual(setBack(toggled(startedAt(0), 500), 900), { passedMs: 0, sinceMs: null });
    assert.deepEqual(setBack(startedAt(0), 900), { passedMs: 0, sinceMs: 900 });
  });

  test('it is itself again after a reload, and begins anew from what it did not write', () => {
    assert.deepEqual(decodeClock(JSON.stringify(startedAt(7))), startedAt(7));
    for (const stored of [null, '', '{', '{"passedMs":"1","sinceMs":null}', '{"passedMs":1}']) {
      assert.equal(decodeClock(stored), null);
    }
  });
});

describe('going to a slide', () => {
  const slides = [
    { title: 'Welcome', text: 'said aloud' },
    { title: 'Une étape', text: 'two words' },
    { title: 'Slide 1 again', text: 'Étape and cluster' },
  ];
  for (const [query, found] of [
    ['', [0, 1, 2]],
    ['2', [1]],
    ['1', [0, 2]],
    ['etape', [1, 2]],
    ['words two', [1]],
    ['ALOUD', [0]],
    ['nowhere', []],
  ] as const) {
    test(`it finds ${JSON.stringify(found)} by "${query}"`, () => assert.deepEqual(findSlides(slides, query), found));
  }
});
