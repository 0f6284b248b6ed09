/** What SQLite says, and what it means to a page (sqlite.org/rescode.html). Pure. */
import { PodiumError } from '../errors.ts';

/** The lower byte of an extended code is its kind. */
const KIND = 0xff;
const BUSY = 5;
const LOCKED = 6;
const INPUT_OUTPUT = 10;
const FULL = 13;

/** In each case the statement has changed nothing. */
export function toSqliteError(message: string, code = 0): Error {
  const cause = new Error(`SQLite: ${message}`);
  const kind = code & KIND;
  if (kind === BUSY || kind === LOCKED) return new PodiumError('database_locked', { cause });
  if (kind === FULL || kind === INPUT_OUTPUT) return new PodiumError('database_full', { cause });
  return cause;
}
