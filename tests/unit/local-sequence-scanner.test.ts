import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { createSequenceScanner, type Cut } from '../../sandbox-server/driver/local-sequence-scanner.ts';
import { DrawnScreen } from '../support/drawn-screen.ts';
import { piece } from '../support/printed.ts';

describe('cuts of a stream', () => {
  const cutsOf = (bytes: Uint8Array): Cut[] => {
    const cuts: Cut[] = [];
    createSequenceScanner((cut) => cuts.push(cut)).scan(bytes);
    return cuts;
  };
  const filler = 'x'.repeat(70_000);

  const rows: readonly (readonly [string, string])[] = [
    ['a colour', '\u001b[38;2;10;20;30m'],
    ['a title', '\u001b]0;a title of a window\u0007'],
    ['a link', '\u001b]8;;http://a.example/long\u001b\\'],
    ['a device control string', '\u001bP1$r0m\u001b\\'],
    ['a charset', '\u001b(0'],
    ['an emoji', '🙂'],
    ['a control of eight bits', '\u009b38;5;1m'],
  ];
  for (const [what, sequence] of rows)
    it(`never fall into ${what}`, () => {
      // So often, and with so much before it, that a cut is due within it again and again.
      const bytes = Buffer.from(`${filler}${sequence}`.repeat(20));
      const period = Buffer.byteLength(`${filler}${sequence}`);
      const cuts = cutsOf(bytes);
      assert.ok(cuts.length > 15);
      for (const { offset, lead } of cuts) {
        assert.equal(lead, '');
        const within = offset % period;
        assert.ok(within === 0 || within <= filler.length, `cut at ${within - filler.length} of ${what}`);
      }
    });

  it('fall behind line feeds where there are any', () => {
    const bytes = Buffer.from('some text of a line\r\n'.repeat(10_000));
    const cuts = cutsOf(bytes);
    assert.ok(cuts.length > 40);
    for (const { offset } of cuts) assert.equal(bytes[offset - 1], 0x0a);
  });

  it('fall even into a string without end, so that a terminal skips the rest of it', async () => {
    const bytes = Buffer.from(`\u001b]52;c;${'QUJD'.repeat(100_000)}\u0007after`);
    const [cut] = cutsOf(bytes);
    assert.ok(cut);
    const rest = Buffer.concat([Buffer.from(cut.lead), bytes.subarray(cut.offset)]);
    const screen = new DrawnScreen({ columns: 40, rows: 10 });
    screen.write(rest);
    assert.equal((await screen.show()).lines[0], 'after');
  });

  it('are the same however the stream comes', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (pieces, pieceBytes) => {
        const bytes = Buffer.from(pieces.join('').repeat(100));
        const cuts: Cut[] = [];
        const scanner = createSequenceScanner((cut) => cuts.push(cut));
        for (let from = 0; from < bytes.length; from += pieceBytes)
          scanner.scan(bytes.subarray(from, from + pieceBytes));
        assert.deepEqual(cuts, cutsOf(bytes));
      }),
      { numRuns: 30 },
    );
  });
});

describe('what a program says of its screen', () => {
  const rows: readonly (readonly [string, boolean, string])[] = [
    ['\u001b[?1049h', true, 'unknown'],
    ['\u001b[?1049h\u001b[?1049l', false, 'unknown'],
    ['\u001b[?25;1047h', true, 'unknown'],
    ['\u001b[?47h\u001bc', false, 'unknown'],
    ['\u001b[1049h', false, 'unknown'],
    ['\u001b]133;A\u0007$ ', false, 'shown'],
    ['\u001b]133;A;k=i\u001b\\$ \u001b]133;B\u0007', false, 'shown'],
    ['\u001b]133;C\u001b\\', false, 'running'],
    ['\u001b]133;C\u0007\u001b]133;D;0\u0007', false, 'unknown'],
    ['text \u001b]0;133;A\u0007', false, 'unknown'],
  ];
  for (const [printed, isAlternateScreen, prompt] of rows)
    it(`is known after ${JSON.stringify(printed)}`, () => {
      const scanner = createSequenceScanner(() => undefined);
      for (const byte of Buffer.from(printed)) scanner.scan(Uint8Array.of(byte));
      assert.deepEqual([scanner.isAlternateScreen, scanner.prompt], [isAlternateScreen, prompt]);
    });
});
