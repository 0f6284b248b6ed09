import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { it } from 'node:test';
import type { CheckRun, WatchedCheck } from '../../sandbox-server/driver/driver.ts';
import { sandboxId } from '../../sandbox-server/driver/sandbox-id.ts';
import { describeTerminals, hasCode, makeOwner, never, type Subject } from './contract-subject.ts';

const WAIT_LIMIT_MS = 30_000;

/** A thing that a learner makes, by whatever a sandbox of this driver has. */
const things = {
  kubernetes: {
    needs: [{ resource: 'configmaps', group: '' }],
    isThere: (name: string) => `[ -n "$(kubectl get configmap ${name} --ignore-not-found -o name)" ]`,
    make: (name: string) => `kubectl create configmap ${name}`,
  },
  local: {
    needs: [{ resource: 'configmaps', group: '' }],
    isThere: (name: string) => `[ -e ~/${name} ]`,
    make: (name: string) => `touch ~/${name}`,
  },
} as const;

interface SeenRun extends CheckRun {
  readonly name: string;
}

/** The runs of a watch as they come. */
class Watch {
  readonly runs: SeenRun[] = [];
  readonly abort = new AbortController();
  readonly ended: Promise<void>;
  readonly #news = new EventEmitter();

  constructor(subject: Subject, id: string, checks: readonly WatchedCheck[]) {
    const onRun = (name: string, run: CheckRun) => {
      this.runs.push({ name, ...run });
      this.#news.emit('run');
    };
    this.ended = subject.driver.watchChecks(id, checks, onRun, this.abort.signal);
    this.ended.catch(() => undefined);
  }

  async waitFor(isWanted: (run: SeenRun) => boolean): Promise<SeenRun> {
    const limit = AbortSignal.timeout(WAIT_LIMIT_MS);
    for (;;) {
      const found = this.runs.find(isWanted);
      if (found) return found;
      await once(this.#news, 'run', { signal: limit });
    }
  }
}

export function describeWatch(subject: Subject): void {
  describeTerminals('checks that ask themselves again', subject, (desk) => {
    const makeCheck = (name: string, source: string, timeLimitMs = 10_000): WatchedCheck => {
      const { needs } = things[subject.driver.kind];
      return { name, source: `#!/bin/sh\n${source}\n`, timeLimitMs, needs };
    };
    const make = async (name: string) => {
      const player = await desk.open();
      await player.run(`${things[subject.driver.kind].make(name)}; echo made-$((40 + 2))`, /made-42/);
    };
    const watch = (...checks: WatchedCheck[]) => new Watch(subject, desk.sandboxId, checks);

    it('are asked at once, and again when something has changed, until they have passed', async () => {
      const { isThere } = things[subject.driver.kind];
      const watching = watch(makeCheck('first', `${isThere('first')} || { echo 'no-thing name=first'; exit 1; }`));
      const { exitCode, output } = await watching.waitFor(({ name }) => name === 'first');
      assert.deepEqual([exitCode, output], [1, 'no-thing name=first\n']);
      await make('first');
      await watching.waitFor((run) => run.exitCode === 0);
      await watching.ended;
      assert.equal(watching.runs.filter((run) => run.exitCode === 0).length, 1);
    });

    it('are told one by one; the first that passes does not end the others', async () => {
      const { isThere } = things[subject.driver.kind];
      const watching = watch(makeCheck('passes', 'exit 0'), makeCheck('second', `${isThere('second')} || exit 1`));
      await watching.waitFor(({ name, exitCode }) => name === 'passes' && exitCode === 0);
      await watching.waitFor(({ name, exitCode }) => name === 'second' && exitCode === 1);
      await make('second');
      await watching.waitFor(({ name, exitCode }) => name === 'second' && exitCode === 0);
      await watching.ended;
    });

    it('end at their time limit, unheard, and keep nobody waiting', async () => {
      const watching = watch(
        makeCheck('hangs', 'sleep 1000', 500),
        makeCheck('floods', 'yes | head -c 200000; exit 1'),
      );
      const { output } = await watching.waitFor(({ name }) => name === 'floods');
      watching.abort.abort();
      await watching.ended;
      assert.equal(output.length, 64 * 1024);
      assert.deepEqual(new Set(watching.runs.map(({ name }) => name)), new Set(['floods']));
    });

    it('end with the signal, and nothing of them goes on', async () => {
      const watching = watch(makeCheck('begins', 'exit 1'), makeCheck('hangs', 'sleep 1000'));
      await watching.waitFor(({ name }) => name === 'begins');
      watching.abort.abort(new Error('the learner has gone'));
      await watching.ended;
      const count = watching.runs.length;
      const { exitCode } = await subject.driver.runCheck(desk.sandboxId, makeCheck('click', 'exit 0'), never);
      assert.deepEqual([exitCode, watching.runs.length], [0, count]);
    });

    it('are refused in a sandbox that is not there', async () => {
      const nowhere = sandboxId(makeOwner(), 'nowhere');
      const watching = subject.driver.watchChecks(nowhere, [makeCheck('one', 'exit 0')], () => undefined, never);
      await assert.rejects(watching, hasCode('sandbox_unknown'));
    });
  });
}
