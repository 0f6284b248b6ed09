import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { KeptInput } from '../../src/terminal/kept-input.ts';
import { OutputTrack } from '../../src/terminal/output-track.ts';

const KIB = 1024;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What may happen between a page and its shell. */
type Step =
  | { readonly kind: 'type'; readonly text: string }
  /** The shell takes so many of what is on its way. */
  | { readonly kind: 'take'; readonly count: number }
  | { readonly kind: 'accepted' }
  /** The connection is cut, what is on its way is lost, and the page comes back. */
  | { readonly kind: 'cut' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('type' as const), text: fc.string({ minLength: 1, maxLength: 4 }) }),
  fc.record({ kind: fc.constant('take' as const), count: fc.nat(5) }),
  fc.record({ kind: fc.constant('accepted' as const) }),
  fc.record({ kind: fc.constant('cut' as const) }),
);

describe('what is typed', () => {
  it('reaches the shell once and in order, wherever the connection is cut', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const kept = new KeptInput();
        let typed = '';
        let shell = '';
        let last = 0;
        let onItsWay: { readonly sequence: number; readonly bytes: Uint8Array }[] = [];
        const take = (count: number): void => {
          for (const { sequence, bytes } of onItsWay.splice(0, count)) {
            if (sequence <= last) continue;
            assert.equal(sequence, last + 1, 'no number is left out');
            last = sequence;
            shell += new TextDecoder().decode(bytes);
          }
        };
        const cut = (): void => {
          onItsWay = [];
          kept.resume(last);
        };
        for (const each of steps) {
          if (each.kind === 'type') {
            typed += each.text;
            kept.push([bytesOf(each.text)]);
          } else if (each.kind === 'take') take(each.count);
          else if (each.kind === 'accepted') kept.accept(last);
          else cut();
          onItsWay.push(...kept.takeUnsent());
        }
        cut();
        onItsWay.push(...kept.takeUnsent());
        take(onItsWay.length);
        assert.equal(shell, typed);
      }),
    );
  });

  it('is refused where a shell that does not answer would get a flood', () => {
    const kept = new KeptInput();
    assert.equal(kept.push([new Uint8Array(1000 * KIB)]), true);
    assert.equal(kept.push([new Uint8Array(100 * KIB)]), false);
    kept.accept(1);
    assert.equal(kept.push([new Uint8Array(100 * KIB)]), true);
  });

  it('frees its numbers when it is dropped before it was sent', () => {
    const kept = new KeptInput();
    kept.push([bytesOf('a')]);
    kept.takeUnsent();
    kept.push([bytesOf('b')]);
    assert.equal(kept.drop(), 2);
    kept.push([bytesOf('c')]);
    assert.deepEqual(
      kept.takeUnsent().map(({ sequence }) => sequence),
      [2],
    );
  });
});

describe('output', () => {
  it('is drawn once and whole, however it is framed and sent again, and is live exactly from where it should be', () => {
    const frames = fc.array(fc.record({ back: fc.nat(20), length: fc.nat(30) }), { maxLength: 40 });
    fc.assert(
      fc.property(frames, fc.nat(200), (framed, liveOffset) => {
        const all = Uint8Array.from({ length: 2000 }, (_byte, index) => index % 251);
        const track = new OutputTrack();
        track.open(0, liveOffset);
        const drawn: number[] = [];
        for (const { back, length } of framed) {
          const offset = Math.max(0, track.received - back);
          for (const part of track.take(offset, all.subarray(offset, offset + length))) {
            assert.equal(part.isLive, drawn.length >= liveOffset);
            drawn.push(...part.bytes);
            assert.equal(part.end, drawn.length);
          }
        }
        assert.deepEqual(drawn, [...all.subarray(0, drawn.length)]);
      }),
    );
  });

  it('is acknowledged in steps, at its end at once, and never twice', () => {
    const track = new OutputTrack();
    track.open(100, 100);
    track.take(100, new Uint8Array(40 * KIB));
    assert.equal(track.ackFor(100), null);
    assert.equal(track.ackFor(100 + KIB), null);
    assert.equal(track.ackFor(100 + 16 * KIB), 100 + 16 * KIB);
    assert.equal(track.ackFor(100 + 17 * KIB), null);
    assert.equal(track.ackFor(100 + 40 * KIB), 100 + 40 * KIB);
    assert.equal(track.ackFor(100 + 40 * KIB), null);
  });
});
