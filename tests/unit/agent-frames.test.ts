import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type AgentFrame,
  channelMessage,
  connectionMessage,
  createFrameDecoder,
  decodeControl,
  encodeAgentFrame,
  encodeControl,
  MAX_BODY_BYTES,
} from '../../sandbox-server/driver/kubernetes/agent-frames.ts';
import { opened } from '../support/played-agent.ts';

const anyFrame: fc.Arbitrary<AgentFrame> = fc.record(
  {
    channel: fc.nat({ max: 2 ** 32 - 1 }),
    type: fc.nat({ max: 255 }),
    number: fc.maxSafeNat(),
    body: fc.uint8Array({ maxLength: 300 }),
  },
  { noNullPrototype: true },
);

function decodeAll(pieces: readonly Uint8Array[]): { frames: AgentFrame[]; isWhole: boolean } {
  const frames: AgentFrame[] = [];
  const decoder = createFrameDecoder((frame) => {
    frames.push({ ...frame, body: Uint8Array.from(frame.body) });
    return true;
  });
  return { isWhole: pieces.every((piece) => decoder.push(piece)), frames };
}

/** The octets in pieces that end at these places. */
function cut(octets: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (octets.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...ends].map((start, index) => octets.subarray(start, ends[index] ?? octets.length));
}

describe('frames of an agent', () => {
  it('come out as they went in, wherever the way cut them', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 8 }), fc.array(fc.nat({ max: 4000 })), (frames, places) => {
        const octets = Buffer.concat(frames.map(encodeAgentFrame));
        assert.deepEqual(decodeAll(cut(octets, places)), { frames, isWhole: true });
      }),
    );
  });

  it('come out of single octets', () => {
    const frame = {
      channel: 7,
      type: 1,
      number: Number.MAX_SAFE_INTEGER,
      body: new Uint8Array(MAX_BODY_BYTES).fill(3),
    };
    const octets = encodeAgentFrame(frame);
    const pieces = Array.from(octets, (_octet, index) => octets.subarray(index, index + 1));
    assert.deepEqual(decodeAll(pieces), { frames: [frame], isWhole: true });
  });

  it('never break the server, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (pieces) => {
        decodeAll(pieces);
      }),
    );
  });

  for (const [what, octets] of [
    ['is shorter than its own header', [0, 0, 0, 12]],
    ['has no length', [0, 0, 0, 0]],
    ['is longer than the limit', [0, 1, 0, 14]],
    ['is longer than there is memory', [255, 255, 255, 255]],
    ['has a number beyond counting', [0, 0, 0, 13, 0, 0, 0, 1, 1, 255, 0, 0, 0, 0, 0, 0, 0]],
  ] as const) {
    it(`are refused where one ${what}, in one piece and in single octets`, () => {
      assert.equal(decodeAll([Uint8Array.from(octets)]).isWhole, false);
      assert.equal(decodeAll(octets.map((octet) => Uint8Array.of(octet))).isWhole, false);
    });
  }

  it('end with the first that its reader refuses', () => {
    let count = 0;
    const decoder = createFrameDecoder(() => {
      count += 1;
      return false;
    });
    const ping = encodeControl(0, { type: 'ping' });
    assert.equal(decoder.push(Buffer.concat([ping, ping])), false);
    assert.equal(count, 1);
  });

  it('are not sent when the agent would refuse them', () => {
    const body = new Uint8Array(MAX_BODY_BYTES + 1);
    assert.throws(() => encodeAgentFrame({ channel: 1, type: 2, number: 1, body }), RangeError);
  });
});

describe('a control message of an agent', () => {
  it('is undefined when it is none, and never breaks the server', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        assert.equal(decodeControl(channelMessage, Buffer.from(text)), undefined);
        assert.equal(decodeControl(connectionMessage, Buffer.from(text)), undefined);
      }),
    );
  });

  it('loses what only the server may say', () => {
    const claimed = JSON.stringify({ ...opened, restart: { reason: 'the server is broken' }, html: '<b>' });
    assert.deepEqual(decodeControl(channelMessage, Buffer.from(claimed)), opened);
  });

  for (const text of [
    '{"type":"hello","version":1,"instance":"","terminals":[]}',
    '{"type":"hello","version":1,"instance":"a","terminals":["../etc"]}',
    `{"type":"terminals","names":${JSON.stringify(Array.from({ length: 33 }, (_each, index) => `t${index}`))}}`,
    '{"type":"ping"',
  ]) {
    it(`is refused as ${text.slice(0, 60)}`, () => {
      assert.equal(decodeControl(connectionMessage, Buffer.from(text)), undefined);
    });
  }
});
