import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sandboxId } from '../../sandbox-server/driver/sandbox-id.ts';
import { TerminalPlayer } from '../support/terminal-player.ts';
import { hasCode, makeOwner, never, type Subject, TEST_LIMIT_MS } from './contract-subject.ts';

const LIMIT_BYTES = 1024 * 1024;

export function describeHome(subject: Subject): void {
  describe('the files of a home', { timeout: TEST_LIMIT_MS }, () => {
    const ids: string[] = [];
    let terminals = 0;
    before(async () => {
      const records = await Promise.all([subject.start(), subject.start()]);
      ids.push(...records.map(({ id }) => id));
    });
    after(() => ids.forEach(subject.discard));
    /** What a line prints after "begin:". */
    const run = async (id: string, line: string): Promise<string> => {
      using player = new TerminalPlayer({
        attach: (order, onEvent) => subject.driver.attach(id, order, onEvent, never),
        terminal: `look-${(terminals += 1)}`,
      });
      await player.connect();
      const text = await player.run(`${line}; echo end-$((40 + 2))`, /end-42/);
      return /begin:\r?\n(.*)end-42/s.exec(text)?.[1] ?? '';
    };

    it('are the same in another sandbox, whatever their names and kinds, and nothing else is', async () => {
      const [from = '', to = ''] = ids;
      await run(
        from,
        [
          `mkdir -p 'a folder/ß' ~/.cache ~/.kube && echo one > 'a folder/ß/-f' && echo two > ~/.hidden`,
          `ln -s /etc/hostname link && mkfifo pipe && printf '#!/bin/sh\\necho ran' > program && chmod 700 program`,
          'echo secret > closed && chmod 000 closed',
          'echo old > ~/.kube/mine && echo old > ~/.cache/mine && rm -f ~/.bash_history',
        ].join('; '),
      );
      const archive = await subject.driver.saveHome(from, LIMIT_BYTES, never);
      assert.ok(archive);
      await run(to, 'echo there > stays; echo new > .hidden');
      await subject.driver.restoreHome(to, archive, never);
      const shown = await run(
        to,
        `echo begin:; cat 'a folder/ß/-f' .hidden stays; ./program; readlink link; [ -p pipe ] && echo pipe; ls .kube/mine .cache/mine 2>/dev/null`,
      );
      assert.deepEqual(shown.trim().split(/\r?\n/), ['one', 'two', 'there', 'ran', '/etc/hostname', 'pipe']);
    });

    it('are nothing at all when it is empty', async () => {
      const { id } = await subject.start();
      assert.equal(await subject.driver.saveHome(id, LIMIT_BYTES, never), undefined);
      subject.discard(id);
    });

    it('are not given when they are too many', async () => {
      const [from = ''] = ids;
      await run(from, `head -c ${2 * LIMIT_BYTES} /dev/urandom > large`);
      await assert.rejects(subject.driver.saveHome(from, LIMIT_BYTES, never), hasCode('home_too_large'));
      await run(from, 'rm large');
      assert.ok(await subject.driver.saveHome(from, LIMIT_BYTES, never));
    });

    it('are not restored from what is no archive', async () => {
      const [from = ''] = ids;
      await assert.rejects(subject.driver.restoreHome(from, Buffer.alloc(100_000, 'x'), never), hasCode('home_failed'));
    });

    it('are neither saved nor restored of a sandbox that is not there', async () => {
      const id = sandboxId(makeOwner(), 'nowhere');
      await assert.rejects(subject.driver.saveHome(id, LIMIT_BYTES, never), hasCode('sandbox_unknown'));
      await assert.rejects(subject.driver.restoreHome(id, Buffer.alloc(0), never), hasCode('sandbox_unknown'));
    });
  });
}
