/** One contract for every adapter of codes; "the other server" is the same one where there is only one. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../sandbox-server/clock.ts';
import { createMemoryCodes } from '../../sandbox-server/store/memory-codes.ts';
import type { CodeKind, OneUseCodes } from '../../sandbox-server/store/one-use-codes.ts';
import { createPostgresCodes } from '../../sandbox-server/store/postgres-codes.ts';
import { openPostgres, type PostgresDatabase } from '../../sandbox-server/store/postgres-store.ts';
import { createLog } from '../../sandbox-server/telemetry/log.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { createPostgres, skippedWithoutPostgres, type TestPostgres } from '../support/postgres.ts';

const SUITE_LIMIT_MS = 300_000;
const LIFETIME_MS = 30_000;

interface Grant {
  readonly name: string;
}

const makeKind = (name: string): CodeKind<Grant> => ({
  name,
  lifetimeMs: LIFETIME_MS,
  decode: (grant) => grant as Grant,
});
const makeCode = () => randomBytes(24).toString('base64url');
const grant = { name: 'grant' };

interface Servers {
  readonly clock: ManualClock;
  /** Codes of one kind at two servers, and of another kind at the first. */
  readonly here: OneUseCodes<Grant>;
  readonly there: OneUseCodes<Grant>;
  readonly ofOtherKind: OneUseCodes<Grant>;
}

function describeCodes(start: () => Servers): void {
  it('lets in once, at whichever server', async () => {
    const { here, there } = start();
    const { code } = await here.issue(grant);
    assert.deepEqual(await there.redeem(code), grant);
    assert.equal(await here.redeem(code), undefined);
    assert.equal(await there.redeem(code), undefined);
  });

  it('lets in one of all who try at the same time', async () => {
    const { here, there } = start();
    for (let round = 0; round < 10; round += 1) {
      const { code } = await here.issue(grant);
      const tries = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? here : there).redeem(code));
      const granted = (await Promise.all(tries)).filter((each) => each !== undefined);
      assert.deepEqual(granted, [grant]);
    }
  });

  for (const [ageMs, expected] of [
    [LIFETIME_MS, grant],
    [LIFETIME_MS + 1, undefined],
  ] as const) {
    it(`${expected ? 'lets in' : 'is too old'} after ${ageMs} ms`, async () => {
      const { clock, here, there } = start();
      const { code, expiresAt } = await here.issue(grant);
      assert.equal(expiresAt.getTime(), clock.now() + LIFETIME_MS);
      clock.advance(ageMs);
      assert.deepEqual(await there.redeem(code), expected);
    });
  }

  it('is worthless when there is a newer one of which only one is good, and others are not', async () => {
    const { here, there } = start();
    const [any, first, others] = [
      await here.issue({ name: 'any' }),
      await here.issue({ name: 'first' }, 'ada'),
      await here.issue({ name: 'others' }, 'bob'),
    ];
    const second = await there.issue({ name: 'second' }, 'ada');
    assert.equal(await here.redeem(first.code), undefined);
    for (const [code, name] of [
      [any.code, 'any'],
      [others.code, 'others'],
      [second.code, 'second'],
    ] as const) {
      assert.deepEqual(await there.redeem(code), { name });
    }
  });

  it('leaves one good of those that are made at the same time, of which only one is', async () => {
    const { here, there } = start();
    const made = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? here : there).issue(grant, 'ada'));
    const tries = (await Promise.all(made)).map(({ code }) => here.redeem(code));
    assert.deepEqual(
      (await Promise.all(tries)).filter((each) => each !== undefined),
      [grant],
    );
  });

  it('is worth nothing as one of another kind, and still good then', async () => {
    const { here, ofOtherKind } = start();
    const { code } = await here.issue(grant);
    assert.equal(await ofOtherKind.redeem(code), undefined);
    assert.deepEqual(await here.redeem(code), grant);
  });

  it('is not what was never issued', async () => {
    const { here } = start();
    for (const code of ['', 'guess', '\u0000', 'x'.repeat(1000)]) assert.equal(await here.redeem(code), undefined);
  });
}

describe('a code for one use, in memory', () => {
  function start(): Servers {
    const clock = new ManualClock();
    const createCodes = createMemoryCodes({ clock, makeCode });
    const here = createCodes(makeKind('ticket'));
    return { clock, here, there: here, ofOtherKind: createCodes(makeKind('other')) };
  }
  describeCodes(start);

  it('gives way to newer ones rather than fill the memory', async () => {
    const { here: codes } = start();
    const { code } = await codes.issue(grant);
    for (let count = 0; count < 5000; count += 1) await codes.issue(grant);
    assert.equal(await codes.redeem(code), undefined);
  });
});

describe('a code for one use, in PostgreSQL', { skip: skippedWithoutPostgres, timeout: SUITE_LIMIT_MS }, () => {
  let postgres: TestPostgres;
  const databases: PostgresDatabase[] = [];
  before(async () => {
    postgres = await createPostgres();
    const url = await postgres.createDatabase();
    const options = { url, clock: systemClock, log: createLog('silent') };
    for (let count = 0; count < 2; count += 1) {
      databases.push(await openPostgres(options, new AbortController().signal));
    }
  });
  after(async () => {
    for (const database of databases) await database[Symbol.asyncDispose]();
    await postgres[Symbol.asyncDispose]();
  });

  function start(): Servers {
    const clock = new ManualClock();
    const [here, there] = databases.map((database) => createPostgresCodes({ database, clock, makeCode }));
    if (!here || !there) throw new Error('There are no two servers.');
    return {
      clock,
      here: here(makeKind('ticket')),
      there: there(makeKind('ticket')),
      ofOtherKind: here(makeKind('other')),
    };
  }
  const rowsOf = async () => {
    const rows = await databases[0]?.tables.selectFrom('one_use_codes').selectAll().execute();
    return rows ?? [];
  };
  describeCodes(start);

  it('is not in the database, nor what it is worth', async () => {
    const { here } = start();
    const { code } = await here.issue({ name: 'very-secret-cookie' });
    const rows = await rowsOf();
    assert.ok(rows.length > 0);
    for (const row of rows) {
      assert.doesNotMatch(JSON.stringify(row), /very-secret-cookie/);
      const texts = [row.sealed_grant, Buffer.from(row.sealed_grant, 'base64url').toString('latin1')];
      for (const text of [...texts, row.code_hash]) assert.ok(!text.includes(code) && !text.includes('secret'));
    }
  });

  it('leaves nothing behind when it is too old', async () => {
    const { clock, here: codes } = start();
    for (let count = 0; count < 3; count += 1) await codes.issue(grant);
    clock.advance(10 * LIFETIME_MS);
    await codes.issue(grant);
    assert.equal((await rowsOf()).length, 1);
  });
});
