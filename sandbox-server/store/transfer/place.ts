/**
 * Where a store can be, for the tools that carry one from one place to another: a file, the data folder of a server, or
 * a PostgreSQL database. A source is read as it is at one moment; a target is there as a whole or not at all.
 */
export type Value = null | string | number | bigint | Uint8Array;
export type Row = Readonly<Record<string, Value>>;

export interface Table {
  readonly name: string;
  /** In the order of their names, which is the same everywhere. */
  readonly columns: readonly string[];
}

export interface Readable {
  /** For people, without a password. */
  readonly description: string;
  readonly tables: readonly Table[];
  /** So many rows at a time as memory holds easily. */
  readBatches(table: Table): AsyncIterable<readonly Row[]>;
}

export interface Source extends Readable, AsyncDisposable {
  /** Names of the migrations that have made its tables, in their order. */
  readonly migrations: readonly string[];
}

/** Disposing it before it is committed leaves the place as it was. */
export interface Target extends Readable, AsyncDisposable {
  insert(table: Table, rows: readonly Row[]): Promise<void>;
  commit(): Promise<void>;
}

/** A place cannot be used; the message says why and what to do. */
export class TransferError extends Error {}

/** The book of the migrations is no content: it is written by those of the target. */
export function isContent(table: string): boolean {
  return !table.startsWith('kysely_') && !table.startsWith('sqlite_');
}
