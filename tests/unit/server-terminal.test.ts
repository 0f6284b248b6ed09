import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MAX_INPUT_BYTES, MAX_PENDING_INPUT_BYTES, frameType } from '../../sandbox-server/protocol/frames.ts';
import { decodeFrame, encodeFrame } from '../../sandbox-server/terminal/browser-frames.ts';
import { createPendingInput } from '../../sandbox-server/terminal/pending-input.ts';
import { resumeOutcome } from '../../sandbox-server/terminal/resume-outcome.ts';

describe('a frame of a browser', () => {
  it('never breaks the server, whatever a browser sends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isBinary) => {
        decodeFrame(Buffer.from(bytes), isBinary);
      }),
    );
  });

  it('carries input whole, with its number', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.integer({ min: 1 }), (bytes, sequence) => {
        const decoded = decodeFrame(encodeFrame('input', sequence, bytes), true);
        assert.ok(decoded.kind === 'input');
        assert.deepEqual([decoded.sequence, Buffer.from(decoded.bytes)], [sequence, Buffer.from(bytes)]);
      }),
    );
  });

  it('says how far output is drawn', () => {
    assert.deepEqual(decodeFrame(encodeFrame('ack', 12), true), { kind: 'ack', offset: 12 });
  });

  const tooFar = encodeFrame('input', 0, Buffer.from('x')).fill(255, 1, 9);
  for (const [what, frame, code] of [
    ['without a number', Buffer.from([frameType.input, 0, 0]), 'frame_malformed'],
    ['with a number beyond counting', tooFar, 'frame_malformed'],
    ['of input that is number 0', encodeFrame('input', 0, Buffer.from('x')), 'frame_malformed'],
    ['of input without content', encodeFrame('input', 1), 'frame_malformed'],
    ['of an ack with content', encodeFrame('ack', 1, Buffer.from('x')), 'frame_malformed'],
    ['of a type that only a server sends', encodeFrame('output', 1, Buffer.from('x')), 'frame_malformed'],
    ['of more input than goes at once', encodeFrame('input', 1, Buffer.alloc(MAX_INPUT_BYTES + 1)), 'frame_too_large'],
  ] as const) {
    it(`is refused ${what}`, () => assert.deepEqual(decodeFrame(frame, true), { kind: 'refused', code }));
  }
});

describe('input that is on its way', () => {
  it('is taken up to the limit, and again when some was accepted', () => {
    const pending = createPendingInput();
    const half = MAX_PENDING_INPUT_BYTES / 2;
    assert.deepEqual([pending.add(1, half), pending.add(2, half)], [true, true]);
    pending.onAccepted(1);
    assert.equal(pending.add(3, half), true);
    assert.equal(pending.add(4, 1), false);
  });

  it('is all accepted by a number behind it, and untouched by one before it', () => {
    const pending = createPendingInput();
    pending.add(5, MAX_PENDING_INPUT_BYTES);
    pending.onAccepted(4);
    pending.onAccepted(9);
    assert.equal(pending.add(10, MAX_PENDING_INPUT_BYTES), true);
    assert.equal(pending.add(11, 1), false);
  });
});

describe('a browser that comes back', () => {
  const shell = { epoch: 'a', offset: 50, isNew: false };
  for (const [what, resume, opened, outcome] of [
    ['goes on where it was', { epoch: 'a', offset: 50 }, shell, 'continued'],
    ['has its screen drawn when a part is gone', { epoch: 'a', offset: 20 }, shell, 'redrawn'],
    ['has its screen drawn after a reload', undefined, shell, 'redrawn'],
    ['finds another shell', { epoch: 'b', offset: 50 }, shell, 'new_shell'],
    ['is none when it comes first', undefined, { ...shell, isNew: true }, undefined],
  ] as const) {
    it(what, () => assert.equal(resumeOutcome(resume, opened), outcome));
  }
});
