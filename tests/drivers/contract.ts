/**
 * What every driver does, whatever gives its shells: the one suite that both adapters pass.
 * Markers are computed by the shell (`$((40 + 2))`), so that the echo of the typed line is never taken for the answer.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Driver, LabNeeds } from '../../sandbox-server/driver/driver.ts';
import { sandboxId } from '../../sandbox-server/driver/sandbox-id.ts';
import { describeCheck } from './contract-check.ts';
import { makeOwner, never, SIZE, TEST_LIMIT_MS, type Start } from './contract-ground.ts';
import { describeTerminal } from './contract-terminal.ts';
import { readTerminal } from './terminal-reader.ts';

export interface DriverUnderTest extends AsyncDisposable {
  readonly driver: Driver;
  /** A lab that this driver can start. */
  readonly lab: LabNeeds;
  /** Another driver on the same records: what a restarted server has. The caller disposes it. */
  createAnother(): Promise<Driver>;
}

const ignoreStage = () => undefined;

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
