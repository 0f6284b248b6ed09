import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sandboxId } from '../../sandbox-server/driver/sandbox-id.ts';
import { TerminalPlayer } from '../support/terminal-player.ts';
import { hasCode, makeOwner, never, type Subject, TEST_LIMIT_MS } from './contract-subject.ts';

const SCRIPT_LIMIT_MS = 10_000;

export function describeLearnerScript(subject: Subject): void {
  describe('a script in the learner’s place', { timeout: TEST_LIMIT_MS }, () => {
    let id = '';
    before(async () => {
      id = (await subject.start()).id;
    });
    after(() => subject.discard(id));
    const run = (source: string, timeLimitMs = SCRIPT_LIMIT_MS, signal = never) =>
      subject.driver.runAsLearner(id, { name: 'probe', source: `#!/bin/sh\n${source}\n`, timeLimitMs }, signal);

    for (const [source, expected] of [
      ['exit 0', { exitCode: 0, output: '' }],
      ['echo größer; exit 3', { exitCode: 3, output: 'größer\n' }],
      ['echo one; echo two >&2; echo three', { exitCode: 0, output: 'one\ntwo\nthree\n' }],
      ['cat; echo not read', { exitCode: 0, output: 'not read\n' }],
      ['[ "$(pwd -P)" = "$(cd "$HOME" && pwd -P)" ]', { exitCode: 0, output: '' }],
    ] as const) {
      it(`answers with status and output of "${source}"`, async () => {
        assert.deepEqual(await run(source), expected);
      });
    }

    it('has the home, the search path and the namespace of a shell in the terminal', async () => {
      using player = new TerminalPlayer({ attach: (order, on) => subject.driver.attach(id, order, on, never) });
      await player.connect();
      const words = '"$HOME|$PATH|$NAMESPACE|$(command -v kubectl)"';
      const [, inTerminal] = await player
        .run(`printf 'has-%s-end\\n' ${words}`, /has-\/.*-end/)
        .then((text) => /has-(\/.*)-end/.exec(text) ?? []);
      const [home, path, namespace = '', kubectl] = (await run(`printf %s ${words}`)).output.split('|');
      // A local shell knows of no namespace; a script there is told a name, as a check is.
      const [shownHome, shownPath, shownNamespace, shownKubectl] = inTerminal?.split('|') ?? [];
      assert.deepEqual([home, path, kubectl], [shownHome, shownPath, shownKubectl]);
      assert.ok(shownNamespace === '' || shownNamespace === namespace, namespace);
    });

    it('leaves in the home what it writes, and nothing else', async () => {
      await run('echo kept > kept');
      assert.equal((await run('cat kept; ls -A | grep -vx -e kept -e .kube -e .bash_history')).output, 'kept\n');
    });

    it('is ended at its time limit', async () => {
      await assert.rejects(run('sleep 1000', 500), hasCode('script_timeout'));
    });

    it('keeps the first 64 KiB of what it prints', async () => {
      const { output, exitCode } = await run("head -c 200000 /dev/zero | tr '\\0' x");
      assert.deepEqual([output.length, exitCode], [64 * 1024, 0]);
    });

    it('can be cancelled', async () => {
      const cancel = new AbortController();
      const running = run('sleep 1000', SCRIPT_LIMIT_MS, cancel.signal);
      cancel.abort(new Error('the learner has gone'));
      await assert.rejects(running, /the learner has gone/);
    });

    it('runs no further when it is cancelled', async () => {
      const cancel = new AbortController();
      const running = run('echo $$ >goes-on; sleep 1000', TEST_LIMIT_MS, cancel.signal);
      await run('until [ -s goes-on ]; do sleep 0.1; done');
      cancel.abort(new Error('enough'));
      await assert.rejects(running, /enough/);
      const { exitCode } = await run('while kill -0 "$(cat goes-on)"; do sleep 0.1; done; rm goes-on');
      assert.equal(exitCode, 0);
    });

    it('is refused in a sandbox that is not there', async () => {
      const script = { name: 'probe', source: '#!/bin/sh\n', timeLimitMs: SCRIPT_LIMIT_MS };
      await assert.rejects(
        subject.driver.runAsLearner(sandboxId(makeOwner(), 'nowhere'), script, never),
        hasCode('sandbox_unknown'),
      );
    });
  });
}
