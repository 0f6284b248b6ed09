/**
 * What a table holds, as a number of rows and one digest: the same in each database and in whatever order the rows come,
 * since the digests of rows are added up. Pure.
 */
import { createHash } from 'node:crypto';
import type { Row, Table, Value } from './place.ts';

const MODULUS = 1n << 256n;

export interface TableDigest {
  readonly rows: number;
  /** Hexadecimal. */
  readonly digest: string;
}

export interface Digester {
  add(rows: readonly Row[]): void;
  finish(): TableDigest;
}

export function createDigester({ columns }: Pick<Table, 'columns'>): Digester {
  let rows = 0;
  let sum = 0n;
  return {
    add(batch) {
      rows += batch.length;
      for (const row of batch) sum = (sum + BigInt(`0x${hashRow(columns, row)}`)) % MODULUS;
    },
    finish: () => ({ rows, digest: sum.toString(16).padStart(64, '0') }),
  };
}

function hashRow(columns: readonly string[], row: Row): string {
  const hash = createHash('sha256');
  for (const column of columns) {
    const { kind, bytes } = encode(row[column] ?? null);
    // With its length, so that no two rows run together into the same bytes.
    hash.update(`${column}\0${kind}${bytes.byteLength}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/** Numbers as they are written: one database hands over as text what another one does as a number. */
function encode(value: Value): { readonly kind: string; readonly bytes: Uint8Array } {
  if (value === null) return { kind: 'null', bytes: Buffer.alloc(0) };
  if (value instanceof Uint8Array) return { kind: 'bytes', bytes: value };
  return { kind: 'text', bytes: Buffer.from(String(value)) };
}
