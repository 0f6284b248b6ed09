import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { WebSocket as ServerSocket } from 'ws';
import { MAX_INPUT_BYTES } from '../../sandbox-server/protocol/frames.ts';
import { TerminalClient, type TerminalSize, type UnsentInput } from '../../src/terminal/client.ts';
import type { Arrival, ConnectionState } from '../../src/terminal/connection-state.ts';
import type { TicketAnswer } from '../../src/terminal/terminal-socket.ts';
import { frame, opened, Peer } from '../support/terminal-peer.ts';

describe('the connection of a terminal', () => {
  let peer: Peer;
  let client: TerminalClient;
  let states: ConnectionState[];
  /** All that happened to the screen, in its order. */
  let screen: string[];
  let told: string[];
  let tickets: TicketAnswer[];
  let nowMs: number;
  let wake: () => void;
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise<void>((resolve) => (wake = resolve));
  };
  const note = (list: string[], said: string): void => {
    list.push(said);
    wake();
  };
  const kinds = (): string[] => states.map(({ kind }) => kind);
  const arrival = (): Arrival | undefined => {
    const last = states.at(-1);
    return last?.kind === 'connected' ? last.arrival : undefined;
  };

  const makeClient = (unsent: UnsentInput | null = null): TerminalClient =>
    new TerminalClient({
      terminal: '1',
      client: 'client-one',
      device: 'Chrome on Linux',
      unsent,
      requestTicket: () => Promise.resolve(tickets.shift() ?? { ok: true, ticket: 't' }),
      socketUrl: () => peer.url,
      screen: {
        wantedSize: { columns: 100, rows: 30 },
        draw: (bytes, isAnswered, drawn) => {
          note(screen, `${isAnswered ? 'live' : 'quiet'} ${new TextDecoder().decode(bytes)}`);
          drawn();
        },
        resize: ({ columns, rows }: TerminalSize) => note(screen, `${columns}x${rows}`),
        clear: () => note(screen, 'clear'),
        startAfresh: () => note(screen, 'afresh'),
      },
      random: () => 0,
      now: () => nowMs,
      onState: (state) => {
        states.push(state);
        wake();
      },
      onStanding: ({ role }) => note(told, role),
      onProgram: ({ program }) => note(told, `program ${program}`),
      onTerminals: (names) => note(told, `terminals ${names.join(' ')}`),
      onGap: (bytes) => note(told, `gap ${bytes}`),
      onTrouble: ({ code }) => note(told, code),
    });

  beforeEach(async () => {
    peer = new Peer();
    await peer.listens();
    [states, screen, told, tickets] = [[], [], [], []];
    nowMs = 0;
    wake = () => undefined;
    client = makeClient();
  });

  afterEach(() => {
    client[Symbol.dispose]();
    peer[Symbol.dispose]();
  });

  const answer = async (socket: ServerSocket, changes: Readonly<Record<string, unknown>> = {}): Promise<void> => {
    const before = kinds().filter((kind) => kind === 'connected').length;
    socket.send(opened(changes));
    await until(() => kinds().filter((kind) => kind === 'connected').length > before);
  };
  const connect = async (changes: Readonly<Record<string, unknown>> = {}): Promise<ServerSocket> => {
    client.connect();
    const socket = await peer.accept();
    await answer(socket, changes);
    return socket;
  };
  const cut = async (socket: ServerSocket): Promise<ServerSocket> => {
    socket.terminate();
    return peer.accept();
  };

  describe('comes to a shell', () => {
    it('and says who it is and how large its window is', async () => {
      await connect();
      assert.deepEqual(peer.messages[0], {
        type: 'open',
        terminal: '1',
        client: 'client-one',
        device: 'Chrome on Linux',
        wish: 'write',
        columns: 100,
        rows: 30,
        isFresh: false,
      });
      assert.deepEqual(arrival(), { isAnotherShell: false, restartReason: null, lostBytes: 0, droppedBytes: 0 });
    });

    it('and draws what was there quietly, what is new as its own', async () => {
      const socket = await connect({ offset: 10, liveOffset: 14, columns: 90, rows: 20 });
      socket.send(frame('screen', 10, 'SCREEN'));
      socket.send(frame('output', 10, 'replayLIVE').subarray(0));
      await until(() => screen.length >= 5);
      assert.deepEqual(screen, ['clear', '90x20', 'quiet SCREEN', 'quiet repl', 'live ayLIVE']);
    });

    it('and answers nothing while it only watches', async () => {
      const socket = await connect({ role: 'viewer' });
      socket.send(frame('output', 0, 'theirs'));
      await until(() => screen.includes('quiet theirs'));
      assert.equal(client.type('x'), false);
    });

    it('and says why the last shell is gone', async () => {
      await connect({ restart: { reason: 'OOMKilled' } });
      assert.equal(arrival()?.restartReason, 'OOMKilled');
    });

    it('and resizes its screen where the server says that output is made for another size', async () => {
      const socket = await connect();
      client.fitWindow();
      await peer.until(() => peer.said('resize').length > 0);
      socket.send(frame('output', 0, 'before'));
      socket.send(JSON.stringify({ type: 'size', columns: 100, rows: 30 }));
      socket.send(frame('output', 6, 'after'));
      await until(() => screen.includes('live after'));
      assert.deepEqual(screen.slice(-3), ['live before', '100x30', 'live after']);
    });

    it('and acknowledges what was drawn', async () => {
      const socket = await connect();
      socket.send(frame('output', 0, 'hello'));
      await peer.until(() => peer.acks.length > 0);
      assert.deepEqual(peer.acks, [5]);
    });

    it('and draws the screen anew after a gap', async () => {
      const socket = await connect();
      socket.send(frame('output', 0, 'a'));
      socket.send(JSON.stringify({ type: 'gap', from: 1, to: 3_000_001 }));
      socket.send(frame('screen', 3_000_001, 'S'));
      socket.send(frame('output', 3_000_001, 'b'));
      await until(() => screen.includes('live b'));
      assert.deepEqual(screen.slice(-4), ['live a', 'clear', 'quiet S', 'live b']);
      assert.ok(told.includes('gap 3000000'));
      await peer.until(() => peer.acks.includes(3_000_002));
    });

    it('and passes over what it does not know', async () => {
      const socket = await connect();
      socket.send('not json');
      socket.send(JSON.stringify({ type: 'unheard-of' }));
      socket.send(Buffer.from([9, 9]));
      socket.send(frame('output', 0, 'fine'));
      await until(() => screen.includes('live fine'));
    });

    it('and tells of programs and of other terminals', async () => {
      const socket = await connect();
      socket.send(JSON.stringify({ type: 'state', program: 'vim', isAlternateScreen: true, prompt: 'unknown' }));
      socket.send(JSON.stringify({ type: 'terminals', names: ['1', '2'] }));
      await until(() => told.includes('terminals 1 2'));
      assert.ok(told.includes('program vim'));
    });
  });

  describe('comes back after a cut', () => {
    it('at the byte where it was, and draws nothing twice', async () => {
      const socket = await connect();
      socket.send(frame('output', 0, 'abc'));
      await until(() => screen.includes('live abc'));
      const next = await cut(socket);
      assert.deepEqual(peer.messages[0]?.['resume'], { epoch: 'e1', offset: 3 });
      const drawn = screen.length;
      await answer(next, { isNew: false, offset: 3, liveOffset: 5 });
      next.send(frame('output', 2, 'cdef'));
      await until(() => screen.includes('live f'));
      assert.deepEqual(screen.slice(drawn), ['80x24', 'quiet de', 'live f']);
    });

    it('and draws the whole screen where its byte is not kept any more', async () => {
      const socket = await connect();
      socket.send(frame('output', 0, 'abc'));
      await until(() => screen.includes('live abc'));
      await answer(await cut(socket), { isNew: false, offset: 900, liveOffset: 900, lostBytes: 897 });
      assert.ok(screen.lastIndexOf('clear') > screen.indexOf('live abc'));
      assert.equal(arrival()?.lostBytes, 897);
    });

    it('and begins below the old screen where the shell is another', async () => {
      const socket = await connect();
      const next = await cut(socket);
      await answer(next, { epoch: 'e2' });
      assert.equal(screen.filter((each) => each === 'afresh').length, 1);
      assert.equal(arrival()?.isAnotherShell, true);
    });

    it('when the server says that it restarts', async () => {
      const socket = await connect();
      socket.send(JSON.stringify({ type: 'reconnect' }));
      await peer.accept();
      assert.ok(kinds().includes('waiting'));
    });

    it('at once when it is woken, without waiting for the end of the wait', async () => {
      tickets = [{ ok: false, code: 'unreachable', retryable: true, values: {} }];
      client.connect();
      await until(() => kinds().includes('waiting'));
      client.wake();
      assert.equal(kinds().at(-1), 'connecting');
      await peer.accept();
    });

    it('when it was woken and the server does not answer', async () => {
      await connect();
      client.wake();
      await peer.until(() => peer.said('ping').length > 0);
      await peer.accept();
    });

    it('not, when it was woken and the server answers', async () => {
      const socket = await connect();
      client.wake();
      await peer.until(() => peer.said('ping').length > 0);
      socket.send(JSON.stringify({ type: 'pong' }));
      socket.send(frame('output', 0, 'still'));
      await until(() => screen.includes('live still'));
      assert.equal(kinds().filter((kind) => kind === 'connecting').length, 1);
    });
  });

  describe('types', () => {
    it('in order from one, and cuts a large paste', async () => {
      assert.equal(client.type('too early'), false);
      await connect();
      client.type('é');
      client.type('x'.repeat(MAX_INPUT_BYTES + 1));
      await peer.until(() => peer.inputs.length === 3);
      assert.deepEqual(
        peer.inputs.map(({ sequence, length }) => [sequence, length]),
        [
          [1, 2],
          [2, MAX_INPUT_BYTES],
          [3, 1],
        ],
      );
    });

    it('no more ahead than the server takes, and the rest when it is accepted', async () => {
      const socket = await connect();
      client.type('x'.repeat(5 * MAX_INPUT_BYTES));
      await peer.until(() => peer.inputs.length === 2);
      socket.send(frame('accepted', 1));
      await peer.until(() => peer.inputs.length === 3);
      socket.send(frame('accepted', 3));
      await peer.until(() => peer.inputs.length === 5);
      assert.deepEqual(
        peer.inputs.map(({ sequence }) => sequence),
        [1, 2, 3, 4, 5],
      );
    });

    it('again what was not accepted before a cut, and what was typed meanwhile, once', async () => {
      const socket = await connect();
      for (const key of ['a', 'b', 'c']) client.type(key);
      await peer.until(() => peer.inputs.length === 3);
      socket.send(frame('accepted', 1));
      socket.send(frame('output', 0, '.'));
      await until(() => screen.includes('live .'));
      const next = await cut(socket);
      assert.equal(client.type('d'), true);
      await answer(next, { isNew: false, offset: 1, liveOffset: 1, inputSequence: 2 });
      await peer.until(() => peer.inputs.length === 2);
      assert.deepEqual(
        peer.inputs.map(({ sequence, text }) => `${sequence}${text}`),
        ['3c', '4d'],
      );
    });

    it('nothing into another shell of what was meant for the one before', async () => {
      const socket = await connect();
      const next = await cut(socket);
      client.type('rm -r .');
      await answer(next, { epoch: 'e2' });
      assert.equal(arrival()?.droppedBytes, 7);
      client.type('x');
      await peer.until(() => peer.inputs.length > 0);
      assert.deepEqual(peer.inputs, [{ sequence: 1, text: 'x', length: 1 }]);
    });

    it('what the page before a reload could not', async () => {
      const pieces = [...'abc'].map((key, index) => ({ sequence: index + 7, bytes: new TextEncoder().encode(key) }));
      client[Symbol.dispose]();
      client = makeClient({ epoch: 'e1', pieces });
      await connect({ isNew: false, inputSequence: 7 });
      await peer.until(() => peer.inputs.length === 2);
      assert.deepEqual(
        peer.inputs.map(({ sequence, text }) => `${sequence}${text}`),
        ['8b', '9c'],
      );
    });

    it('nothing any more when another has taken over, and again when it has taken it back', async () => {
      const socket = await connect();
      socket.send(JSON.stringify({ type: 'role', role: 'viewer', writer: { device: 'there', since: 5 } }));
      await until(() => told.includes('viewer'));
      assert.equal(client.type('x'), false);
      client.take();
      await peer.until(() => peer.said('take').length > 0);
      socket.send(JSON.stringify({ type: 'role', role: 'writer', writer: { device: 'here', since: 6 } }));
      await until(() => told.at(-1) === 'writer');
      assert.equal(client.type('y'), true);
      await peer.until(() => peer.inputs.length > 0);
      assert.deepEqual(peer.said('resize').at(-1), { type: 'resize', columns: 100, rows: 30 });
    });
  });

  describe('runs a block', () => {
    it('and says what became of it', async () => {
      const socket = await connect();
      const answered = client.run('b', 'click', false);
      await peer.until(() => peer.said('run').length > 0);
      socket.send(
        JSON.stringify({ type: 'ran', clickId: 'click', outcome: 'busy', program: 'vim', isAlternateScreen: true }),
      );
      const { outcome, program } = await answered;
      assert.deepEqual({ outcome, program }, { outcome: 'busy', program: 'vim' });
    });

    it('again by the same click after a cut, until it is answered', async () => {
      const socket = await connect();
      const answered = client.run('b', 'click', true);
      const next = await cut(socket);
      await answer(next, { isNew: false });
      await peer.until(() => peer.said('run').length > 0);
      assert.deepEqual(peer.said('run'), [{ type: 'run', blockId: 'b', clickId: 'click', isConfirmed: true }]);
      const ran = { type: 'ran', clickId: 'click', outcome: 'repeated', program: null, isAlternateScreen: false };
      next.send(JSON.stringify(ran));
      assert.equal((await answered).outcome, 'repeated');
      const last = await cut(next);
      await answer(last, { isNew: false });
      client.type('x');
      await peer.until(() => peer.inputs.length > 0);
      assert.deepEqual(peer.said('run'), []);
    });

    it('not without a shell, not in another one, and not one that the server does not have', async () => {
      assert.equal((await client.run('b', 'c0', false)).outcome, 'no_shell');
      const socket = await connect();
      const refused = client.run('b', 'c1', false);
      socket.send(JSON.stringify({ type: 'error', code: 'block_unknown', retryable: false, values: { block: 'b' } }));
      assert.equal((await refused).outcome, 'refused');
      const dropped = client.run('b', 'c2', false);
      await answer(await cut(socket), { epoch: 'e2' });
      assert.equal((await dropped).outcome, 'dropped');
    });
  });

  describe('ends', () => {
    it('with the shell, and opens a fresh one when asked', async () => {
      const socket = await connect();
      socket.send(JSON.stringify({ type: 'exited', status: 3 }));
      await until(() => kinds().includes('exited'));
      assert.deepEqual(states.at(-1), { kind: 'exited', status: 3 });
      assert.equal(client.type('x'), false);
      client.connect();
      const next = await peer.accept();
      assert.equal(peer.messages[0]?.['isFresh'], true);
      assert.equal(peer.messages[0]?.['resume'], undefined);
      await answer(next, { epoch: 'e2' });
      assert.equal(arrival()?.isAnotherShell, false);
    });

    it('when the server refuses it for good', async () => {
      const socket = await connect();
      socket.send(JSON.stringify({ type: 'error', code: 'sandbox_ended', retryable: false }));
      socket.close(4410);
      await until(() => kinds().includes('refused'));
      assert.deepEqual(states.at(-1), { kind: 'refused', code: 'sandbox_ended', values: {} });
    });

    it('not by an error that the server goes on after', async () => {
      const socket = await connect();
      socket.send(JSON.stringify({ type: 'error', code: 'not_writer', retryable: false }));
      await until(() => told.includes('not_writer'));
      assert.equal(client.type('still here'), true);
    });

    it('when there is no ticket, and asks again only where that may help', async () => {
      tickets = [
        { ok: false, code: 'unreachable', retryable: true, values: {} },
        { ok: false, code: 'sandbox_unknown', retryable: false, values: {} },
      ];
      client.connect();
      await until(() => kinds().includes('refused'));
      assert.deepEqual(kinds(), ['connecting', 'waiting', 'connecting', 'refused']);
    });
  });
});
