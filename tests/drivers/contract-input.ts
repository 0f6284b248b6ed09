import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeTerminals, type Subject } from './contract-subject.ts';

export function describeInput(subject: Subject): void {
  describeTerminals('what is typed', subject, (desk) => {
    it('is accepted once it is written', async () => {
      const player = await desk.open();
      await player.run('echo first-$((40 + 2))', /first-42/);
      await player.waitUntilAccepted();
      player.type('echo second-$((40 + 2))\r');
      await player.waitForEvent('accepted', ({ sequence }) => sequence === 2);
      await player.waitFor(/second-42/);
    });

    it('arrives whole when it is a large paste', async () => {
      const player = await desk.open();
      const line = `${'0123456789'.repeat(10)}\n`;
      await player.run("stty -echo; PS1=''; echo quiet-$((40 + 2))", /quiet-42/);
      player.type('cat > ~/paste\r');
      for (let count = 0; count < 1000; count += 1) player.type(line);
      player.type('\u0004');
      await player.run('echo size-$(wc -c < ~/paste)', new RegExp(`size-${line.length * 1000}\\b`));
      await player.waitUntilAccepted();
    });

    it('is taken once when it is sent again', async () => {
      const player = await desk.open();
      await player.run('count=0; echo set-$((40 + 2))', /set-42/);
      player.type('count=$((count + 1))\r');
      for (let repeated = 0; repeated < 3; repeated += 1) player.sendInput(player.sequence, 'count=$((count + 1))\r');
      assert.match(await player.run('echo count-$count-', /count-\d+-/), /count-1-/);
    });

    it('is neither lost nor doubled when the connection goes while it is on its way', async () => {
      const player = await desk.open();
      await player.run("stty -echo; PS1=''; total=0; echo set-$((40 + 2))", /set-42/);
      for (let cut = 1; cut <= 20; cut += 1) {
        player.type(`total=$((total + ${cut}))\r`);
        player.disconnect();
        // Typed by a person who does not know yet that the connection is gone.
        player.type(`total=$((total + ${cut * 1000}))\r`);
        await player.connect();
      }
      assert.match(await player.run('echo total-$total-', /total-\d+-/), /total-210210-/);
      await player.waitUntilAccepted();
    });

    it('is counted for each client by itself', async () => {
      const player = await desk.open();
      await player.run('echo set-$((40 + 2))', /set-42/);
      await player.waitUntilAccepted();
      const other = desk.make({ terminal: player.terminal });
      assert.equal((await other.connect()).inputSequence, 0);
      player.disconnect();
      assert.equal((await player.connect()).inputSequence, 1);
    });
  });
}
