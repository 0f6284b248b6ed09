/** The server's side of the hop to what a learner may put in an agent's place. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_IN_FLIGHT_BYTES } from '../../sandbox-server/driver/kubernetes/agent-attachment.ts';
import type { TerminalEvent } from '../../sandbox-server/driver/driver.ts';
import { PodiumError } from '../../sandbox-server/errors.ts';
import { frameType } from '../../sandbox-server/protocol/frames.ts';
import {
  never,
  opened,
  order,
  output,
  type PlayedAgent,
  setUp,
  setUpOpened,
  settle,
  types,
} from '../support/played-agent.ts';

describe('an agent that was replaced by the learner', () => {
  const faults: readonly [string, (agent: PlayedAgent) => void][] = [
    ['sends what is no frame', (agent) => agent.write(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))],
    ['skips output', (agent) => agent.send(output(1, 10))],
    ['sends output without content', (agent) => agent.send(output(0, 0))],
    ['sends output in one large piece', (agent) => agent.send(output(0, 33 * 1024))],
    ['sends a screen for another place', (agent) => agent.send({ ...output(5, 10), type: frameType.screen })],
    ['opens twice', (agent) => agent.say(opened, 1)],
    ['goes back with a gap', (agent) => agent.say({ type: 'gap', from: 0, to: -1 }, 1)],
    ['makes a gap elsewhere', (agent) => agent.say({ type: 'gap', from: 10, to: 20 }, 1)],
    ['types on a screen', (agent) => agent.send({ ...output(1, 10), type: frameType.input })],
    ['speaks on a channel that nobody has opened', (agent) => agent.send(output(0, 10, 9))],
    ['says hello again', (agent) => agent.greet()],
    ['says what nobody has specified', (agent) => agent.say({ type: 'reboot' })],
    ['shows a size that no screen has', (agent) => agent.say({ type: 'size', columns: 1e6, rows: 1 }, 1)],
    [
      'never stops talking',
      (agent) => {
        const state = { type: 'state', program: 'x'.repeat(60), isAlternateScreen: false, prompt: 'shown' };
        for (let count = 0; count < 40_000; count += 1) agent.say(state, 1);
      },
    ],
  ];
  for (const [what, act] of faults) {
    it(`and ${what} loses the connection`, async () => {
      const { agent, events } = await setUpOpened();
      act(agent);
      while (!agent.isClosed) await settle();
      assert.equal(events.at(-1)?.type, 'lost');
    });
  }

  it('and speaks no version of ours is refused', async () => {
    const { connections, onEvent } = setUp(undefined, (agent) =>
      agent.say({ type: 'hello', version: 9, instance: 'a', terminals: [] }),
    );
    await assert.rejects(connections.attach('a', order, onEvent, never), PodiumError);
  });

  it('and sends more than may be in flight loses that attachment, and no other', async () => {
    const bench = await setUpOpened();
    const { agent, events, connections } = bench;
    const others: TerminalEvent[] = [];
    await connections.attach('a', { ...order, terminal: '2' }, (event) => others.push(event), never);
    agent.say(opened, 2);
    const piece = 32 * 1024;
    for (let offset = 0; offset <= MAX_IN_FLIGHT_BYTES; offset += piece) agent.send(output(offset, piece));
    agent.send(output(0, 10, 2));
    await settle();
    assert.equal(events.at(-1)?.type, 'failed');
    assert.equal(types(events).filter((type) => type === 'output').length, MAX_IN_FLIGHT_BYTES / piece);
    assert.equal(others.at(-1)?.type, 'output');
  });

  it('and sends more than may be in flight around gaps loses that attachment too', async () => {
    const { agent, events } = await setUpOpened();
    const piece = 32 * 1024;
    for (let offset = 0; offset <= 2 * MAX_IN_FLIGHT_BYTES; offset += 2 * piece) {
      agent.send(output(offset, piece));
      agent.say({ type: 'gap', from: offset + piece, to: offset + 2 * piece }, 1);
    }
    await settle();
    assert.equal(events.at(-1)?.type, 'failed');
  });

  it('may send for ever to a browser that draws it, across gaps as well', async () => {
    const { agent, events, attachment } = await setUpOpened();
    const piece = 32 * 1024;
    let offset = 0;
    for (let round = 0; round < 100; round += 1) {
      agent.send(output(offset, piece));
      agent.say({ type: 'gap', from: offset + piece, to: offset + 10 * piece }, 1);
      offset += 10 * piece;
      agent.send({ channel: 1, type: frameType.screen, number: offset, body: new Uint8Array(piece) });
      await settle();
      if (round % 8 === 0) attachment.ack(offset);
    }
    assert.notEqual(events.at(-1)?.type, 'failed');
  });
});
