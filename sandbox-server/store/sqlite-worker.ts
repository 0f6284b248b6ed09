/** The thread that SQLite blocks, so that a key's echo never waits for the disk. */
import { chmodSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { lockDatabase, PRIVATE } from './sqlite-lock.ts';

export interface SqliteRequest {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly SQLInputValue[];
}

export interface SqliteReply {
  readonly id: number;
  readonly rows: readonly unknown[];
  readonly changes: bigint;
  readonly error?: string;
  /** SQLite's own, extended result code (sqlite.org/rescode.html). */
  readonly errorCode?: number;
}

/** Who works on the file by hand is waited for; a page does not wait much longer. */
const BUSY_MS = 5000;

const { file } = workerData as { file: string };
const lock = lockDatabase(file);
const database = new DatabaseSync(file, { timeout: BUSY_MS });
chmodSync(file, PRIVATE);
// FULL: done means on the disk.
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
database.exec('BEGIN IMMEDIATE; COMMIT;');

parentPort?.on('message', (request: SqliteRequest | 'close') => {
  if (request === 'close') {
    database.close();
    lock[Symbol.dispose]();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(answer(request));
});
parentPort?.postMessage('open');

function answer({ id, sql, parameters }: SqliteRequest): SqliteReply {
  try {
    const statement = database.prepare(sql);
    if (statement.columns().length > 0) return { id, rows: statement.all(...parameters), changes: 0n };
    return { id, rows: [], changes: BigInt(statement.run(...parameters).changes) };
  } catch (error) {
    const { message, errcode } = error as Error & { readonly errcode?: number };
    return { id, rows: [], changes: 0n, error: message, ...(errcode !== undefined && { errorCode: errcode }) };
  }
}
