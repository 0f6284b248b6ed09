/** The server's side of the hop to an agent that keeps the rules. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PodiumError } from '../../sandbox-server/errors.ts';
import { frameType } from '../../sandbox-server/protocol/frames.ts';
import { empty, never, opened, order, output, setUp, setUpOpened, settle, types } from '../support/played-agent.ts';

describe('a connection to an agent', () => {
  it('is opened by the first attachment, shared by all, and says hello once', async () => {
    const { connections, agents, onEvent } = setUp();
    await Promise.all(
      ['1', '2', '3'].map((terminal) => connections.attach('a', { ...order, terminal }, onEvent, never)),
    );
    assert.equal(agents.length, 1);
    assert.deepEqual(
      agents[0]?.messages().map(({ type, terminal }) => terminal ?? type),
      ['hello', '1', '2', '3'],
    );
    assert.deepEqual(
      agents[0]?.heard.map(({ channel }) => channel),
      [0, 1, 2, 3],
    );
  });

  it('stays for a page that is loaded again, and is closed some seconds after the last one has left', async () => {
    const { connections, agents, onEvent, clock } = setUp();
    (await connections.attach('a', order, onEvent, never))[Symbol.dispose]();
    clock.advance(9_000);
    (await connections.attach('a', order, onEvent, never))[Symbol.dispose]();
    clock.advance(9_999);
    assert.deepEqual([agents.length, agents[0]?.isClosed], [1, false]);
    clock.advance(1);
    await settle();
    assert.equal(agents[0]?.isClosed, true);
    await connections.attach('a', order, onEvent, never);
    assert.equal(agents.length, 2);
  });

  it('stays as long as one of several is attached', async () => {
    const { connections, agents, onEvent, clock } = setUp();
    const [first] = await Promise.all([1, 2].map(() => connections.attach('a', order, onEvent, never)));
    first?.[Symbol.dispose]();
    clock.advance(14_000);
    await settle();
    assert.equal(agents[0]?.isClosed, false);
  });

  it('stays when pages come and go in the middle of a flood, again and again', async () => {
    const { connections, agents, onEvent } = setUp();
    for (let channel = 1; channel <= 40; channel += 1) {
      const attachment = await connections.attach('a', order, onEvent, never);
      attachment[Symbol.dispose]();
      // On its way before the agent hears that the page has left.
      for (let offset = 0; offset < 256 * 1024; offset += 32 * 1024)
        agents[0]?.send(output(offset, 32 * 1024, channel));
      await settle();
    }
    assert.equal(agents[0]?.isClosed, false);
  });

  it('asks every 15 s whether the agent is there, answers it, and gives up after 45 s of silence', async () => {
    const { agent, clock, events } = await setUpOpened();
    agent.say({ type: 'ping' });
    await settle();
    assert.equal(agent.messages().filter(({ type }) => type === 'pong').length, 1);
    clock.advance(45_000);
    assert.equal(agent.messages().filter(({ type }) => type === 'ping').length, 2);
    assert.deepEqual([events.at(-1)?.type, agent.isClosed], ['lost', true]);
  });

  it('stays as long as the agent answers', async () => {
    const { agent, clock } = await setUpOpened();
    for (let round = 0; round < 10; round += 1) {
      clock.advance(15_000);
      agent.say({ type: 'pong' });
      await settle();
    }
    assert.equal(agent.isClosed, false);
  });

  it('tells everybody when it is lost', async () => {
    const bench = setUp();
    await bench.connections.attach('a', order, bench.onEvent, never);
    await bench.connections.attach('a', { ...order, terminal: '2' }, bench.onEvent, never);
    bench.agents[0]?.end();
    await settle();
    assert.deepEqual(types(bench.events), ['lost', 'lost']);
  });

  it('is refused after 10 s without hello, and tried anew by the next', async () => {
    const { connections, agents, onEvent, clock } = setUp(undefined, (agent, count) => count > 1 && agent.greet());
    const attaching = connections.attach('a', order, onEvent, never);
    await settle();
    clock.advance(10_000);
    await assert.rejects(attaching, (error) => error instanceof PodiumError && error.code === 'terminal_failed');
    await connections.attach('a', order, onEvent, never);
    assert.equal(agents.length, 2);
  });

  it('can be waited for by one who leaves, and by another who stays', async () => {
    const { connections, agents, onEvent } = setUp(undefined, () => undefined);
    const leaving = new AbortController();
    const left = connections.attach('a', order, onEvent, leaving.signal);
    const stayed = connections.attach('a', order, onEvent, never);
    leaving.abort(new Error('the page was closed'));
    await assert.rejects(left, /the page was closed/);
    agents[0]?.greet();
    await stayed;
  });

  it('is lost when the agent does not read', async () => {
    const { agent, attachment, events } = await setUpOpened();
    agent.unsentBytes = 5 * 1024 * 1024;
    attachment.input(1, Buffer.from('x'));
    assert.equal(events.at(-1)?.type, 'lost');
  });
});

describe('what an attachment is told', () => {
  it('comes in order, with the names of the terminals behind "opened" and whenever they change', async () => {
    const { agent, events } = await setUpOpened();
    agent.send({ channel: 1, type: frameType.screen, number: 0, body: Buffer.from('screen') });
    agent.send({ channel: 1, type: frameType.output, number: 0, body: Buffer.from('hello') });
    agent.say({ type: 'terminals', names: ['0', '1'] });
    agent.send({ channel: 1, type: frameType.accepted, number: 3, body: empty });
    agent.say({ type: 'gap', from: 5, to: 900 }, 1);
    agent.send({ channel: 1, type: frameType.output, number: 900, body: Buffer.from('on') });
    agent.say({ type: 'exited', status: 7 }, 1);
    await settle();
    assert.deepEqual(events, [
      opened,
      { type: 'terminals', names: ['0'] },
      { type: 'screen', offset: 0, bytes: Buffer.from('screen') },
      { type: 'output', offset: 0, bytes: Buffer.from('hello') },
      { type: 'terminals', names: ['0', '1'] },
      { type: 'accepted', sequence: 3 },
      { type: 'gap', from: 5, to: 900 },
      { type: 'output', offset: 900, bytes: Buffer.from('on') },
      { type: 'exited', status: 7 },
    ]);
  });

  it('is "failed" with the agent’s code, or a general one where that is none of ours', async () => {
    const bench = setUp();
    for (const code of ['too_many_terminals', 'sandbox_ended']) {
      await bench.connections.attach('a', order, bench.onEvent, never);
      bench.agents[0]?.say({ type: 'error', code }, bench.events.length + 1);
      await settle();
    }
    const codes = bench.events.map((event) => event.type === 'failed' && event.error.code);
    assert.deepEqual(codes, ['too_many_terminals', 'terminal_failed']);
  });

  it('is nothing any more after it has left', async () => {
    const { agent, attachment, events } = await setUpOpened();
    attachment[Symbol.dispose]();
    const countBefore = events.length;
    agent.send(output(0, 100));
    agent.say({ type: 'terminals', names: [] });
    attachment.input(1, Buffer.from('x'));
    await settle();
    assert.equal(events.length, countBefore);
    assert.equal(agent.isClosed, false);
    assert.equal(agent.messages().at(-1)?.['type'], 'detach');
  });
});

describe('what a browser does', () => {
  it('reaches the agent as it is', async () => {
    const { agent, attachment } = await setUpOpened();
    agent.send(output(0, 50));
    await settle();
    attachment.input(1, Buffer.from('ls\r'));
    attachment.ack(50);
    attachment.resize({ columns: 100, rows: 30 });
    attachment.take();
    attachment.type({ id: 'click', text: 'ls\r', isForced: true });
    attachment.end();
    const bytes = agent.heard.filter(({ type }) => type !== 0);
    assert.deepEqual(bytes, [
      { channel: 1, type: frameType.input, number: 1, body: Uint8Array.from(Buffer.from('ls\r')) },
      { channel: 1, type: frameType.ack, number: 50, body: empty },
    ]);
    assert.deepEqual(agent.messages().slice(1), [
      {
        type: 'open',
        terminal: '1',
        client: 'client-one',
        device: 'a laptop',
        wish: 'write',
        isFresh: false,
        columns: 80,
        rows: 24,
      },
      { type: 'resize', columns: 100, rows: 30 },
      { type: 'take' },
      { type: 'type', id: 'click', text: 'ls\r', isForced: true },
      { type: 'end' },
    ]);
  });
});

describe('a shell that is new', () => {
  const reopened = { ...opened, isNew: true };

  it('comes with the reason when the container was started again, before anything else', async () => {
    const bench = await setUpOpened(setUp('OOMKilled', (agent) => agent.greet([])));
    bench.agent.send(output(0, 5));
    await settle();
    assert.deepEqual(bench.events[0], { ...reopened, restart: { reason: 'OOMKilled' } });
    assert.deepEqual(types(bench.events), ['opened', 'terminals', 'output']);
    assert.deepEqual(bench.asked, [false]);
  });

  it('is expected to have a reason when another agent answers than before', async () => {
    const bench = setUp('Error', (agent, count) => agent.greet([], `agent-${count}`));
    await bench.connections.attach('a', order, bench.onEvent, never);
    bench.agents[0]?.end();
    await settle();
    await bench.connections.attach('a', { ...order, resume: { epoch: 'e', offset: 5 } }, bench.onEvent, never);
    bench.agents[1]?.say(opened, 1);
    await settle();
    assert.deepEqual(bench.asked, [true]);
    assert.deepEqual(bench.events[1], { ...reopened, restart: { reason: 'Error' } });
  });

  for (const [what, terminals, change] of [
    ['one more beside others', ['0'], {}],
    ['one that was asked for', [], { isFresh: true }],
  ] as const) {
    it(`has no reason when it is ${what}`, async () => {
      const bench = setUp('OOMKilled', (agent) => agent.greet([...terminals]));
      await bench.connections.attach('a', { ...order, ...change }, bench.onEvent, never);
      bench.agents[0]?.say(opened, 1);
      await settle();
      assert.deepEqual([bench.events[0], bench.asked], [opened, []]);
    });
  }
});
