import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sandboxId } from '../../sandbox-server/driver/sandbox-id.ts';
import { TerminalPlayer } from '../support/terminal-player.ts';
import { makeOwner, never, type Subject, TEST_LIMIT_MS } from './contract-subject.ts';

export function describeStart(subject: Subject): void {
  const { start, listIds } = subject;
  describe('start', { timeout: TEST_LIMIT_MS }, () => {
    it('gives a sandbox whose record says whose it is and until when', async () => {
      const owner = makeOwner();
      const { lab } = subject.underTest;
      const record = await start(owner);
      assert.equal(record.id, sandboxId(owner, lab.slug));
      assert.deepEqual(
        { ...record, namespace: '', createdAt: 0, expiresAt: 0 },
        {
          id: record.id,
          lab: lab.slug,
          ownerHash: owner,
          namespace: '',
          state: 'running',
          createdAt: 0,
          expiresAt: 0,
        },
      );
      assert.equal(record.expiresAt.getTime() - record.createdAt.getTime(), lab.lifeMinutes * 60_000);
      subject.discard(record.id);
    });

    it('makes one sandbox of 20 starts at once', async () => {
      const owner = makeOwner();
      const records = await Promise.all(Array.from({ length: 20 }, () => start(owner)));
      const [first] = records;
      for (const record of records) assert.deepEqual(record, first);
      assert.equal(
        (await subject.underTest.driver.list(never)).filter(({ ownerHash }) => ownerHash === owner).length,
        1,
      );
      subject.discard(first?.id ?? '');
    });

    it('says each stage once and in order', async () => {
      const order = ['namespace', 'rights', 'shell', 'prompt'];
      const { driver, lab } = subject.underTest;
      const stages: string[] = [];
      const record = await driver.start({ ownerHash: makeOwner(), lab }, (stage) => stages.push(stage), never);
      assert.deepEqual(
        stages,
        order.filter((stage) => stages.includes(stage)),
      );
      assert.equal(stages.at(-1), 'prompt');
      subject.discard(record.id);
    });

    it('can be cancelled, and then leaves nothing behind', async () => {
      const owner = makeOwner();
      const { driver, lab } = subject.underTest;
      const cancel = new AbortController();
      const reason = new Error('the learner has gone');
      const starting = driver.start({ ownerHash: owner, lab }, () => cancel.abort(reason), cancel.signal);
      await assert.rejects(starting, (error) => error === reason);
      assert.ok(!(await listIds()).includes(sandboxId(owner, lab.slug)));
    });

    it('is remembered by a driver that comes after this one', async () => {
      const record = await start();
      const restarted = await subject.underTest.createAnother();
      try {
        const found = (await restarted.list(never)).find(({ id }) => id === record.id);
        assert.deepEqual(found, record);
        using player = new TerminalPlayer({
          attach: (order, onEvent) => restarted.attach(record.id, order, onEvent, never),
        });
        await player.connect();
        await player.run('echo still-$((40 + 2))', /still-42/);
      } finally {
        await restarted[Symbol.asyncDispose]();
      }
      subject.discard(record.id);
    });
  });
}
