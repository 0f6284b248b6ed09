/**
 * A program that writes progress and says what the store has acknowledged, until it is killed:
 * `node progress-writer.ts FILE FIRST`. Each line that it prints is the number of one write.
 */
import { writeSync } from 'node:fs';
import { createSqliteStore } from '../../sandbox-server/store/sqlite-store.ts';
import { writeProgress } from './acknowledged-writes.ts';

const [, , file = '', first = '0'] = process.argv;
const store = await createSqliteStore(file);
// At once: what is acknowledged and not yet told would not be looked for.
await writeProgress(store, Number(first), (write) => writeSync(1, `${write}\n`));
