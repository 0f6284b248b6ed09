import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MAX_FRAME_BYTES, MAX_INPUT_BYTES, MAX_PENDING_INPUT_BYTES } from '../../sandbox-server/protocol/frames.ts';
import { Browser, makeOpen } from './browser.ts';
import { type RunningServer, startServerWithLearner } from './running-server.ts';
import type { TerminalPage } from './terminal-page.ts';

/** Seconds on an idle machine; much more on a busy one. */
const SUITE_LIMIT_MS = 300_000;

describe('a terminal', { timeout: SUITE_LIMIT_MS }, () => {
  let server: RunningServer;
  let learner: Browser;
  let id = '';
  before(async () => {
    ({ server, learner, id } = await startServerWithLearner());
  });
  after(() => server[Symbol.asyncDispose]());

  describe('is closed with a code for', () => {
    const mistakes: readonly [string, (page: TerminalPage) => void, [string, number]][] = [
      ['text that is not JSON', (page) => page.socket.send('open'), ['frame_malformed', 4400]],
      ['a message that is none of ours', (page) => page.socket.send('{"type":"shell"}'), ['frame_malformed', 4400]],
      [
        'a size that no screen has',
        (page) => page.send({ type: 'resize', columns: 5000, rows: 5 }),
        ['frame_malformed', 4400],
      ],
      ['a long message', (page) => page.socket.send(`{"type":"${'x'.repeat(2000)}"}`), ['frame_too_large', 1009]],
      ['a second open', (page) => page.send(makeOpen()), ['frame_out_of_order', 1002]],
      ['an ack of what was never sent', (page) => page.ack(1e9), ['frame_malformed', 4400]],
      ['a binary frame of another type', (page) => page.socket.send(Buffer.alloc(20)), ['frame_malformed', 4400]],
      ['a binary frame without content', (page) => page.socket.send(Buffer.from([2])), ['frame_malformed', 4400]],
      ['a frame over the limit', (page) => page.socket.send(Buffer.alloc(MAX_FRAME_BYTES + 1)), ['', 1009]],
    ];
    for (const [what, act, expected] of mistakes) {
      it(what, async () => {
        const { terminal } = makeOpen();
        await using page = await learner.openTerminal(id, { terminal });
        act(page);
        assert.deepEqual(await page.refusal(), expected);
        // The shell outlives the mistake.
        await using again = await learner.openTerminal(id, { terminal });
        assert.equal((await again.waitForMessage('opened')).isNew, false);
        again.isOwner = true;
      });
    }

    it('anything before open', async () => {
      await using page = learner.connectTerminal(await learner.ticket(id));
      await page.opened;
      page.type('x');
      assert.deepEqual(await page.refusal(), ['frame_out_of_order', 1002]);
    });

    it('more input than a program reads', async () => {
      const other = new Browser(server.origin);
      await using page = await other.openTerminal((await other.startAndWait()).id);
      page.type('stty -icanon -echo; echo deaf-$((40 + 2)); exec sleep 1000\r');
      await page.waitForText(/deaf-42/);
      // What the pty and the agent take is not in flight any more.
      for (let sent = 0; sent < 16 * MAX_PENDING_INPUT_BYTES; sent += MAX_INPUT_BYTES)
        page.type('x'.repeat(MAX_INPUT_BYTES));
      assert.deepEqual(await page.refusal(), ['input_overflow', 4413]);
    });

    it('one terminal too many', async () => {
      const pages = await Promise.all(Array.from({ length: 6 }, () => learner.openTerminal(id)));
      await using seventh = learner.connectTerminal(await learner.ticket(id));
      await seventh.opened;
      seventh.send(makeOpen());
      assert.deepEqual(await seventh.refusal(), ['too_many_terminals', 4429]);
      await Promise.all(pages.map((page) => page[Symbol.asyncDispose]()));
    });

    it('one browser too many', async () => {
      const other = new Browser(server.origin);
      const sandbox = await other.startAndWait();
      const { terminal } = makeOpen();
      const open = (client: string) => other.openTerminal(sandbox.id, { terminal, client, wish: 'view' });
      const pages = await Promise.all(Array.from({ length: 40 }, (_each, index) => open(`viewer-${index}-x`)));
      assert.deepEqual(await other.connectTerminal(await other.ticket(sandbox.id)).refusal(), [
        'too_many_viewers',
        4429,
      ]);
      await Promise.all(pages.map((page) => page.leave()));
      await other.send(`/api/sandboxes/${sandbox.id}`, { method: 'DELETE' });
    });
  });

  describe('that is for viewing by its ticket', () => {
    const view = async (terminal: string, wish: 'write' | 'view' = 'view') => {
      const page = learner.connectTerminal(await learner.ticket(id, 'view'));
      await page.opened;
      page.send(makeOpen({ terminal, wish }));
      return page;
    };

    it('is shown, and never typed in', async () => {
      const { terminal } = makeOpen();
      await using writer = await learner.openTerminal(id, { terminal });
      writer.isOwner = true;
      const attempts: ((page: TerminalPage) => void)[] = [
        (page) => page.type('x'),
        (page) => page.send({ type: 'take' }),
        (page) => page.send({ type: 'end' }),
        (page) => page.send({ type: 'run', blockId: 's1-b1', clickId: 'c', isConfirmed: true }),
      ];
      for (const attempt of attempts) {
        await using page = await view(terminal);
        assert.equal((await page.waitForMessage('opened')).role, 'viewer');
        attempt(page);
        assert.deepEqual(await page.refusal(), ['not_writer', 4403]);
      }
    });

    it('is refused to a page that wants to type', async () => {
      await using page = await view(makeOpen().terminal, 'write');
      assert.deepEqual(await page.refusal(), ['not_writer', 4403]);
    });
  });

  describe('is not given', () => {
    const refused = ['ticket_refused', 4401];

    it('without a ticket', async () => {
      assert.deepEqual(await learner.connectTerminal('').refusal(), refused);
    });

    it('twice for one ticket', async () => {
      const ticket = await learner.ticket(id);
      await using first = learner.connectTerminal(ticket);
      await first.opened;
      assert.deepEqual(await learner.connectTerminal(ticket).refusal(), refused);
    });

    it('to somebody else who has the ticket', async () => {
      const ticket = await learner.ticket(id);
      const thief = new Browser(server.origin);
      await thief.send('/api/status');
      assert.deepEqual(await thief.connectTerminal(ticket).refusal(), refused);
    });

    for (const [what, headers, status] of [
      ['to a page of another site', { origin: 'https://evil.example' }, 403],
      ['under a foreign host name', { host: 'evil.example', origin: 'http://evil.example' }, 421],
    ] as const) {
      it(what, async () => {
        const page = learner.connectTerminal(await learner.ticket(id), headers);
        const [, response] = await new Promise<[unknown, { statusCode?: number | undefined }]>((resolve) => {
          page.socket.on('unexpected-response', (request, reply) => {
            resolve([request, reply]);
            request.destroy();
          });
        });
        assert.equal(response.statusCode, status);
      });
    }
  });
});
