import type { Clock } from '../clock.ts';
import type { CodeKind, CreateCodes, OneUseCodes } from './one-use-codes.ts';

export interface MemoryCodesDeps {
  readonly clock: Clock;
  /** Gives what cannot be guessed. */
  readonly makeCode: () => string;
}

/** A room of 300 that reconnects at once, several times over. Beyond it the oldest go first. */
const MAX_CODES = 5000;

/** Codes that end with the server: for one that is alone. */
export function createMemoryCodes({ clock, makeCode }: MemoryCodesDeps): CreateCodes {
  return <Grant>({ lifetimeMs }: CodeKind<Grant>): OneUseCodes<Grant> => {
    const codes = new Map<string, { readonly grant: Grant; readonly until: number; readonly onlyOf?: string }>();
    return {
      issue(grant, onlyOf) {
        const [oldest] = codes.keys();
        if (codes.size >= MAX_CODES && oldest !== undefined) codes.delete(oldest);
        if (onlyOf !== undefined) for (const [code, each] of codes) if (each.onlyOf === onlyOf) codes.delete(code);
        const code = makeCode();
        const until = clock.now() + lifetimeMs;
        codes.set(code, { grant, until, ...(onlyOf !== undefined && { onlyOf }) });
        return Promise.resolve({ code, expiresAt: new Date(until) });
      },
      redeem(code) {
        const found = codes.get(code);
        codes.delete(code);
        return Promise.resolve(found && found.until >= clock.now() ? found.grant : undefined);
      },
    };
  };
}
