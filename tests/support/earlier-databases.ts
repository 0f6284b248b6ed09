/** Databases as earlier versions of Podium left them: written by the code of then, with rows in every table. */
import { join } from 'node:path';

export const EARLIER_FOLDER = join(import.meta.dirname, '../server/earlier-databases');

/** PostgreSQL came with the third migration: no database of that kind ever had only those before. */
export const NEVER_ALONE = { sqlite: [], postgres: ['0001-checks-done', '0002-kept-values'] } as const;
