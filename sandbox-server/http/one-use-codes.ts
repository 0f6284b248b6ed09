/** Codes that let somebody in once, within a time: tickets of terminals, and links to go on in another browser. */
import type { Clock } from '../clock.ts';
import type { TerminalAccess } from '../protocol/requests.ts';

/** What a ticket lets its holder do: attach to one terminal of one sandbox. */
export interface Admission {
  readonly sandboxId: string;
  readonly ownerHash: string;
  readonly access: TerminalAccess;
}

/** What a link hands over: everything that this person may do. */
export interface HandOver {
  readonly ownerHash: string;
  /** As signed, for the other browser to have too. */
  readonly cookie: string;
  readonly lab: string;
}

export type Tickets = OneUseCodes<Admission>;
export type HandOvers = OneUseCodes<HandOver>;

export interface OneUseCodes<Grant> {
  /** A code for one use within the lifetime. */
  issue(grant: Grant): { readonly code: string; readonly expiresAt: Date };
  /** Spends it; undefined when there is none, or it is too old. */
  redeem(code: string): Grant | undefined;
  /** Makes codes worthless that were not spent yet. */
  revoke(isMeant: (grant: Grant) => boolean): void;
}

export interface OneUseCodesDeps {
  readonly clock: Clock;
  /** Gives what cannot be guessed. */
  readonly makeCode: () => string;
  readonly lifetimeMs: number;
}

/** A room of 300 that reconnects at once, several times over. Beyond it the oldest go first. */
const MAX_CODES = 5000;

export function createOneUseCodes<Grant>({ clock, makeCode, lifetimeMs }: OneUseCodesDeps): OneUseCodes<Grant> {
  const codes = new Map<string, { readonly grant: Grant; readonly until: number }>();
  return {
    issue(grant) {
      const [oldest] = codes.keys();
      if (codes.size >= MAX_CODES && oldest !== undefined) codes.delete(oldest);
      const code = makeCode();
      const until = clock.now() + lifetimeMs;
      codes.set(code, { grant, until });
      return { code, expiresAt: new Date(until) };
    },
    redeem(code) {
      const found = codes.get(code);
      codes.delete(code);
      return found && found.until >= clock.now() ? found.grant : undefined;
    },
    revoke(isMeant) {
      for (const [code, { grant }] of codes) if (isMeant(grant)) codes.delete(code);
    },
  };
}
