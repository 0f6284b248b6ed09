import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { describe, it } from 'node:test';
import { joinWrites } from '../../sandbox-server/terminal/joined-writes.ts';

/** A stream that notes what it is given to send at once. */
function createNotedStream(): { stream: Duplex; sent: string[] } {
  const sent: string[] = [];
  const stream = new Duplex({
    writev(chunks, done) {
      sent.push(chunks.map(({ chunk }) => String(chunk)).join('+'));
      done();
    },
  });
  return { stream, sent };
}

describe('an echo and the acceptance of its key', () => {
  it('leave in one piece', async () => {
    const { stream, sent } = createNotedStream();
    for (const frame of ['echo', 'accepted']) {
      joinWrites(stream);
      stream.write(frame);
    }
    assert.deepEqual(sent, []);
    await new Promise((done) => setImmediate(done));
    assert.deepEqual(sent, ['echo+accepted']);
  });

  it('do not wait for what is written in another turn', async () => {
    const { stream, sent } = createNotedStream();
    for (const frame of ['echo', 'later']) {
      joinWrites(stream);
      stream.write(frame);
      await new Promise((done) => setImmediate(done));
    }
    assert.deepEqual(sent, ['echo', 'later']);
  });
});
