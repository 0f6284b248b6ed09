import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type TerminalPlayer } from '../support/terminal-player.ts';
import { describeTerminals, type Subject } from './contract-subject.ts';

/** More than is kept: a shell waits a moment for whoever was cut off. */
const LINES = 300_000;
const CUTS = 40;
const MIB = 1024 * 1024;

/** The same cuts each time, and at no round numbers. */
function makeCuts(from: number, to: number): number[] {
  const offsets = Array.from(
    { length: CUTS },
    (_, index) => from + Math.floor(((index + 0.37) ** 1.5 / CUTS ** 1.5) * (to - from)),
  );
  return [...new Set(offsets)];
}

/** A shell that shows only what it is asked for. */
async function quieten(player: TerminalPlayer): Promise<void> {
  await player.run(
    "stty -echo; bind 'set enable-bracketed-paste off'; unset PROMPT_COMMAND PS0; PS1=''; echo quiet-$((40 + 2))",
    /quiet-42\r\n/,
  );
  await player.waitUntilAccepted();
}

export function describeResume(subject: Subject): void {
  describeTerminals('coming back', subject, (desk) => {
    it('goes on at the very byte, wherever the connection was cut', async () => {
      const player = await desk.open();
      await quieten(player);
      const pieces: Buffer[] = [];
      player.onBytes = (bytes) => pieces.push(Buffer.from(bytes));
      const expected = Array.from({ length: LINES }, (_, index) => `${index + 1}\r\n`).join('');
      const begin = player.offset;
      let cut = player.cutAt(begin + 1);
      player.type(`seq 1 ${LINES}; echo end-$((40 + 2))\r`);
      for (const offset of makeCuts(begin + 2, begin + expected.length)) {
        await cut;
        cut = player.cutAt(offset);
        const at = player.offset;
        const opened = await player.connect();
        assert.deepEqual([opened.offset, opened.lostBytes, opened.isNew], [at, 0, false]);
      }
      await cut;
      await player.connect();
      await player.waitFor(/end-42\r\n/);
      assert.equal(Buffer.concat(pieces).toString(), `${expected}end-42\r\n`);
      assert.equal(player.screenBytes, 0);
    });

    it('finds the same shell, which went on alone', async () => {
      const player = await desk.open();
      await player.run('mark=here; cd /tmp; echo set-$((40 + 2))', /set-42/);
      const { epoch } = player;
      player.type('(sleep 0.2; echo alone-$((40 + 2))) \r');
      await player.waitUntilAccepted();
      player.disconnect();
      const opened = await player.connect();
      assert.deepEqual([opened.epoch, opened.isNew], [epoch, false]);
      await player.waitFor(/alone-42/);
      await player.run('echo $mark-$PWD', /here-\/tmp/);
    });

    it('tells what is a replay', async () => {
      const player = await desk.open();
      await player.run('echo shown-$((40 + 2))', /shown-42/);
      const other = desk.make({ terminal: player.terminal, wish: 'view' });
      // The prompt may come meanwhile.
      const shown = player.offset;
      const { offset, liveOffset } = await other.connect();
      assert.equal(offset, 0);
      assert.ok(liveOffset >= shown, `${liveOffset} is before ${shown}`);
      await other.waitFor(/shown-42/);
    });

    it('says how many bytes are not kept, and gives the last MiB', async () => {
      const player = await desk.open();
      await quieten(player);
      player.type(
        "(until [ -e ~/away ]; do sleep 0.05; done; head -c 3000000 /dev/zero | tr '\\0' X; touch ~/printed)\r",
      );
      await player.waitUntilAccepted();
      player.disconnect();
      const gone = player.offset;
      const watching = await desk.open();
      await watching.run('touch ~/away; until [ -e ~/printed ]; do sleep 0.05; done; echo all-$((40 + 2))', /all-42/);
      const { offset, liveOffset, lostBytes } = await player.connect();
      assert.equal(lostBytes, offset - gone);
      const kept = liveOffset - offset;
      assert.ok(kept >= MIB && kept <= 1.5 * MIB, `${kept} bytes are kept`);
      await player.run('echo back-$((40 + 2))', /back-42/);
      assert.ok(player.offset - gone >= 3_000_000, `${player.offset - gone} bytes were printed`);
    });

    for (const [what, resume] of [
      ['another shell', { epoch: 'of-another-shell', offset: 1 }],
      ['a byte that was never printed', { offset: 1e12 }],
    ] as const) {
      it(`begins anew for a browser that asks for ${what}`, async () => {
        const player = await desk.open();
        await player.run('echo shown-$((40 + 2))', /shown-42/);
        const other = desk.make({ terminal: player.terminal });
        const { offset } = await other.connect({ resume: { epoch: player.epoch ?? '', ...resume } });
        assert.equal(offset, 0);
        await other.waitFor(/shown-42/);
      });
    }
  });
}
