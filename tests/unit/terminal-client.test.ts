import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ClientUnderTest } from '../support/terminal-client-under-test.ts';
import { frame } from '../support/terminal-peer.ts';

describe('the connection of a terminal', () => {
  let page: ClientUnderTest;
  beforeEach(async () => {
    page = new ClientUnderTest();
    await page.peer.listens();
  });
  afterEach(() => page[Symbol.dispose]());

  describe('comes to a shell', () => {
    it('and says who it is and how large its window is', async () => {
      await page.connect();
      assert.deepEqual(page.peer.messages[0], {
        type: 'open',
        terminal: '1',
        client: 'client-one',
        device: 'Chrome on Linux',
        wish: 'write',
        columns: 100,
        rows: 30,
        isFresh: false,
      });
      assert.deepEqual(page.arrival, { isAnotherShell: false, restartReason: null, lostBytes: 0, droppedBytes: 0 });
    });

    it('and draws what was there quietly, what is new as its own', async () => {
      const socket = await page.connect({ offset: 10, liveOffset: 14, columns: 90, rows: 20 });
      socket.send(frame('screen', 10, 'SCREEN'));
      socket.send(frame('output', 10, 'replayLIVE').subarray(0));
      await page.until(() => page.screen.length >= 5);
      assert.deepEqual(page.screen, ['clear', '90x20', 'quiet SCREEN', 'quiet repl', 'live ayLIVE']);
    });

    it('and answers nothing while it only watches', async () => {
      const socket = await page.connect({ role: 'viewer' });
      socket.send(frame('output', 0, 'theirs'));
      await page.until(() => page.screen.includes('quiet theirs'));
      assert.equal(page.client.type('x'), false);
    });

    it('and says why the last shell is gone', async () => {
      await page.connect({ restart: { reason: 'OOMKilled' } });
      assert.equal(page.arrival?.restartReason, 'OOMKilled');
    });

    it('and resizes its page.screen where the server says that output is made for another size', async () => {
      const socket = await page.connect();
      page.client.fitWindow();
      await page.peer.until(() => page.peer.said('resize').length > 0);
      socket.send(frame('output', 0, 'before'));
      socket.send(JSON.stringify({ type: 'size', columns: 100, rows: 30 }));
      socket.send(frame('output', 6, 'after'));
      await page.until(() => page.screen.includes('live after'));
      assert.deepEqual(page.screen.slice(-3), ['live before', '100x30', 'live after']);
    });

    it('and acknowledges what was drawn', async () => {
      const socket = await page.connect();
      socket.send(frame('output', 0, 'hello'));
      await page.peer.until(() => page.peer.acks.length > 0);
      assert.deepEqual(page.peer.acks, [5]);
    });

    it('and draws the page.screen anew after a gap', async () => {
      const socket = await page.connect();
      socket.send(frame('output', 0, 'a'));
      socket.send(JSON.stringify({ type: 'gap', from: 1, to: 3_000_001 }));
      socket.send(frame('screen', 3_000_001, 'S'));
      socket.send(frame('output', 3_000_001, 'b'));
      await page.until(() => page.screen.includes('live b'));
      assert.deepEqual(page.screen.slice(-4), ['live a', 'clear', 'quiet S', 'live b']);
      assert.ok(page.told.includes('gap 3000000'));
      await page.peer.until(() => page.peer.acks.includes(3_000_002));
    });

    it('and passes over what it does not know', async () => {
      const socket = await page.connect();
      socket.send('not json');
      socket.send(JSON.stringify({ type: 'unheard-of' }));
      socket.send(Buffer.from([9, 9]));
      socket.send(frame('output', 0, 'fine'));
      await page.until(() => page.screen.includes('live fine'));
    });

    it('and tells of programs and of other terminals', async () => {
      const socket = await page.connect();
      socket.send(JSON.stringify({ type: 'state', program: 'vim', isAlternateScreen: true, prompt: 'unknown' }));
      socket.send(JSON.stringify({ type: 'terminals', names: ['1', '2'] }));
      await page.until(() => page.told.includes('terminals 1 2'));
      assert.ok(page.told.includes('program vim'));
    });
  });

  describe('comes back after a cut', () => {
    it('at the byte where it was, and draws nothing twice', async () => {
      const socket = await page.connect();
      socket.send(frame('output', 0, 'abc'));
      await page.until(() => page.screen.includes('live abc'));
      const next = await page.cut(socket);
      assert.deepEqual(page.peer.messages[0]?.['resume'], { epoch: 'e1', offset: 3 });
      const drawn = page.screen.length;
      await page.answer(next, { isNew: false, offset: 3, liveOffset: 5 });
      next.send(frame('output', 2, 'cdef'));
      await page.until(() => page.screen.includes('live f'));
      assert.deepEqual(page.screen.slice(drawn), ['80x24', 'quiet de', 'live f']);
    });

    it('and draws the whole page.screen where its byte is not kept any more', async () => {
      const socket = await page.connect();
      socket.send(frame('output', 0, 'abc'));
      await page.until(() => page.screen.includes('live abc'));
      await page.answer(await page.cut(socket), { isNew: false, offset: 900, liveOffset: 900, lostBytes: 897 });
      assert.ok(page.screen.lastIndexOf('clear') > page.screen.indexOf('live abc'));
      assert.equal(page.arrival?.lostBytes, 897);
    });

    it('and begins below the old page.screen where the shell is another', async () => {
      const socket = await page.connect();
      const next = await page.cut(socket);
      await page.answer(next, { epoch: 'e2' });
      assert.equal(page.screen.filter((each) => each === 'afresh').length, 1);
      assert.equal(page.arrival?.isAnotherShell, true);
    });

    it('when the server says that it restarts', async () => {
      const socket = await page.connect();
      socket.send(JSON.stringify({ type: 'reconnect' }));
      await page.peer.accept();
      assert.ok(page.kinds.includes('waiting'));
    });

    it('at once when it is woken, without waiting for the end of the wait', async () => {
      page.tickets.push({ ok: false, code: 'unreachable', retryable: true, values: {} });
      page.client.connect();
      await page.until(() => page.kinds.includes('waiting'));
      page.client.wake();
      assert.equal(page.kinds.at(-1), 'connecting');
      await page.peer.accept();
    });

    it('when it was woken and the server does not answer', async () => {
      await page.connect();
      page.client.wake();
      await page.peer.until(() => page.peer.said('ping').length > 0);
      await page.peer.accept();
    });

    it('not, when it was woken and the server answers', async () => {
      const socket = await page.connect();
      page.client.wake();
      await page.peer.until(() => page.peer.said('ping').length > 0);
      socket.send(JSON.stringify({ type: 'pong' }));
      socket.send(frame('output', 0, 'still'));
      await page.until(() => page.screen.includes('live still'));
      assert.equal(page.kinds.filter((kind) => kind === 'connecting').length, 1);
    });
  });

  describe('ends', () => {
    it('with the shell, and opens a fresh one when asked', async () => {
      const socket = await page.connect();
      socket.send(JSON.stringify({ type: 'exited', status: 3 }));
      await page.until(() => page.kinds.includes('exited'));
      assert.deepEqual(page.states.at(-1), { kind: 'exited', status: 3 });
      assert.equal(page.client.type('x'), false);
      page.client.connect();
      const next = await page.peer.accept();
      assert.equal(page.peer.messages[0]?.['isFresh'], true);
      assert.equal(page.peer.messages[0]?.['resume'], undefined);
      await page.answer(next, { epoch: 'e2' });
      assert.equal(page.arrival?.isAnotherShell, false);
    });

    it('when the server refuses it for good', async () => {
      const socket = await page.connect();
      socket.send(JSON.stringify({ type: 'error', code: 'sandbox_ended', retryable: false }));
      socket.close(4410);
      await page.until(() => page.kinds.includes('refused'));
      assert.deepEqual(page.states.at(-1), { kind: 'refused', code: 'sandbox_ended', values: {} });
    });

    it('not by an error that the server goes on after', async () => {
      const socket = await page.connect();
      socket.send(JSON.stringify({ type: 'error', code: 'not_writer', retryable: false }));
      await page.until(() => page.told.includes('not_writer'));
      assert.equal(page.client.type('still here'), true);
    });

    it('when there is no ticket, and asks again only where that may help', async () => {
      page.tickets.push(
        { ok: false, code: 'unreachable', retryable: true, values: {} },
        { ok: false, code: 'sandbox_unknown', retryable: false, values: {} },
      );
      page.client.connect();
      await page.until(() => page.kinds.includes('refused'));
      assert.deepEqual(page.kinds, ['connecting', 'waiting', 'connecting', 'refused']);
    });
  });
});
