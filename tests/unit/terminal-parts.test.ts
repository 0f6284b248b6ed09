import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorTable } from '../../sandbox-server/errors.ts';
import { MAX_INPUT_BYTES } from '../../sandbox-server/protocol/frames.ts';
import { errorTexts } from '../../src/i18n/error-texts.ts';
import { backoffMs } from '../../src/terminal/backoff.ts';
import { toHexColour } from '../../src/terminal/colour.ts';
import { sayDuration } from '../../src/terminal/duration.ts';
import { cutInput, decodeServerFrame, encodeAck, encodeInput } from '../../src/terminal/frame-codec.ts';
import { chordOf, isReport, rowKeyCode, withCtrl } from '../../src/terminal/keys.ts';
import { fillIn } from '../../src/terminal/page-texts.ts';

describe('waiting between tries', () => {
  it('doubles, never beyond the longest wait, and leaves half to chance', () => {
    assert.deepEqual(
      [0, 1, 2, 5, 60].map((attempt) => backoffMs(attempt, 0)),
      [125, 250, 500, 1_000, 1_000],
    );
    assert.equal(backoffMs(0, 0.999), 250);
    assert.equal(backoffMs(1_000, 0.999), 1_999);
    assert.equal(backoffMs(-1, 0), 125);
  });
});

describe('frames', () => {
  it('carry input behind type and sequence', () => {
    assert.deepEqual([...encodeInput(258, Uint8Array.of(104, 105))], [2, 0, 0, 0, 0, 0, 0, 1, 2, 104, 105]);
  });
  it('carry an acknowledgement in the header alone', () => {
    assert.deepEqual([...encodeAck(258)], [5, 0, 0, 0, 0, 0, 0, 1, 2]);
  });
  it('are read when a server may send them', () => {
    const frame = (type: number): ArrayBuffer => Uint8Array.of(type, 0, 0, 0, 0, 0, 0, 1, 0, 111).buffer;
    assert.deepEqual(decodeServerFrame(frame(1)), { type: 'output', number: 256, bytes: Uint8Array.of(111) });
    assert.equal(decodeServerFrame(frame(3))?.type, 'screen');
    assert.equal(decodeServerFrame(frame(4))?.type, 'accepted');
    for (const type of [0, 2, 5, 255]) assert.equal(decodeServerFrame(frame(type)), null);
    assert.equal(decodeServerFrame(Uint8Array.of(1, 0).buffer), null);
    assert.equal(decodeServerFrame(new Uint8Array(9).fill(255).fill(1, 0, 1).buffer), null);
  });
  it('are cut at the largest input, and nothing makes none', () => {
    const sizes = (length: number): number[] => cutInput(new Uint8Array(length)).map((piece) => piece.length);
    assert.deepEqual(sizes(0), []);
    assert.deepEqual(sizes(MAX_INPUT_BYTES), [MAX_INPUT_BYTES]);
    assert.deepEqual(sizes(MAX_INPUT_BYTES + 7), [MAX_INPUT_BYTES, 7]);
  });
});

describe('colours for the terminal', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['oklch(1 0 0)', '#ffffff'],
    ['oklch(0 0 0)', '#000000'],
    ['oklch(62.8% 0.2577 29.23)', '#ff0000'],
    ['oklch(0.5 0 none)', '#636363'],
    ['rgb(1, 2, 3)', 'rgb(1, 2, 3)'],
  ];
  for (const [computed, hex] of rows)
    it(`turn ${computed} into ${hex}`, () => assert.equal(toHexColour(computed), hex));
});

describe('durations', () => {
  const rows: readonly (readonly [number, string, string])[] = [
    [0, 'en', '1 second'],
    [59_000, 'en', '59 seconds'],
    [12 * 60_000, 'en', '12 minutes'],
    [120 * 60_000 + 900, 'en', '2 hours'],
    [70 * 60_000, 'en', '1 hour 10 minutes'],
    [12 * 60_000, 'fr', '12 minutes'],
  ];
  for (const [durationMs, language, said] of rows) {
    it(`says ${durationMs} ms as "${said}"`, () =>
      assert.equal(sayDuration(durationMs, language).replace(/\u00a0/g, ' '), said));
  }
});

describe('keys', () => {
  const chord = { type: 'keydown', code: 'KeyE', ctrlKey: true, shiftKey: true, altKey: false, metaKey: false };
  it('are kept from the shell as chords alone', () => {
    assert.equal(chordOf(chord), 'leave');
    assert.equal(chordOf({ ...chord, code: 'KeyF' }), 'find');
    for (const other of [
      { shiftKey: false },
      { ctrlKey: false },
      { altKey: true },
      { metaKey: true },
      { code: 'KeyG' },
      { type: 'keyup' },
    ]) {
      assert.equal(chordOf({ ...chord, ...other }), null);
    }
  });
  it('become control codes with Ctrl held, where there is one', () => {
    assert.deepEqual(['c', 'C', '[', '1', 'ab', '\x1b[A'].map(withCtrl), ['\x03', '\x03', '\x1b', '1', 'ab', '\x1b[A']);
  });
  it('are told from what the mouse and the focus do', () => {
    for (const report of ['\x1b[<35;10;4M', '\x1b[M !!', '\x1b[I', '\x1b[O'])
      assert.equal(isReport(report), true, report);
    for (const key of ['a', '\x1b', '\x1b[A', '\x1bOP', '\x1b[Z', '\x1b[1;5C']) assert.equal(isReport(key), false, key);
  });
  it('send arrows as the program asked', () => {
    assert.equal(rowKeyCode('ArrowUp', false), '\x1b[A');
    assert.equal(rowKeyCode('ArrowUp', true), '\x1bOA');
    assert.equal(rowKeyCode('Escape', true), '\x1b');
  });
});

describe('texts of the page', () => {
  it('have values filled in, and show what is missing', () => {
    assert.equal(fillIn('Pod {pod} has {found}.', { pod: 'web', found: '$1' }), 'Pod web has $1.');
    assert.equal(fillIn('Pod {pod}.', {}), 'Pod {pod}.');
  });
  it('have a sentence for every code of the error table', () => {
    assert.deepEqual(
      Object.keys(errorTable).filter((code) => !Object.hasOwn(errorTexts, code)),
      [],
    );
  });
  it('have no sentence for a code that is gone', () => {
    const known = new Set<string>([...Object.keys(errorTable), 'unreachable']);
    assert.deepEqual(
      Object.keys(errorTexts).filter((code) => !known.has(code)),
      [],
    );
  });
});
