import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sandboxId } from '../../sandbox-server/driver/sandbox-id.ts';
import { TerminalPlayer } from '../support/terminal-player.ts';
import { makeOwner, never, type Subject, TEST_LIMIT_MS } from './contract-subject.ts';

export function describeEnd(subject: Subject): void {
  const { start, listIds } = subject;
  const open = async (id: string) => {
    const player = new TerminalPlayer({
      attach: (order, onEvent) => subject.driver.attach(id, order, onEvent, never),
    });
    await player.connect();
    return player;
  };
  describe('end', { timeout: TEST_LIMIT_MS }, () => {
    it('takes the sandbox away with its terminals and files, and nobody else’s', async () => {
      const owner = makeOwner();
      const [record, other] = await Promise.all([start(owner), start()]);
      using player = await open(record.id);
      await player.run('touch ~/mine; echo made-$((40 + 2))', /made-42/);
      await subject.driver.end(record.id, never);
      await waitUntilOver(player);
      const ids = await listIds();
      assert.deepEqual([ids.includes(record.id), ids.includes(other.id)], [false, true]);

      await start(owner);
      using again = await open(record.id);
      await again.run('test -e ~/mine || echo fresh-$((40 + 2))', /fresh-42/);
      for (const { id } of [record, other]) subject.discard(id);
    });

    it('succeeds for a sandbox that is gone', async () => {
      await subject.driver.end(sandboxId(makeOwner(), 'nowhere'), never);
    });
  });
}

/** However the driver says it: the shell has exited, or the way to it is lost. */
async function waitUntilOver(player: TerminalPlayer): Promise<void> {
  await Promise.any([player.waitForEvent('exited'), player.waitForEvent('lost')]);
}
