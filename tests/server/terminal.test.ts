import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HIGH_WATER_BYTES } from '../../sandbox-server/terminal/flow-window.ts';
import { MAX_FRAME_BYTES } from '../../sandbox-server/protocol/frames.ts';
import { Browser } from './browser.ts';
import { startServer, startServerWithLearner, type RunningServer } from './running-server.ts';

/** Seconds on an idle machine; much more on a busy one. */
const SUITE_LIMIT_MS = 300_000;

describe('a terminal of the server', { timeout: SUITE_LIMIT_MS }, () => {
  let server: RunningServer;
  let learner: Browser;
  let id = '';
  before(async () => {
    ({ server, learner, id } = await startServerWithLearner());
  });
  after(() => server[Symbol.asyncDispose]());

  it('shows what the shell answers to what is typed', async () => {
    await using page = await learner.openTerminal(id);
    page.type('echo answer-$((40 + 2))\r');
    await page.waitForText(/answer-42/);
  });

  it('takes input that is sent before the shell is there', async () => {
    await using page = learner.connectTerminal(await learner.ticket(id));
    await page.opened;
    page.send({ type: 'open', columns: 80, rows: 24 });
    page.type('echo early-$((40 + 2))\r');
    await page.waitForText(/early-42/);
  });

  it('has the size of the page, at first and later', async () => {
    await using page = await learner.openTerminal(id, { columns: 91, rows: 17 });
    page.type('stty size\r');
    await page.waitForText(/17 91/);
    page.send({ type: 'resize', columns: 70, rows: 20 });
    page.type('until [ "$(stty size)" = "20 70" ]; do sleep 0.05; done; echo size-$((40 + 2))\r');
    await page.waitForText(/size-42/);
  });

  it('runs a block of the lab from the server’s own copy, once a click', async () => {
    await using page = await learner.openTerminal(id);
    page.send({ type: 'run', blockId: 's1-b1', clickId: 'first' });
    await page.waitForText(/ran-42\r\n/);
    page.send({ type: 'run', blockId: 's1-b1', clickId: 'first' });
    page.type('echo lines-$(wc -l < ~/ran)\r');
    await page.waitForText(/lines-1\b/);
    page.send({ type: 'run', blockId: 's1-b1', clickId: 'second' });
    page.type('echo lines-$(wc -l < ~/ran)\r');
    await page.waitForText(/lines-2\b/);
  });

  it('says that it knows no such block, and goes on', async () => {
    await using page = await learner.openTerminal(id);
    page.send({ type: 'run', blockId: 's9-b9', clickId: 'any' });
    const error = await page.waitForMessage(({ type }) => type === 'error');
    assert.deepEqual(error, { type: 'error', code: 'block_unknown', retryable: false, values: { block: 's9-b9' } });
    page.type('echo still-$((40 + 2))\r');
    await page.waitForText(/still-42/);
  });

  it('says with which status the shell has ended', async () => {
    await using page = await learner.openTerminal(id);
    page.type('exit 7\r');
    assert.equal(await page.closed, 1000);
    assert.deepEqual(page.messages.at(-1), { type: 'exited', status: 7 });
  });

  it('sends no more than the window to a page that draws nothing, and all of it later', async () => {
    await using page = await learner.openTerminal(id);
    page.isAcking = false;
    page.type("head -c 3000000 /dev/zero | tr '\\0' X; echo end-$((40 + 2))\r");
    await page.waitForBytes(HIGH_WATER_BYTES);
    // A round trip behind everything that was on its way.
    page.socket.ping();
    await new Promise((resolve) => page.socket.once('pong', resolve));
    assert.ok(page.receivedBytes < HIGH_WATER_BYTES + 64 * 1024, `${page.receivedBytes} bytes came`);
    page.isAcking = true;
    page.send({ type: 'ack', offset: page.receivedBytes });
    await page.waitForText(/X\r?\n?end-42/);
  });

  it('obeys ^C while it is flooded', async () => {
    await using page = await learner.openTerminal(id);
    page.type('yes\r');
    await page.waitForBytes(1_000_000);
    page.type('\u0003');
    page.type('echo back-$((40 + 2))\r');
    await page.waitForText(/back-42/);
  });

  describe('is closed with a code for', () => {
    const open = { type: 'open', columns: 80, rows: 24 } as const;
    const mistakes: readonly [
      string,
      (page: Awaited<ReturnType<Browser['openTerminal']>>) => void,
      [string, number],
    ][] = [
      ['text that is not JSON', (page) => page.socket.send('open'), ['frame_malformed', 4400]],
      ['a message that is none of ours', (page) => page.socket.send('{"type":"shell"}'), ['frame_malformed', 4400]],
      [
        'a size that no screen has',
        (page) => page.send({ type: 'resize', columns: 5000, rows: 5 }),
        ['frame_malformed', 4400],
      ],
      ['a long message', (page) => page.socket.send(`{"type":"${'x'.repeat(2000)}"}`), ['frame_too_large', 1009]],
      ['a second open', (page) => page.send(open), ['frame_out_of_order', 1002]],
      ['input that skips a number', (page) => page.sendInput(2, Buffer.from('x')), ['frame_out_of_order', 1002]],
      ['an ack of what was never sent', (page) => page.send({ type: 'ack', offset: 1e9 }), ['frame_malformed', 4400]],
      ['a binary frame of another type', (page) => page.socket.send(Buffer.alloc(20)), ['frame_malformed', 4400]],
      ['a binary frame without content', (page) => page.socket.send(Buffer.from([2])), ['frame_malformed', 4400]],
      ['a frame over the limit', (page) => page.socket.send(Buffer.alloc(MAX_FRAME_BYTES + 1)), ['', 1009]],
    ];
    for (const [what, act, expected] of mistakes) {
      it(what, async () => {
        await using page = await learner.openTerminal(id);
        act(page);
        assert.deepEqual(await page.refusal(), expected);
      });
    }

    it('input before open', async () => {
      await using page = learner.connectTerminal(await learner.ticket(id));
      await page.opened;
      page.type('x');
      assert.deepEqual(await page.refusal(), ['frame_out_of_order', 1002]);
    });

    it('one terminal too many', async () => {
      const pages = await Promise.all(Array.from({ length: 6 }, () => learner.openTerminal(id)));
      await using seventh = learner.connectTerminal(await learner.ticket(id));
      assert.deepEqual(await seventh.refusal(), ['too_many_terminals', 4429]);
      await Promise.all(pages.map((page) => page[Symbol.asyncDispose]()));
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

  it('is closed when its sandbox is stopped', async () => {
    const other = new Browser(server.origin);
    const sandbox = await other.startAndWait();
    await using page = await other.openTerminal(sandbox.id);
    await other.send(`/api/sandboxes/${sandbox.id}`, { method: 'DELETE' });
    assert.deepEqual(await page.refusal(), ['sandbox_ended', 4410]);
  });
});

it('asks open terminals to connect again when the server goes away', { timeout: SUITE_LIMIT_MS }, async () => {
  const server = await startServer();
  const learner = new Browser(server.origin);
  const { id } = await learner.startAndWait();
  await using page = await learner.openTerminal(id);
  await server[Symbol.asyncDispose]();
  assert.equal(await page.closed, 1012);
  assert.deepEqual(page.messages.at(-1), { type: 'reconnect' });
});
