import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { createHistory } from '../../sandbox-server/driver/local-history.ts';
import { createScreen } from '../../sandbox-server/driver/local-screen.ts';
import { output } from '../agent/random-output.ts';
import { DrawnScreen, type Shown } from '../support/drawn-screen.ts';
import { kinds, text } from '../support/printed.ts';
import { isBeyondDrawing, readScreen } from '../support/screen-state.ts';
import { chooseSeed } from '../support/seeded-random.ts';

const SIZE = { columns: 40, rows: 10 };
const KEPT_BYTES = 16 * 1024;
/** The longest stretch that is not cut, and a slice. */
const MAX_STRETCH_BYTES = 80 * 1024;
const PRINTED_BYTES = 120 * 1024;
/** Some seconds' worth; each run draws other mixtures. */
const HISTORY_RUNS = 15;
const SCREEN_RUNS = 150;
/** Ends a sequence that was cut. */
const CANCEL = 0x18;

/** Of a few kinds, so that these meet often. */
const mixture = fc
  .subarray(kinds, { minLength: 3, maxLength: 12 })
  .chain((some) => fc.array(fc.oneof(text, fc.constantFrom(...some)), { minLength: 20, maxLength: 60 }));

/** Everything that was printed, drawn by one terminal that was there from the beginning. */
async function drawAll(bytes: Uint8Array, size = SIZE): Promise<Shown> {
  const screen = new DrawnScreen(size);
  screen.write(bytes);
  return screen.show();
}

/** Prints all of it, and waits until what has to leave the ring has left it. */
async function printAll(bytes: Uint8Array, pieceBytes: number): Promise<ReturnType<typeof createHistory>> {
  const history = createHistory(SIZE, () => undefined, KEPT_BYTES);
  for (let from = 0; from < bytes.length; from += pieceBytes) history.append(bytes.subarray(from, from + pieceBytes));
  while (history.excessBytes > MAX_STRETCH_BYTES) await turn();
  return history;
}

function readAll(history: ReturnType<typeof createHistory>, from: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (let offset = from; offset < history.end; offset += pieces.at(-1)?.length ?? 0)
    pieces.push(history.read(offset, 32 * 1024));
  return Buffer.concat(pieces);
}

describe('the screen before the bytes that are kept', () => {
  it('gives, with these bytes, what was shown all along', async () => {
    await fc.assert(
      fc.asyncProperty(mixture, fc.nat({ max: 90_000 }), async (pieces, cut) => {
        const once = Buffer.from(pieces.join(''));
        const bytes = Buffer.concat(
          Array.from({ length: Math.ceil(PRINTED_BYTES / Math.max(once.length, 1)) }, () => once),
        );
        const history = await printAll(bytes, cut + 1);
        const { offset, drawn } = await new Promise<{ offset: number; drawn: Uint8Array }>((resolve) => {
          history.withScreen((screen) => resolve({ offset: screen.offset, drawn: screen.serialize() }));
        });
        assert.ok(offset > 0 && bytes.length - offset >= KEPT_BYTES);
        assert.deepEqual(await drawAll(Buffer.concat([drawn, readAll(history, offset)])), await drawAll(bytes));
      }),
      { numRuns: HISTORY_RUNS, seed: chooseSeed() | 0, endOnFailure: true },
    );
  });
});

describe('a screen that is drawn on another one', () => {
  const size = fc.record({ columns: fc.constantFrom(2, 5, 10, 20, 33), rows: fc.constantFrom(1, 2, 5, 10) });
  /**
   * Without what xterm.js itself gets wrong: it forgets where a link leads when its line moves between margins, may throw when
   * it erases from the start of the screen, and brings underlines back with a cursor only by half.
   */
  const leftOut = /\u001b(\]8;[^\u0007\u001b]*(\u0007|\u001b\\)|\[1;\d*J|\[[\d;:]*\b(4|21|24|58|59)\b[\d;:]*m)/g;
  const printed = output.map((bytes) => Buffer.from(bytes.toString().replaceAll(leftOut, '')));

  async function draw(screen: DrawnScreen, bytes: Uint8Array): Promise<ReturnType<typeof readScreen>> {
    screen.write(bytes);
    await screen.show();
    return readScreen(screen.terminal);
  }

  /** By one who saw all of it, and by one who came in between. */
  async function assertAlike(of: typeof SIZE, before: string | Uint8Array, after: string | Uint8Array): Promise<void> {
    const [watcher, newcomer] = [new DrawnScreen(of), new DrawnScreen(of)];
    const screen = createScreen(of);
    await screen.draw(Buffer.from(before));
    assert.deepEqual(await draw(newcomer, screen.serialize()), await draw(watcher, Buffer.from(before)));
    assert.deepEqual(await draw(newcomer, Buffer.from(after)), await draw(watcher, Buffer.from(after)));
  }

  it('leaves nothing out, and goes on alike', async () => {
    const property = fc.asyncProperty(size, printed, printed, async (of, before, after) => {
      // Nothing combines with the last character: a stream is cut behind one only where nothing else comes for long.
      const bytes = Buffer.concat([before, Buffer.of(CANCEL)]);
      const screen = new DrawnScreen(of);
      await draw(screen, bytes);
      fc.pre(!isBeyondDrawing(screen.terminal));
      await assertAlike(of, bytes, after);
    });
    await fc.assert(property, { numRuns: SCREEN_RUNS, seed: chooseSeed() | 0 });
  });

  const rows: readonly (readonly [string, string])[] = [
    [
      'the cursor that was saved, its colour and characters',
      '\u001b[3;9H\u001b[31m\u001b(0\u001b7\u001b[m\u001b(B\u001b[H',
    ],
    ['the characters that a restored cursor brought back', '\u001b7\u001b(0\u001b8'],
    ['the characters that it brought back on a screen that was left', '\u001b(0\u001b7\u001b[?47h\u001b8\u001b[?47l'],
    ['the cursor that was saved on the alternate screen', '\u001b[?47h\u001b[4;4H\u001b7\u001b[?47l'],
    ['margins of the screen that is not shown', '\u001b[3;7r\u001b[?1049h'],
    ['a cursor that is counted from the upper margin', '\u001b[3;7r\u001b[?6h\u001b[2;5H'],
    ['such a cursor above that margin', '\u001b[3;7r\u001b[?47h\u001b[?6h\u001b[2;5H\u001b[?47l'],
    ['such a cursor below the lower one', '\u001b[3;7r\u001b[?47h\u001b[?6h\u001b[9;5H\u001b[?47l'],
    ['plain rows below coloured ones', '\u001b[41mred\u001b[m\r\n'.repeat(SIZE.rows * 2)],
    ['no margins of a screen that was left', '\u001b[?1049h\u001b[2;5r\u001b[?1049l\u001b[?1049h\u001b[9H'],
    ['an empty row that goes on in the next one', `${'x'.repeat(SIZE.columns + 5)}\u001b[A\u001b[2K\u001b[4H`],
    ['a character without a width', 'e\u001b[m\u0301x'],
    ['what remains of wide characters', '\u001b[1;31m日本\u001b[3G.\u001b[2G.\u001b[39G語\u001b[39G.'],
    ['what remains of them next to each other and to nothing', '\u001b[1;31m\u001b[9G日\u001b[10G本\u001b[11G.'],
    ['a plain screen over a coloured one', `\u001b[${SIZE.rows}H\u001b[41mtext\u001b[m\u001b[?47h\u001b[H`],
    ['a cursor beyond all columns', `\u001b[?47h${'x'.repeat(SIZE.columns)}\u001b[m\u0301`],
    ['such a cursor on the normal screen', `${'x'.repeat(SIZE.columns)}\u001b[m\u0301`],
    ['an emoji', '\u001b[41m🙂x'],
    ['a cursor behind the last column', `\u001b[2Hab\u001b[H${'x'.repeat(SIZE.columns)}\u001b[S`],
    ['a cursor behind the last column of the alternate screen', `\u001b[?47h${'x'.repeat(SIZE.columns - 2)}日`],
    ['a cursor behind a last column there that was erased', `\u001b[?47h${'x'.repeat(SIZE.columns)}\u001b[2K`],
    ['tab stops', '\u001b[3g\u001b[5G\u001bH\r'],
    ['a curly underline of another colour', '\u001b[4:3;58;5;9mcurly'],
    ['lines that begin at the left', '\u001b[20h'],
    ['a picture that is not complete', '\u001b[?2026hhalf'],
  ];
  /** Shows what else was remembered: of both screens, of tab stops and character sets. */
  const next = 'q\u001b8here\u001b[?1049l\u001b[?47h\u001b8there\u001b[?47l\r\n\r\n\tq\n\nq\u000fq';
  for (const [what, before] of rows) it(`has ${what}`, () => assertAlike(SIZE, before, next));

  it('goes on in the characters that are in use, even if they came along from the other screen', () =>
    assertAlike(SIZE, '\u001b[?47h\u001b(0\u001b7\u001b[?47l\u001b8\u001b[?47h', 'q'));

  it('has the title, the colours and where a link leads', async () => {
    const screen = createScreen(SIZE);
    const said = ['\u001b]11;#102030\u001b\\', '\u001b]2;a title\u001b\\', '\u001b]8;id=1;http://a.example\u001b\\'];
    await screen.draw(Buffer.from(`${said.join('')}link`));
    const drawn = Buffer.from(screen.serialize()).toString();
    for (const each of said) assert.ok(drawn.includes(each), each);
  });

  it('has its rows where they were when a window has become narrower', async () => {
    const screen = createScreen(SIZE);
    // Cut within the wide character; xterm.js keeps what is outside of the alternate screen.
    const narrower = { ...SIZE, columns: SIZE.columns - 3 };
    const text = 'x'.repeat(narrower.columns - 1);
    await screen.draw(Buffer.from(`\u001b[?1049h${text}日yznext`));
    screen.resize(narrower);
    const { lines } = await drawAll(screen.serialize(), narrower);
    assert.deepEqual(lines.slice(0, 3), [text, 'next', '']);
  });

  it('has each character, however the stream comes', async () => {
    const texts = ['é', '—', '日', '…', '𐀀', '🙂'].map((character) => `${character}!`);
    const whole = Buffer.from(texts.join(''));
    const screen = createScreen(SIZE);
    for (const byte of whole) await screen.draw(Uint8Array.of(byte));
    assert.equal((await drawAll(screen.serialize())).lines[0], texts.join(''));
  });

  it('is had even where xterm.js throws: everything erased up to the last cell', async () => {
    const screen = createScreen(SIZE);
    await screen.draw(Buffer.from('text\u001b[99;99H\u001b[1Jx'));
    const { lines } = await drawAll(screen.serialize());
    assert.deepEqual(
      lines.filter((line) => line !== ''),
      [`${' '.repeat(SIZE.columns - 1)}x`],
    );
  });
});
