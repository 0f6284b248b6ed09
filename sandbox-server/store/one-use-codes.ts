/**
 * The port of codes that let somebody in once, within a time: tickets of terminals, and links to go on in another
 * browser. Two adapters pass the same contract suite: in the memory of one server, and in PostgreSQL for several.
 */

export interface IssuedCode {
  readonly code: string;
  readonly expiresAt: Date;
}

export interface OneUseCodes<Grant> {
  /** A code for one use within the lifetime. Of those that are `onlyOf` the same, the newest alone is good. */
  issue(grant: Grant, onlyOf?: string): Promise<IssuedCode>;
  /** Spends it: of all who try, on whichever server, one gets the grant. Undefined when there is none, or it is too old. */
  redeem(code: string): Promise<Grant | undefined>;
}

/** Codes of one kind are worth nothing as those of another. */
export interface CodeKind<Grant> {
  readonly name: string;
  readonly lifetimeMs: number;
  /** The grant as it was issued, perhaps by a server of another version; undefined where it is none for this one. */
  readonly decode: (grant: unknown) => Grant | undefined;
}

export type CreateCodes = <Grant>(kind: CodeKind<Grant>) => OneUseCodes<Grant>;
