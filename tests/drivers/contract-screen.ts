import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { TerminalPlayer } from '../support/terminal-player.ts';
import { describeTerminals, type Subject } from './contract-subject.ts';

const MIB = 1024 * 1024;
/** Past the ring, so that a new browser needs the screen from before it. */
const FLOOD = "head -c 1500000 /dev/zero | tr '\\0' ' ' | fold -w 79";

/** What leaves marks that only a screen can bring back; each is followed by more output than is kept. */
const rows: readonly (readonly [string, string])[] = [
  ['text and its colours', `printf '\\033[1;31;44mloud'; ${FLOOD}; printf 'still \\033[m'`],
  [
    'another screen with its margins',
    `printf '\\033[?1049h\\033[5;10r\\033[?6h'; ${FLOOD}; printf '\\033[2;3Hhere\\n\\n'`,
  ],
  ['modes of keys, mouse and paste', `printf '\\033[?1h\\033[?2004h\\033[?1002h\\033[?1006h\\033='; ${FLOOD}`],
  ['line drawing', `printf '\\033(0'; ${FLOOD}; printf 'lqqk\\033(B'`],
  ['wide characters that are wrapped', `printf '日本語%.0s' $(seq 1 200); ${FLOOD}; printf '語語\\n'`],
];

export function describeScreen(subject: Subject): void {
  describeTerminals('a new browser', subject, (desk) => {
    async function flood(player: TerminalPlayer, program: string): Promise<void> {
      await player.run("stty -echo; PS1=''; echo quiet-$((40 + 2))", /quiet-42/);
      await player.run(`${program}; echo done-$((40 + 2))`, /done-42\r\n/);
    }

    async function assertSameScreen(player: TerminalPlayer, end: number): Promise<void> {
      const other = desk.make({ terminal: player.terminal, wish: 'view', draws: true });
      const opened = await other.connect();
      await other.waitForOffset(end);
      assert.ok(opened.offset > 0 && opened.liveOffset - opened.offset >= MIB, 'all is in the ring');
      assert.ok(other.screenBytes > 0, 'no screen came');
      assert.deepEqual(await other.screen?.show(), await player.screen?.show());
    }

    for (const [what, program] of rows)
      it(`is brought to the same screen: ${what}`, async () => {
        const player = await desk.open({ draws: true });
        await flood(player, program);
        await assertSameScreen(player, player.offset);
      });

    it('is brought to the same screen: after changes of the size in between', async () => {
      const player = await desk.open({ draws: true });
      await flood(player, FLOOD);
      for (const size of [
        { columns: 120, rows: 40 },
        { columns: 60, rows: 20 },
        { columns: 100, rows: 30 },
      ]) {
        const begun = player.events.length;
        player.resize(size);
        await player.waitForEvent('size', ({ columns }) => columns === size.columns, begun);
        await player.run('seq 1 60000; echo sized-$((40 + 2))', /sized-42\r\n/);
      }
      await assertSameScreen(player, player.offset);
    });
  });
}
