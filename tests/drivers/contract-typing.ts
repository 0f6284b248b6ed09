import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { EventOf, TerminalPlayer } from '../support/terminal-player.ts';
import { describeTerminals, type Subject } from './contract-subject.ts';

/** Clicks until the shell is back at its prompt: what was waited for on the screen comes a moment before that. */
async function clickWhenFree(player: TerminalPlayer, id: string, text: string): Promise<EventOf<'typed'>> {
  let typed = await player.typeBlock(id, text);
  while (typed.outcome === 'busy') typed = await player.typeBlock(id, text);
  return typed;
}

export function describeTyping(subject: Subject): void {
  describeTerminals('a click on Run', subject, (desk) => {
    it('types a text once, however often it comes', async () => {
      const player = await desk.open();
      await player.run('count=0; echo set-$((40 + 2))', /set-42/);
      const outcomes = [];
      for (let click = 0; click < 3; click += 1)
        outcomes.push((await clickWhenFree(player, 'click-1', 'count=$((count + 1))\r')).outcome);
      player.disconnect();
      await player.connect();
      outcomes.push((await clickWhenFree(player, 'click-1', 'count=$((count + 1))\r')).outcome);
      assert.deepEqual(outcomes, ['typed', 'repeated', 'repeated', 'repeated']);
      assert.match(await player.run('echo count-$count-', /count-\d+-/), /count-1-/);
      assert.equal((await clickWhenFree(player, 'click-2', 'echo next-$((40 + 2))\r')).outcome, 'typed');
      await player.waitFor(/next-42/);
    });

    it('does not type into a program that runs, unless it is meant', async () => {
      const player = await desk.open();
      player.type('cat\r');
      await player.waitForEvent('state', ({ program }) => program === 'cat');
      const { outcome, program } = await player.typeBlock('click-1', 'into-the-cat\r');
      assert.deepEqual([outcome, program], ['busy', 'cat']);
      assert.equal((await player.typeBlock('click-1', 'into-the-cat\r', true)).outcome, 'typed');
      await player.waitFor(/into-the-cat\r\ninto-the-cat\r\n/);
      player.type('\u0004');
      await player.waitForEvent('state', (state) => state.program === null, player.events.length);
      assert.equal((await clickWhenFree(player, 'click-2', 'echo free-$((40 + 2))\r')).outcome, 'typed');
      await player.waitFor(/free-42/);
    });

    it('does not type into another screen', async () => {
      const player = await desk.open();
      player.type("printf '\\033[?1049h'\r");
      await player.waitForEvent('state', (state) => state.isAlternateScreen);
      const { outcome, isAlternateScreen } = await player.typeBlock('click-1', 'echo lost\r');
      assert.deepEqual([outcome, isAlternateScreen], ['busy', true]);
    });

    it('is not for a viewer', async () => {
      const player = await desk.open();
      const viewer = await desk.open({ terminal: player.terminal, wish: 'view' });
      assert.equal((await viewer.typeBlock('click-1', 'echo viewed-$((40 + 2))\r')).outcome, 'not_writer');
      assert.equal((await clickWhenFree(player, 'click-1', 'echo written-$((40 + 2))\r')).outcome, 'typed');
      await player.waitFor(/written-42/);
      assert.doesNotMatch(player.text, /viewed/);
    });

    it('knows the prompt where the shell marks it', async () => {
      const player = await desk.open();
      player.type("printf '\\033]133;A\\033\\\\'; read -r line\r");
      // Not typed ahead: what comes while the shell still edits its line is no line for `read`.
      await player.waitFor(/\]133;A\u001b\\/);
      await player.waitForEvent('state', ({ prompt }) => prompt === 'shown');
      player.type('\r');
      // A shell that marks its prompts by itself does it again as soon as the program ends.
      player.type("printf '\\033]133;C\\033\\\\'; read -r line\r");
      await player.waitForEvent('state', ({ prompt }) => prompt === 'running', player.events.length);
    });
  });
}
