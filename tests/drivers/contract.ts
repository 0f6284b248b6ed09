/**
 * What every driver does, whatever gives its shells: the one suite that both adapters pass.
 * Markers are computed by the shell (`$((40 + 2))`), so that the echo of the typed line is never taken for the answer.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Driver, LabNeeds, SandboxRecord, Terminal } from '../../sandbox-server/driver/driver.ts';
import { sandboxId } from '../../sandbox-server/driver/sandbox-id.ts';
import { PodiumError, type ErrorCode } from '../../sandbox-server/errors.ts';
import { readTerminal } from './terminal-reader.ts';

export interface DriverUnderTest extends AsyncDisposable {
  readonly driver: Driver;
  /** A lab that this driver can start. */
  readonly lab: LabNeeds;
  /** Another driver on the same records: what a restarted server has. The caller disposes it. */
  createAnother(): Promise<Driver>;
}

const SIZE = { columns: 80, rows: 24 };
/** A start and an end of a pod on a busy machine, several times over. */
const TEST_LIMIT_MS = 120_000;
const CHECK_LIMIT_MS = 10_000;
const ignoreStage = () => undefined;
const never = new AbortController().signal;

/** A learner whom no other test knows. */
export function makeOwner(): string {
  return randomBytes(16).toString('hex');
}

const hasCode = (code: ErrorCode) => (error: unknown) => error instanceof PodiumError && error.code === code;

export function describeDriverContract(name: string, createUnderTest: () => Promise<DriverUnderTest>): void {
  describe(`the ${name} driver`, { timeout: 10 * TEST_LIMIT_MS }, () => {
    let underTest: DriverUnderTest;
    before(async () => {
      underTest = await createUnderTest();
    });
    after(() => underTest[Symbol.asyncDispose]());

    const start = (owner = makeOwner()) =>
      underTest.driver.start({ ownerHash: owner, lab: underTest.lab }, ignoreStage, never);
    const listIds = async (driver = underTest.driver) => (await driver.list(never)).map(({ id }) => id);

    describeStart(() => underTest, { start, listIds });
    describeTerminal(() => underTest.driver, start);
    describeCheck(() => underTest.driver, start);
    describeEnd(() => underTest.driver, { start, listIds });
  });
}

type Start = (owner?: string) => Promise<SandboxRecord>;
interface Common {
  readonly start: Start;
  readonly listIds: (driver?: Driver) => Promise<string[]>;
}

function describeStart(underTest: () => DriverUnderTest, { start, listIds }: Common): void {
  describe('start', { timeout: TEST_LIMIT_MS }, () => {
    it('gives a sandbox whose record says whose it is and until when', async () => {
      const owner = makeOwner();
      const { lab, driver } = underTest();
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
      assert.equal(record.expiresAt.getTime() - record.createdAt.getTime(), lab.ceilingMinutes * 60_000);
      await driver.end(record.id, never);
    });

    it('makes one sandbox of 20 starts at once', async () => {
      const owner = makeOwner();
      const records = await Promise.all(Array.from({ length: 20 }, () => start(owner)));
      const [first] = records;
      for (const record of records) assert.deepEqual(record, first);
      assert.equal((await underTest().driver.list(never)).filter(({ ownerHash }) => ownerHash === owner).length, 1);
      await underTest().driver.end(first?.id ?? '', never);
    });

    it('says each stage once and in order', async () => {
      const order = ['namespace', 'rights', 'shell', 'prompt'];
      const { driver, lab } = underTest();
      const stages: string[] = [];
      const record = await driver.start({ ownerHash: makeOwner(), lab }, (stage) => stages.push(stage), never);
      assert.deepEqual(
        stages,
        order.filter((stage) => stages.includes(stage)),
      );
      assert.equal(stages.at(-1), 'prompt');
      await driver.end(record.id, never);
    });

    it('can be cancelled, and then leaves nothing behind', async () => {
      const owner = makeOwner();
      const { driver, lab } = underTest();
      const cancel = new AbortController();
      const reason = new Error('the learner has gone');
      const starting = driver.start({ ownerHash: owner, lab }, () => cancel.abort(reason), cancel.signal);
      await assert.rejects(starting, (error) => error === reason);
      assert.ok(!(await listIds()).includes(sandboxId(owner, lab.slug)));
    });

    it('is remembered by a driver that comes after this one', async () => {
      const record = await start();
      const restarted = await underTest().createAnother();
      try {
        const found = (await restarted.list(never)).find(({ id }) => id === record.id);
        assert.deepEqual(found, record);
        await using terminal = await restarted.openTerminal(record.id, SIZE, never);
        await readTerminal(terminal).run('echo still-$((40 + 2))', /still-42/);
      } finally {
        await restarted[Symbol.asyncDispose]();
      }
      await underTest().driver.end(record.id, never);
    });
  });
}

function describeTerminal(driver: () => Driver, start: Start): void {
  describe('a terminal', { timeout: TEST_LIMIT_MS }, () => {
    let id = '';
    before(async () => {
      id = (await start()).id;
    });
    after(() => driver().end(id, never));
    const open = (size = SIZE): Promise<Terminal> => driver().openTerminal(id, size, never);

    it('runs what is typed and shows what it prints', async () => {
      await using terminal = await open();
      await readTerminal(terminal).run('echo answer-$((40 + 2))', /answer-42/);
    });

    it('carries every character, also when its bytes come one by one', async () => {
      await using terminal = await open();
      const reader = readTerminal(terminal);
      for (const byte of Buffer.from("printf '<%s>' 'grüße 日本語 🙂'\r")) await terminal.write(Uint8Array.of(byte));
      await reader.waitFor(/<grüße 日本語 🙂>/);
    });

    it('gives all of a large output', async () => {
      await using terminal = await open();
      const reader = readTerminal(terminal);
      await reader.run("stty -echo; PS1=''; echo quiet-$((40 + 2))", /quiet-42\r\n/);
      const countBefore = reader.count('X');
      await reader.run("head -c 3000000 /dev/zero | tr '\\0' X; echo end-$((40 + 2))", /end-42\r\n/);
      assert.equal(reader.count('X') - countBefore, 3_000_000);
    });

    it('takes all of a large paste', async () => {
      await using terminal = await open();
      const reader = readTerminal(terminal);
      const line = `${'0123456789'.repeat(10)}\n`;
      await reader.run("stty -echo; PS1=''; echo quiet-$((40 + 2))", /quiet-42/);
      await terminal.write(Buffer.from('cat > ~/paste\r'));
      for (let count = 0; count < 1000; count += 1) await terminal.write(Buffer.from(line));
      await terminal.write(Buffer.from('\u0004'));
      await reader.run('echo size-$(wc -c < ~/paste)', new RegExp(`size-${line.length * 1000}\\b`));
    });

    it('holds a program back whose output nobody reads, and ends it when it is closed', async () => {
      await using observer = await open();
      const watching = readTerminal(observer);
      const flooded = await open();
      await flooded.write(Buffer.from('echo $$ > ~/flood.pid; exec yes\r'));
      await watching.run(
        'until [ -s ~/flood.pid ]; do sleep 0.1; done; pid=$(cat ~/flood.pid); echo found-$((40 + 2))',
        /found-42/,
      );
      // Held back: half a second in which not one byte was written.
      const written = `$(awk '/wchar/ { print $2 }' /proc/$pid/io)`;
      await watching.run(
        `was=none; until [ "$was" = "${written}" ]; do was="${written}"; sleep 0.5; done; echo held-$((40 + 2))-$was-`,
        /held-42-\d+-/,
      );
      const [, bytes] = await watching.waitFor(/held-42-(\d+)-/);
      assert.ok(Number(bytes) > 4096 && Number(bytes) < 16 * 1024 * 1024, `${bytes} bytes were taken`);
      await flooded[Symbol.asyncDispose]();
      await watching.run('while kill -0 $pid; do sleep 0.1; done 2>/dev/null; echo ended-$((40 + 2))', /ended-42/);
    });

    it('ends what runs in the foreground when it is closed', async () => {
      await using observer = await open();
      const watching = readTerminal(observer);
      const terminal = await open();
      await readTerminal(terminal).run("sh -c 'echo $$ > ~/job.pid; echo job-$((40 + 2)); exec sleep 1000'", /job-42/);
      await watching.run('pid=$(cat ~/job.pid); kill -0 $pid && echo alive-$((40 + 2))', /alive-42/);
      await terminal[Symbol.asyncDispose]();
      await watching.run('while kill -0 $pid; do sleep 0.1; done 2>/dev/null; echo ended-$((40 + 2))', /ended-42/);
    });

    it('takes the size that it is given, at first and later', async () => {
      await using terminal = await open({ columns: 100, rows: 30 });
      const reader = readTerminal(terminal);
      await reader.run('stty size', /30 100/);
      terminal.resize({ columns: 132, rows: 43 });
      await reader.run('until [ "$(stty size)" = "43 132" ]; do sleep 0.1; done; echo size-$((40 + 2))', /size-42/);
    });

    it('lets ^C end what floods it', async () => {
      await using terminal = await open();
      const reader = readTerminal(terminal);
      await reader.run('yes', /(y\r\n){100}/);
      await reader.type('\u0003');
      await reader.run('echo back-$((40 + 2))', /back-42/);
    });

    for (const status of [0, 7]) {
      it(`ends with the shell's status ${status}, and its output with it`, async () => {
        await using terminal = await open();
        const reader = readTerminal(terminal);
        await reader.type(`echo bye-$((40 + 2)); exit ${status}\r`);
        assert.equal(await terminal.exited, status);
        await reader.ended;
        assert.match(reader.text, /bye-42/);
      });
    }

    it('is refused in a sandbox that is not there', async () => {
      await assert.rejects(
        driver().openTerminal(sandboxId(makeOwner(), 'nowhere'), SIZE, never),
        hasCode('sandbox_unknown'),
      );
    });

    it('is not opened once it was cancelled', async () => {
      await assert.rejects(driver().openTerminal(id, SIZE, AbortSignal.abort(new Error('gone'))), /gone/);
    });
  });
}

function describeCheck(driver: () => Driver, start: Start): void {
  describe('a check', { timeout: TEST_LIMIT_MS }, () => {
    let id = '';
    before(async () => {
      id = (await start()).id;
    });
    after(() => driver().end(id, never));
    const run = (source: string, timeLimitMs = CHECK_LIMIT_MS, signal = never) =>
      driver().runCheck(id, { name: 'probe', source: `#!/bin/sh\n${source}\n`, timeLimitMs }, signal);

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

    it('can be cancelled', async () => {
      const cancel = new AbortController();
      const running = run('sleep 1000', CHECK_LIMIT_MS, cancel.signal);
      cancel.abort(new Error('the learner has gone'));
      await assert.rejects(running, /the learner has gone/);
    });

    it('is refused in a sandbox that is not there', async () => {
      const script = { name: 'probe', source: '#!/bin/sh\n', timeLimitMs: CHECK_LIMIT_MS };
      await assert.rejects(
        driver().runCheck(sandboxId(makeOwner(), 'nowhere'), script, never),
        hasCode('sandbox_unknown'),
      );
    });
  });
}

function describeEnd(driver: () => Driver, { start, listIds }: Common): void {
  describe('end', { timeout: TEST_LIMIT_MS }, () => {
    it('takes the sandbox away with its terminals and files, and nobody else’s', async () => {
      const owner = makeOwner();
      const [record, other] = await Promise.all([start(owner), start()]);
      const terminal = await driver().openTerminal(record.id, SIZE, never);
      await readTerminal(terminal).run('touch ~/mine; echo made-$((40 + 2))', /made-42/);
      await driver().end(record.id, never);
      await terminal.exited;
      const ids = await listIds();
      assert.deepEqual([ids.includes(record.id), ids.includes(other.id)], [false, true]);

      await start(owner);
      await using again = await driver().openTerminal(record.id, SIZE, never);
      await readTerminal(again).run('test -e ~/mine || echo fresh-$((40 + 2))', /fresh-42/);
      await Promise.all([driver().end(record.id, never), driver().end(other.id, never)]);
    });

    it('succeeds for a sandbox that is gone', async () => {
      await driver().end(sandboxId(makeOwner(), 'nowhere'), never);
    });
  });
}
