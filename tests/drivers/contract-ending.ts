import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeTerminals, type Subject } from './contract-subject.ts';

export function describeEnding(subject: Subject): void {
  describeTerminals('the end of a shell', subject, (desk) => {
    for (const status of [0, 7])
      it(`comes with its status ${status}, after all of its output`, async () => {
        const player = await desk.open();
        player.type(`echo bye-$((40 + 2)); exit ${status}\r`);
        assert.equal((await player.waitForEvent('exited')).status, status);
        assert.match(player.text, /bye-42/);
        assert.equal(player.events.at(-1)?.type, 'exited');
      });

    it('is told to who comes back later, with what was printed until then', async () => {
      const player = await desk.open();
      await player.run('echo ready-$((40 + 2))', /ready-42/);
      const watching = await desk.open({ terminal: player.terminal, wish: 'view' });
      const { epoch } = player;
      player.type('sleep 0.2; echo last-words-$((40 + 2)); exit 3\r');
      await player.waitUntilAccepted();
      player.disconnect();
      await watching.waitForEvent('exited');
      const opened = await player.connect();
      assert.equal(opened.epoch, epoch);
      assert.equal((await player.waitForEvent('exited')).status, 3);
      assert.match(player.text, /last-words-42/);
    });

    it('is followed by a new shell for who asks for it', async () => {
      const player = await desk.open();
      const { epoch } = player;
      player.type('exit\r');
      await player.waitForEvent('exited');
      const opened = await player.connect({ isFresh: true });
      assert.deepEqual([opened.isNew, opened.offset, opened.inputSequence], [true, 0, 0]);
      assert.notEqual(opened.epoch, epoch);
      await player.run('echo fresh-$((40 + 2))', /fresh-42/);
    });

    it('is not brought about by asking for a new one', async () => {
      const player = await desk.open();
      const other = desk.make({ terminal: player.terminal });
      const opened = await other.connect({ isFresh: true });
      assert.deepEqual([opened.epoch, opened.isNew], [player.epoch, false]);
    });

    it('takes all that runs in its terminal along, when somebody ends it', async () => {
      const observer = await desk.open();
      const player = await desk.open();
      const viewer = await desk.open({ terminal: player.terminal, wish: 'view' });
      await player.run(
        "(trap '' HUP; echo $BASHPID > ~/stubborn.pid; exec sleep 1001) & sh -c 'echo $$ > ~/job.pid; echo job-$((40 + 2)); exec sleep 1000'",
        /job-42/,
      );
      await observer.run(
        'until [ -s ~/stubborn.pid ]; do sleep 0.1; done; pids="$(cat ~/job.pid) $(cat ~/stubborn.pid)"; kill -0 $pids && echo alive-$((40 + 2))',
        /alive-42/,
      );
      player.end();
      await Promise.all([player, viewer].map((each) => each.waitForEvent('exited')));
      await observer.run(
        'for pid in $pids; do while kill -0 $pid; do sleep 0.1; done; done 2>/dev/null; echo ended-$((40 + 2))',
        /ended-42/,
      );
      const opened = await player.connect();
      assert.equal(opened.isNew, true);
      await player.run('echo new-$((40 + 2))', /new-42/);
    });
  });
}
