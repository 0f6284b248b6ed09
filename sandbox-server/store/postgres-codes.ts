import type { Clock } from '../clock.ts';
import type { CreateCodes } from './one-use-codes.ts';
import { explained } from './postgres-failures.ts';
import type { PostgresDatabase } from './postgres-store.ts';
import { hashCode, openGrant, sealGrant } from './sealed-grant.ts';

export interface PostgresCodesDeps {
  readonly database: PostgresDatabase;
  /** The clocks of servers that share codes differ by far less than a code's lifetime, as Kubernetes itself wants it. */
  readonly clock: Clock;
  /** Gives what cannot be guessed. */
  readonly makeCode: () => string;
}

/** Nobody can use one that is too old; it only takes room. */
const SWEEP_EVERY_MS = 60_000;

/** Codes of several servers: what one issues, each of them takes. */
export function createPostgresCodes({ database, clock, makeCode }: PostgresCodesDeps): CreateCodes {
  const { tables } = database;
  let sweptAt = -Infinity;

  async function sweep(): Promise<void> {
    if (clock.now() - sweptAt < SWEEP_EVERY_MS) return;
    sweptAt = clock.now();
    // What another server sweeps right now is left to it.
    const expired = tables
      .selectFrom('one_use_codes')
      .select('code_hash')
      .where('expires_at', '<', new Date(clock.now()))
      .forUpdate()
      .skipLocked();
    await tables.deleteFrom('one_use_codes').where('code_hash', 'in', expired).execute();
  }

  return ({ name: kind, lifetimeMs, decode }) => ({
    async issue(grant, onlyOf) {
      const code = makeCode();
      const expiresAt = new Date(clock.now() + lifetimeMs);
      const row = { code_hash: hashCode(code), sealed_grant: sealGrant(code, grant), expires_at: expiresAt };
      await explained(sweep());
      await explained(
        tables
          .insertInto('one_use_codes')
          .values({ ...row, kind, only_of: onlyOf ?? null })
          // One step, so that of two made at the same time one is left.
          .onConflict((conflict) => conflict.columns(['kind', 'only_of']).doUpdateSet(row))
          .execute(),
      );
      return { code, expiresAt };
    },
    async redeem(code) {
      // A row is deleted once: who comes second waits for the first, and finds nothing.
      const spent = await explained(
        tables
          .deleteFrom('one_use_codes')
          .where('code_hash', '=', hashCode(code))
          .where('kind', '=', kind)
          .returning(['sealed_grant', 'expires_at'])
          .executeTakeFirst(),
      );
      if (!spent || spent.expires_at.getTime() < clock.now()) return undefined;
      return decode(openGrant(code, spent.sealed_grant));
    },
  });
}
