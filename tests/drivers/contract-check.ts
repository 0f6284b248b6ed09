import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sandboxId } from '../../sandbox-server/driver/sandbox-id.ts';
import { runLabCheck } from '../../sandbox-server/session/run-lab-check.ts';
import { hasCode, makeOwner, never, type Subject, TEST_LIMIT_MS } from './contract-subject.ts';

const CHECK_LIMIT_MS = 10_000;

export function describeCheck(subject: Subject): void {
  describe('a check', { timeout: TEST_LIMIT_MS }, () => {
    let id = '';
    before(async () => {
      id = (await subject.start()).id;
    });
    after(() => subject.discard(id));
    const run = (source: string, timeLimitMs = CHECK_LIMIT_MS, signal = never) =>
      subject.driver.runCheck(id, { name: 'probe', source: `#!/bin/sh\n${source}\n`, timeLimitMs }, signal);

    for (const [source, expected] of [
      ['exit 0', { exitCode: 0, output: '' }],
      ["echo no-pod 'pod=web'; exit 1", { exitCode: 1, output: 'no-pod pod=web\n' }],
      ['echo größer; exit 2', { exitCode: 2, output: 'größer\n' }],
      ['test -n "$NAMESPACE"', { exitCode: 0, output: '' }],
    ] as const) {
      it(`answers with status and output of "${source}"`, async () => {
        assert.deepEqual(await run(source), expected);
      });
    }

    it('is ended at its time limit', async () => {
      await assert.rejects(run('sleep 1000', 500), hasCode('check_timeout'));
    });

    it('keeps the first 64 KiB of what it prints', async () => {
      const { output, exitCode } = await run("head -c 200000 /dev/zero | tr '\\0' x");
      assert.deepEqual([output.length, exitCode], [64 * 1024, 0]);
    });

    const runInShell = (source: string, timeLimitMs = CHECK_LIMIT_MS) => {
      const head = '#!/bin/sh\n# where: shell, because a test is about it\n';
      return runLabCheck(subject.driver, id, { name: 'probe', source: head + source, timeLimitMs }, never);
    };
    for (const [source, expected] of [
      ['touch ~/by-check && cd ~ && ls by-check', { exitCode: 0, output: 'by-check\n' }],
      ['echo no-pod pod=web >&2; exit 1', { exitCode: 1, output: 'no-pod pod=web\n' }],
      ["printf '\\377\\000x'", { exitCode: 0, output: '\ufffd\0x' }],
    ] as const) {
      it(`runs in the learner’s shell where its head says so: "${source}"`, async () => {
        assert.deepEqual(await runInShell(source), expected);
      });
    }

    it('is ended there at its time limit as a check is, and keeps as much of what it prints', async () => {
      await assert.rejects(runInShell('sleep 1000', 500), hasCode('check_timeout'));
      const { output } = await runInShell("head -c 10000000 /dev/zero | tr '\\0' x");
      assert.equal(output.length, 64 * 1024);
    });

    it('can be cancelled', async () => {
      const cancel = new AbortController();
      const running = run('sleep 1000', CHECK_LIMIT_MS, cancel.signal);
      cancel.abort(new Error('the learner has gone'));
      await assert.rejects(running, /the learner has gone/);
    });

    it('is refused in a sandbox that is not there', async () => {
      const script = { name: 'probe', source: '#!/bin/sh\n', timeLimitMs: CHECK_LIMIT_MS };
      await assert.rejects(
        subject.driver.runCheck(sandboxId(makeOwner(), 'nowhere'), script, never),
        hasCode('sandbox_unknown'),
      );
    });
  });
}
