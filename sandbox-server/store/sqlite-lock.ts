import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** What a database holds is the learners' own: nobody else on the machine reads it. */
export const PRIVATE = 0o600;

/**
 * Holds a database file for one server: a second one would miss what this one has in memory. It is a lock of the
 * kernel's on a file beside it, so that it ends with the process however that ends, and the database itself can still
 * be read, by a backup for example. Throws "database is locked" where another process holds it.
 */
export function lockDatabase(file: string): Disposable {
  const lockFile = `${file}-lock`;
  const lock = new DatabaseSync(lockFile);
  try {
    chmodSync(lockFile, PRIVATE);
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
  } catch (error) {
    lock.close();
    throw error;
  }
  return { [Symbol.dispose]: () => lock.close() };
}
