import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sandboxId } from '../../sandbox-server/driver/sandbox-id.ts';
import { hasCode, makeOwner, never, type Subject, TEST_LIMIT_MS } from './contract-subject.ts';

const HOUR_MS = 3_600_000;

export function describeExtend(subject: Subject): void {
  describe('extend', { timeout: TEST_LIMIT_MS }, () => {
    it('puts another end on record, and leaves the rest of it as it was', async () => {
      const owner = makeOwner();
      const before = await subject.start(owner);
      const expiresAt = new Date(before.expiresAt.getTime() + HOUR_MS);
      await subject.driver.extend(before.id, expiresAt, never);
      await using another = await subject.underTest.createAnother();
      const after = (await another.list(never)).find(({ id }) => id === before.id);
      assert.deepEqual(after, { ...before, expiresAt });
      // Whoever starts it again attaches to it, and does not set it back.
      assert.deepEqual((await subject.start(owner)).expiresAt, expiresAt);
      subject.discard(before.id);
    });

    it('is refused for a sandbox that is not there', async () => {
      const id = sandboxId(makeOwner(), 'nowhere');
      await assert.rejects(subject.driver.extend(id, new Date(), never), hasCode('sandbox_unknown'));
    });
  });
}
