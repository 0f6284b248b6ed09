import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { TerminalEvent } from '../../sandbox-server/driver/driver.ts';
import { createBackpressure } from '../../sandbox-server/driver/local-backpressure.ts';
import { createHistory } from '../../sandbox-server/driver/local-history.ts';
import { createOutputFlow, WINDOW_BYTES } from '../../sandbox-server/driver/local-output.ts';
import { ManualClock } from '../support/manual-clock.ts';

const SIZE = { columns: 80, rows: 24 };

describe('output to an attachment', () => {
  function makeFlow() {
    const history = createHistory(SIZE, () => undefined);
    const events: TerminalEvent[] = [];
    const flow = createOutputFlow({ history, offset: 0, screen: undefined, emit: (event) => events.push(event) });
    const print = (bytes: number) => {
      history.append(new Uint8Array(bytes).fill(0x78));
      flow.pump();
    };
    const sentBytes = () => events.reduce((sum, event) => sum + ('bytes' in event ? event.bytes.length : 0), 0);
    return { history, events, flow, print, sentBytes };
  }

  it('is never more than the window ahead of what is drawn, and in order', () => {
    const step = fc.oneof(
      fc.record({ print: fc.nat({ max: 100_000 }) }),
      fc.record({ draw: fc.nat({ max: 200_000 }) }),
      fc.record({ resize: fc.nat({ max: 100 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 10 }), (steps) => {
        const { history, events, flow, print, sentBytes } = makeFlow();
        const sizes: number[] = [];
        let drawn = 0;
        for (const each of steps) {
          if ('print' in each) print(each.print);
          else if ('draw' in each) {
            drawn = Math.min(drawn + each.draw, sentBytes());
            flow.ack(drawn);
          } else {
            history.resize({ columns: 100 + each.resize, rows: 24 });
            sizes.push(history.end);
            flow.pump();
          }
          assert.ok(sentBytes() - drawn <= WINDOW_BYTES);
          if (history.end - drawn <= WINDOW_BYTES) assert.equal(sentBytes(), history.end);
        }
        let offset = 0;
        for (const event of events) {
          if (event.type === 'size') assert.ok(sizes.includes(offset), `a size at ${offset}`);
          if (event.type !== 'output') continue;
          assert.equal(event.offset, offset);
          assert.ok(event.bytes.length <= 32 * 1024);
          offset += event.bytes.length;
        }
      }),
    );
  });

  it('keeps its order when whoever is told acknowledges at once', () => {
    const history = createHistory(SIZE, () => undefined);
    const offsets: number[] = [];
    const flow = createOutputFlow({
      history,
      offset: 0,
      screen: undefined,
      emit(event) {
        if (event.type !== 'output') return;
        flow.ack(event.offset + event.bytes.length);
        offsets.push(event.offset);
      },
    });
    history.append(new Uint8Array(900_000));
    flow.pump();
    assert.deepEqual(
      offsets,
      offsets.toSorted((a, b) => a - b),
    );
    assert.equal(offsets.length, 28);
  });

  it('does not believe an ack of what was not sent', () => {
    const { flow, print, sentBytes } = makeFlow();
    print(600_000);
    flow.ack(600_000);
    assert.equal(sentBytes(), 2 * WINDOW_BYTES);
  });

  it('ends with what is said last, once all is sent', () => {
    const { events, flow, print } = makeFlow();
    print(300_000);
    flow.finish({ type: 'exited', status: 0 });
    assert.notEqual(events.at(-1)?.type, 'exited');
    flow.ack(WINDOW_BYTES);
    assert.equal(events.at(-1)?.type, 'exited');
  });
});

describe('a shell that prints faster than its writer draws', () => {
  function makeFlood() {
    const clock = new ManualClock();
    const history = { end: 0, excessBytes: 0 };
    const reading: boolean[] = [];
    const backpressure = createBackpressure({ history, clock, setReading: (isReading) => reading.push(isReading) });
    const print = (bytes: number) => {
      history.end += bytes;
      backpressure.balance();
    };
    return { clock, history, backpressure, print, isRead: () => reading.at(-1) };
  }

  it('waits as long as the writer draws at all', () => {
    const { clock, backpressure, print, isRead } = makeFlood();
    const writer = { ackedOffset: 0 };
    backpressure.setWriter(writer);
    print(WINDOW_BYTES);
    for (let second = 0; second < 20; second += 1) {
      clock.advance(4_000);
      assert.equal(isRead(), false);
      backpressure.onWriterAck();
    }
    writer.ackedOffset = 1;
    backpressure.onWriterAck();
    assert.equal(isRead(), true);
  });

  it('goes on after 5 s of silence, which begin when it has to wait', () => {
    const { clock, backpressure, print, isRead } = makeFlood();
    backpressure.setWriter({ ackedOffset: 0 });
    clock.advance(3_600_000);
    print(WINDOW_BYTES);
    clock.advance(4_999);
    assert.equal(isRead(), false);
    clock.advance(1);
    assert.equal(isRead(), true);
    print(10 * WINDOW_BYTES);
    assert.equal(isRead(), true);
    backpressure.onWriterAck();
    assert.equal(isRead(), false);
  });

  it('waits 5 s for a writer who was cut off, and not for one who left long ago', () => {
    const { clock, backpressure, print, isRead } = makeFlood();
    backpressure.setWriter({ ackedOffset: 0 });
    backpressure.setWriter(undefined);
    print(WINDOW_BYTES);
    assert.equal(isRead(), false);
    clock.advance(5_000);
    assert.equal(isRead(), true);
    print(WINDOW_BYTES);
    assert.equal(isRead(), true);
    backpressure.setWriter({ ackedOffset: 2 * WINDOW_BYTES });
    assert.equal(isRead(), true);
  });

  it('waits for nobody who only views, but for what has to leave the ring', () => {
    const { history, backpressure, print, isRead } = makeFlood();
    print(10 * WINDOW_BYTES);
    assert.equal(isRead(), true);
    history.excessBytes = 1024 * 1024;
    backpressure.balance();
    assert.equal(isRead(), false);
  });
});
