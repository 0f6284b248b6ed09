import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { TerminalPlayer } from '../support/terminal-player.ts';
import { describeTerminals, type Desk, type Subject } from './contract-subject.ts';

const WINDOW_BYTES = 256 * 1024;
/** What may be between the program and the terminal's last byte: buffers of the pty and of a pipe. */
const SLACK_BYTES = 256 * 1024;

/** Types a program that prints without end and says in a file how far it is, each line 1,000 bytes. */
async function startFlood(desk: Desk, player: TerminalPlayer): Promise<TerminalPlayer> {
  const progress = `~/progress-${player.terminal}`;
  const line = `${'x'.repeat(998)}`;
  player.type(`n=0; while :; do n=$((n + 1)); echo ${line}; [ $((n % 20)) = 0 ] && echo $n > ${progress}; done\r`);
  const watching = await desk.open();
  await watching.run(`file=${progress}; until [ -s $file ]; do sleep 0.05; done; echo begun-$((40 + 2))`, /begun-42/);
  return watching;
}

/** Waits until the program has printed nothing for a moment, and gives how many bytes it had printed. */
async function waitUntilHeld(watching: TerminalPlayer): Promise<number> {
  await watching.run(
    'was=none; until [ "$was" = "$(cat $file)" ]; do was=$(cat $file); sleep 0.4; done; echo held-$was-$((40 + 2))',
    /held-\d+-42/,
  );
  const [, lines] = await watching.waitFor(/held-(\d+)-42/);
  return Number(lines) * 1000;
}

/** From now on. */
async function waitUntilPrinted(watching: TerminalPlayer, bytes: number): Promise<void> {
  const lines = Math.ceil(bytes / 1000);
  await watching.run(
    `begun=$(cat $file); until [ "$(cat $file)" -gt $((begun + ${lines})) ] 2>/dev/null; do sleep 0.05; done; echo on-$((40 + 2))`,
    /on-42/,
  );
}

export function describeFlow(subject: Subject): void {
  describeTerminals('a flood', subject, (desk) => {
    it('is held back by a writer that does not draw, for 5 s; then it goes on, and a gap says what is lost', async () => {
      const player = await desk.open({ acks: false });
      const begun = performance.now();
      const watching = await startFlood(desk, player);
      const printed = await waitUntilHeld(watching);
      assert.ok(printed < WINDOW_BYTES + SLACK_BYTES, `${printed} bytes were printed`);
      assert.ok(player.offset <= WINDOW_BYTES, `${player.offset} bytes came ahead of the ack`);
      await waitUntilPrinted(watching, 3_000_000);
      assert.ok(performance.now() - begun > 4_900, 'the writer was not waited for');
      player.acks = true;
      const before = player.offset;
      player.ack();
      const { from, to } = await player.waitForEvent('gap');
      assert.equal(from, before);
      assert.ok(to - from > 1_000_000, `${to - from} bytes are said to be lost`);
      player.type('\u0003');
      await player.run('echo back-$((40 + 2))', /back-42/);
    });

    it('is held back as far as it is drawn, and no further', async () => {
      const player = await desk.open({ acks: false });
      const watching = await startFlood(desk, player);
      await player.waitForOffset(WINDOW_BYTES);
      await waitUntilHeld(watching);
      player.ack();
      await player.waitForOffset(2 * WINDOW_BYTES);
      assert.ok((await waitUntilHeld(watching)) < 2 * WINDOW_BYTES + SLACK_BYTES);
      assert.equal(player.eventsOf('gap').length, 0);
    });

    it('is not held back by a viewer, who gets a gap and a screen when it is back', async () => {
      const player = await desk.open();
      const viewer = await desk.open({ terminal: player.terminal, wish: 'view', acks: false });
      const watching = await startFlood(desk, player);
      await waitUntilPrinted(watching, 3_000_000);
      assert.ok(viewer.offset <= WINDOW_BYTES);
      viewer.acks = true;
      viewer.ack();
      await viewer.waitForEvent('gap');
      player.type('\u0003');
      await player.run('echo calm-$((40 + 2))', /calm-42/);
      await viewer.waitFor(/calm-42/);
      assert.equal(player.eventsOf('gap').length, 0);
    });

    it('is held back for a writer who was cut off, and goes on without a loss when it is back', async () => {
      const player = await desk.open();
      const watching = await startFlood(desk, player);
      player.disconnect();
      const cutAt = player.offset;
      const printed = await waitUntilHeld(watching);
      assert.ok(printed < cutAt + WINDOW_BYTES + SLACK_BYTES, `${printed} bytes were printed, ${cutAt} were drawn`);
      const { offset, lostBytes } = await player.connect();
      assert.deepEqual([offset, lostBytes], [cutAt, 0]);
      await player.waitForOffset(cutAt + 2 * WINDOW_BYTES);
      player.type('\u0003');
      await player.run('echo back-$((40 + 2))', /back-42/);
    });

    it('goes on when nobody is there for 5 s, and is read by who comes', async () => {
      const player = await desk.open();
      const watching = await startFlood(desk, player);
      player.disconnect();
      await waitUntilPrinted(watching, 3_000_000);
      const { lostBytes } = await player.connect();
      assert.ok(lostBytes > 0);
      player.type('\u0003');
      await player.run('echo back-$((40 + 2))', /back-42/);
    });
  });
}
