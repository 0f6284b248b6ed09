import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeFrame, encodeOutput } from '../../sandbox-server/terminal/decode-frame.ts';
import { HIGH_WATER_BYTES, LOW_WATER_BYTES, createFlowWindow } from '../../sandbox-server/terminal/flow-window.ts';
import { createOutputBatch } from '../../sandbox-server/terminal/output-batch.ts';
import { createTickets } from '../../sandbox-server/terminal/tickets.ts';
import { createClicks } from '../../sandbox-server/terminal/clicks.ts';
import { ManualClock } from '../support/manual-clock.ts';

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  return (await Promise.race([promise, Promise.resolve(pending)])) === pending;
}

describe('the window of a terminal', () => {
  it('closes at the high mark and opens at the low one', async () => {
    const window = createFlowWindow();
    window.onSent(HIGH_WATER_BYTES - 1);
    await window.whenOpen();
    window.onSent(1);
    const opening = window.whenOpen();
    assert.ok(window.onAck(HIGH_WATER_BYTES - LOW_WATER_BYTES - 1));
    assert.ok(await isPending(opening));
    assert.ok(window.onAck(HIGH_WATER_BYTES - LOW_WATER_BYTES));
    await opening;
  });

  for (const [offset, expected] of [
    [50, true],
    [100, true],
    [101, false],
    [29, false],
  ] as const) {
    it(`${expected ? 'takes' : 'refuses'} an ack of ${offset} between 30 and 100`, () => {
      const window = createFlowWindow();
      window.onSent(100);
      window.onAck(30);
      assert.equal(window.onAck(offset), expected);
    });
  }
});

describe('output to a page', () => {
  function createBatch() {
    const clock = new ManualClock();
    const sent: string[] = [];
    return { clock, sent, batch: createOutputBatch((bytes) => sent.push(Buffer.from(bytes).toString()), clock) };
  }

  it('goes out at once after a pause, and is joined within a burst', () => {
    const { clock, sent, batch } = createBatch();
    for (const piece of ['a', 'b', 'c']) batch.push(Buffer.from(piece));
    assert.deepEqual(sent, ['a']);
    clock.advance(10);
    assert.deepEqual(sent, ['a', 'bc']);
    clock.advance(10);
    batch.push(Buffer.from('d'));
    assert.deepEqual(sent, ['a', 'bc', 'd']);
  });

  it('does not make the echo of a key wait', () => {
    const { sent, batch } = createBatch();
    for (const piece of ['a', 'b']) batch.push(Buffer.from(piece));
    batch.onKey();
    batch.push(Buffer.from('k'));
    assert.deepEqual(sent, ['a', 'b', 'k']);
  });

  it('does not wait when a frame is full', () => {
    const { sent, batch } = createBatch();
    batch.push(Buffer.from('a'));
    batch.push(Buffer.alloc(40_000));
    assert.equal(sent.length, 2);
  });
});

describe('a frame', () => {
  it('never breaks the server, whatever a browser sends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isBinary) => {
        decodeFrame(Buffer.from(bytes), isBinary);
      }),
    );
  });

  it('carries input whole, with its number', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), (bytes, sequence) => {
        const frame = encodeOutput(sequence, bytes);
        frame[0] = 2;
        const decoded = decodeFrame(frame, true);
        assert.ok(decoded.kind === 'input');
        assert.deepEqual([decoded.sequence, Buffer.from(decoded.bytes)], [sequence, Buffer.from(bytes)]);
      }),
    );
  });
});

describe('a ticket', () => {
  const admission = { sandboxId: 'a', ownerHash: 'b' };
  let count = 0;
  const makeId = () => `ticket-${(count += 1)}`;

  it('lets in once', () => {
    const tickets = createTickets(new ManualClock(), makeId);
    const ticket = tickets.issue(admission);
    assert.deepEqual(tickets.redeem(ticket), admission);
    assert.equal(tickets.redeem(ticket), undefined);
  });

  for (const [ageMs, expected] of [
    [30_000, admission],
    [30_001, undefined],
  ] as const) {
    it(`${expected ? 'lets in' : 'is too old'} after ${ageMs} ms`, () => {
      const clock = new ManualClock();
      const tickets = createTickets(clock, makeId);
      const ticket = tickets.issue(admission);
      clock.advance(ageMs);
      assert.deepEqual(tickets.redeem(ticket), expected);
    });
  }
});

describe('a click on Run', () => {
  it('counts once in its sandbox, and anew in another', () => {
    const clicks = createClicks();
    assert.deepEqual([clicks.claim('a', '1'), clicks.claim('a', '1'), clicks.claim('b', '1')], [true, false, true]);
  });
});
