import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { MAX_INPUT_BYTES } from '../../sandbox-server/protocol/frames.ts';
import { ClientUnderTest } from '../support/terminal-client-under-test.ts';
import { frame } from '../support/terminal-peer.ts';

describe('a page at a terminal', () => {
  let page: ClientUnderTest;
  beforeEach(async () => {
    page = new ClientUnderTest();
    await page.peer.listens();
  });
  afterEach(() => page[Symbol.dispose]());

  describe('types', () => {
    it('in order from one, and cuts a large paste', async () => {
      assert.equal(page.client.type('too early'), false);
      await page.connect();
      page.client.type('é');
      page.client.type('x'.repeat(MAX_INPUT_BYTES + 1));
      await page.peer.until(() => page.peer.inputs.length === 3);
      assert.deepEqual(
        page.peer.inputs.map(({ sequence, length }) => [sequence, length]),
        [
          [1, 2],
          [2, MAX_INPUT_BYTES],
          [3, 1],
        ],
      );
    });

    it('no more ahead than the server takes, and the rest when it is accepted', async () => {
      const socket = await page.connect();
      page.client.type('x'.repeat(5 * MAX_INPUT_BYTES));
      await page.peer.until(() => page.peer.inputs.length === 2);
      socket.send(frame('accepted', 1));
      await page.peer.until(() => page.peer.inputs.length === 3);
      socket.send(frame('accepted', 3));
      await page.peer.until(() => page.peer.inputs.length === 5);
      assert.deepEqual(
        page.peer.inputs.map(({ sequence }) => sequence),
        [1, 2, 3, 4, 5],
      );
    });

    it('again what was not accepted before a cut, and what was typed meanwhile, once', async () => {
      const socket = await page.connect();
      for (const key of ['a', 'b', 'c']) page.client.type(key);
      await page.peer.until(() => page.peer.inputs.length === 3);
      socket.send(frame('accepted', 1));
      socket.send(frame('output', 0, '.'));
      await page.until(() => page.screen.includes('live .'));
      const next = await page.cut(socket);
      assert.equal(page.client.type('d'), true);
      await page.answer(next, { isNew: false, offset: 1, liveOffset: 1, inputSequence: 2 });
      await page.peer.until(() => page.peer.inputs.length === 2);
      assert.deepEqual(
        page.peer.inputs.map(({ sequence, text }) => `${sequence}${text}`),
        ['3c', '4d'],
      );
    });

    it('nothing into another shell of what was meant for the one before', async () => {
      const socket = await page.connect();
      const next = await page.cut(socket);
      page.client.type('rm -r .');
      await page.answer(next, { epoch: 'e2' });
      assert.equal(page.arrival?.droppedBytes, 7);
      page.client.type('x');
      await page.peer.until(() => page.peer.inputs.length > 0);
      assert.deepEqual(page.peer.inputs, [{ sequence: 1, text: 'x', length: 1 }]);
    });

    it('what the page before a reload could not', async () => {
      const pieces = [...'abc'].map((key, index) => ({ sequence: index + 7, bytes: new TextEncoder().encode(key) }));
      page[Symbol.dispose]();
      page = new ClientUnderTest({ epoch: 'e1', pieces });
      await page.connect({ isNew: false, inputSequence: 7 });
      await page.peer.until(() => page.peer.inputs.length === 2);
      assert.deepEqual(
        page.peer.inputs.map(({ sequence, text }) => `${sequence}${text}`),
        ['8b', '9c'],
      );
    });

    it('nothing any more when another has taken over, and again when it has taken it back', async () => {
      const socket = await page.connect();
      socket.send(JSON.stringify({ type: 'role', role: 'viewer', writer: { device: 'there', since: 5 } }));
      await page.until(() => page.told.includes('viewer'));
      assert.equal(page.client.type('x'), false);
      page.client.take();
      await page.peer.until(() => page.peer.said('take').length > 0);
      socket.send(JSON.stringify({ type: 'role', role: 'writer', writer: { device: 'here', since: 6 } }));
      await page.until(() => page.told.at(-1) === 'writer');
      assert.equal(page.client.type('y'), true);
      await page.peer.until(() => page.peer.inputs.length > 0);
      assert.deepEqual(page.peer.said('resize').at(-1), { type: 'resize', columns: 100, rows: 30 });
    });
  });

  describe('runs a block', () => {
    it('and says what became of it', async () => {
      const socket = await page.connect();
      const answered = page.client.run('b', 'click', false);
      await page.peer.until(() => page.peer.said('run').length > 0);
      socket.send(
        JSON.stringify({ type: 'ran', clickId: 'click', outcome: 'busy', program: 'vim', isAlternateScreen: true }),
      );
      const { outcome, program } = await answered;
      assert.deepEqual({ outcome, program }, { outcome: 'busy', program: 'vim' });
    });

    it('again by the same click after a cut, until it is answered', async () => {
      const socket = await page.connect();
      const answered = page.client.run('b', 'click', true);
      const next = await page.cut(socket);
      await page.answer(next, { isNew: false });
      await page.peer.until(() => page.peer.said('run').length > 0);
      assert.deepEqual(page.peer.said('run'), [{ type: 'run', blockId: 'b', clickId: 'click', isConfirmed: true }]);
      const ran = { type: 'ran', clickId: 'click', outcome: 'repeated', program: null, isAlternateScreen: false };
      next.send(JSON.stringify(ran));
      assert.equal((await answered).outcome, 'repeated');
      const last = await page.cut(next);
      await page.answer(last, { isNew: false });
      page.client.type('x');
      await page.peer.until(() => page.peer.inputs.length > 0);
      assert.deepEqual(page.peer.said('run'), []);
    });

    it('in a shell that is only just coming, once it is there', async () => {
      page.client.connect();
      const answered = page.client.run('b', 'early', false);
      const socket = await page.peer.accept();
      assert.deepEqual(page.peer.said('run'), []);
      await page.answer(socket);
      await page.peer.until(() => page.peer.said('run').length > 0);
      assert.deepEqual(page.peer.said('run'), [{ type: 'run', blockId: 'b', clickId: 'early', isConfirmed: false }]);
      socket.send(
        JSON.stringify({ type: 'ran', clickId: 'early', outcome: 'typed', program: null, isAlternateScreen: false }),
      );
      assert.equal((await answered).outcome, 'typed');
    });

    it('not where the shell that was coming is refused', async () => {
      page.tickets.push({ ok: false, code: 'forbidden', retryable: false, values: {} });
      page.client.connect();
      const answered = page.client.run('b', 'early', false);
      assert.equal((await answered).outcome, 'dropped');
      assert.equal((await page.client.run('b', 'late', false)).outcome, 'no_shell');
    });

    it('not without a shell, not in another one, and not one that the server does not have', async () => {
      assert.equal((await page.client.run('b', 'c0', false)).outcome, 'no_shell');
      const socket = await page.connect();
      const refused = page.client.run('b', 'c1', false);
      socket.send(JSON.stringify({ type: 'error', code: 'block_unknown', retryable: false, values: { block: 'b' } }));
      assert.equal((await refused).outcome, 'refused');
      const dropped = page.client.run('b', 'c2', false);
      await page.answer(await page.cut(socket), { epoch: 'e2' });
      assert.equal((await dropped).outcome, 'dropped');
    });
  });
});
