import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MAX_INPUT_BYTES, MAX_PENDING_INPUT_BYTES } from '../../sandbox-server/protocol/frames.ts';
import { Browser, makeOpen } from './browser.ts';
import { type RunningServer, startServer, startServerWithLearner } from './running-server.ts';

/** Seconds on an idle machine; much more on a busy one. */
const SUITE_LIMIT_MS = 300_000;
/** What a terminal sends ahead of what is drawn. */
const WINDOW_BYTES = 256 * 1024;

describe('a terminal of the server', { timeout: SUITE_LIMIT_MS }, () => {
  let server: RunningServer;
  let learner: Browser;
  let id = '';
  before(async () => {
    ({ server, learner, id } = await startServerWithLearner());
  });
  after(() => server[Symbol.asyncDispose]());

  it('shows what the shell answers to what is typed, and says that it took it', async () => {
    await using page = await learner.openTerminal(id);
    page.type('echo answer-$((40 + 2))\r');
    await page.waitForText(/answer-42/);
    await page.waitUntilAccepted(1);
  });

  it('has the size of the page, at first and later', async () => {
    await using page = await learner.openTerminal(id, { columns: 91, rows: 17 });
    page.type('stty size\r');
    await page.waitForText(/17 91/);
    page.send({ type: 'resize', columns: 70, rows: 20 });
    await page.waitForMessage('size', ({ columns, rows }) => columns === 70 && rows === 20);
    page.type('until [ "$(stty size)" = "20 70" ]; do sleep 0.05; done; echo size-$((40 + 2))\r');
    await page.waitForText(/size-42/);
  });

  it('answers a page that asks whether it is still there, also before the shell is', async () => {
    await using page = learner.connectTerminal(await learner.ticket(id));
    await page.opened;
    page.send(makeOpen());
    page.isOwner = true;
    page.send({ type: 'ping' });
    await page.waitForMessage('pong');
    await page.waitForMessage('opened');
  });

  it('goes on after a lost connection with every byte and every key, once', async () => {
    const open = makeOpen();
    const first = await learner.openTerminal(id, open);
    const { epoch } = await first.waitForMessage('opened');
    first.type('for n in 1 2 3; do echo line-$n; done; read word; echo got-$word-$((40 + 2))\r');
    await first.waitForText(/line-3\r\n/);
    await first.leave();

    await using second = await learner.openTerminal(id, { ...open, resume: { epoch, offset: first.offset } });
    second.isOwner = true;
    const opened = await second.waitForMessage('opened');
    assert.deepEqual(
      [opened.epoch, opened.isNew, opened.offset, opened.lostBytes, opened.inputSequence, opened.role],
      [epoch, false, first.offset, 0, 1, 'writer'],
    );
    // The page cannot know whether its last input arrived.
    second.sendInput(1, Buffer.from('again\r'));
    second.type('once\r');
    await second.waitForText(/got-once-42/);
  });

  it('lets one type and others look on, and changes that when it is told to', async () => {
    const { terminal } = makeOpen();
    await using writer = await learner.openTerminal(id, { terminal, client: 'client-w', device: 'a laptop' });
    await using viewer = await learner.openTerminal(id, { terminal, client: 'client-v', device: 'a phone' });
    const opened = await viewer.waitForMessage('opened');
    assert.deepEqual([opened.role, opened.writer?.device], ['viewer', 'a laptop']);

    viewer.type('echo viewer-$((40 + 2))\r');
    assert.equal((await viewer.waitForMessage('error')).code, 'not_writer');
    writer.type('echo writer-$((40 + 2))\r');
    await Promise.all([writer, viewer].map((page) => page.waitForText(/writer-42/)));
    assert.doesNotMatch(viewer.text, /viewer/);

    viewer.send({ type: 'take' });
    await writer.waitForMessage('role', ({ role, writer: now }) => role === 'viewer' && now?.device === 'a phone');
    await viewer.waitForMessage('role', ({ role }) => role === 'writer');
    viewer.type('echo taken-$((40 + 2))\r');
    await writer.waitForText(/taken-42/);
    viewer.send({ type: 'end' });
    await writer.waitForMessage('exited');
  });

  it('takes a paste of any size from a page that holds back what is not accepted', async () => {
    await using page = await learner.openTerminal(id);
    const pieces = 3 * (MAX_PENDING_INPUT_BYTES / MAX_INPUT_BYTES);
    page.type(`stty -icanon -echo; echo raw-$((40 + 2)); head -c ${pieces * MAX_INPUT_BYTES} | wc -c\r`);
    await page.waitForText(/raw-42/);
    for (let piece = 0; piece < pieces; piece += 1) {
      page.type('x'.repeat(MAX_INPUT_BYTES));
      await page.waitUntilAccepted();
    }
    await page.waitForText(new RegExp(`^${pieces * MAX_INPUT_BYTES}\r`, 'm'));
  });

  it('says which terminals there are', async () => {
    await using one = await learner.openTerminal(id);
    const before = one.messages.length;
    const name = makeOpen().terminal;
    await using two = await learner.openTerminal(id, { terminal: name });
    await one.waitForMessage('terminals', ({ names }) => names.includes(name), before);
    two.send({ type: 'end' });
    await two.closed;
    await one.waitForMessage('terminals', ({ names }) => !names.includes(name), before + 1);
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
    await page.waitForOffset(WINDOW_BYTES / 2);
    // A round trip behind everything that was on its way.
    page.send({ type: 'ping' });
    await page.waitForMessage('pong');
    assert.ok(page.offset <= WINDOW_BYTES + 64 * 1024, `${page.offset} bytes came`);
    page.isAcking = true;
    page.ack();
    await page.waitForText(/X\r?\n?end-42/);
  });

  it('obeys ^C while it is flooded', async () => {
    await using page = await learner.openTerminal(id);
    page.type('yes\r');
    await page.waitForOffset(1_000_000);
    page.type('\u0003');
    page.type('echo back-$((40 + 2))\r');
    await page.waitForText(/back-42/);
  });

  describe('runs a block of the lab from the server’s own copy', () => {
    it('once a click', async () => {
      await using page = await learner.openTerminal(id);
      const run = async (clickId: string) => {
        const from = page.messages.length;
        page.send({ type: 'run', blockId: 's1-b1', clickId, isConfirmed: false });
        return (await page.waitForMessage('ran', (each) => each.clickId === clickId, from)).outcome;
      };
      assert.equal(await run('first'), 'typed');
      await page.waitForText(/ran-42\r\n/);
      assert.equal(await run('first'), 'repeated');
      page.type('echo lines-$(wc -l < ~/ran)\r');
      await page.waitForText(/lines-1\b/);
      await page.waitForMessage('state', ({ program }) => program === null);
      assert.equal(await run('second'), 'typed');
      await page.waitForText(/ran-42\r\n[^]*ran-42\r\n/);
    });

    it('into a busy program only when that is confirmed', async () => {
      await using page = await learner.openTerminal(id);
      page.type('cat\r');
      await page.waitForMessage('state', ({ program }) => program === 'cat');
      const order = { type: 'run', blockId: 's1-b1', clickId: 'busy' } as const;
      page.send({ ...order, isConfirmed: false });
      assert.deepEqual(await page.waitForMessage('ran'), {
        type: 'ran',
        clickId: 'busy',
        outcome: 'busy',
        program: 'cat',
        isAlternateScreen: false,
      });
      page.send({ ...order, isConfirmed: true });
      await page.waitForMessage('ran', ({ outcome }) => outcome === 'typed');
      await page.waitForText(/echo ran-\$\(\(40 \+ 2\)\)[^]*echo ran-/);
    });

    it('and says that it knows no such block, and goes on', async () => {
      await using page = await learner.openTerminal(id);
      page.send({ type: 'run', blockId: 's9-b9', clickId: 'any', isConfirmed: false });
      const error = await page.waitForMessage('error');
      assert.deepEqual(error, { type: 'error', code: 'block_unknown', retryable: false, values: { block: 's9-b9' } });
      page.type('echo still-$((40 + 2))\r');
      await page.waitForText(/still-42/);
    });
  });

  it('is counted without naming anybody', async () => {
    const { text } = await learner.send('/metrics');
    assert.match(text, /podium_terminal_resumes_total\{outcome="continued"\} [1-9]/);
    assert.match(text, /podium_terminal_bytes_total\{direction="input"\} [1-9]/);
    assert.match(text, /podium_terminal_lost_bytes_total \d/);
    assert.match(text, /podium_terminal_attachments \d/);
    assert.ok(!text.includes(id));
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
