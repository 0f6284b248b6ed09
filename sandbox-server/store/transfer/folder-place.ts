/**
 * The data folder of a server that is alone: its database file, and beside it the key that signs cookies. Servers with
 * PostgreSQL have that key in the database; so it is carried as a row. Without it nobody would be known again.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COOKIE_KEY } from '../secret.ts';
import { lockDatabase, PRIVATE } from '../sqlite-lock.ts';
import { type Row, type Source, type Table, type Target, TransferError } from './place.ts';
import { openSqliteSource, openSqliteTarget } from './sqlite-place.ts';

const KEY_TABLE = 'kept_values';

/** The names of what a server keeps in its data folder. */
export const DATABASE_FILE = 'podium.db';
export const SECRET_FILE = 'secret';

/** Throws a TransferError that says what to do. */
export async function openFolderSource(folder: string): Promise<Source> {
  const source = openSqliteSource(join(folder, DATABASE_FILE));
  const key = await readKey(folder);
  if (key === undefined) return source;
  return { ...source, readBatches: (table) => withKey(source.readBatches(table), table, key) };
}

/** Throws a TransferError where something is there already. */
export async function openFolderTarget(folder: string, level: readonly string[]): Promise<Target> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    throw new TransferError(`${folder} cannot be made (${cause.code}). Take another folder.`, { cause });
  });
  const target = await openSqliteTarget(join(folder, DATABASE_FILE), level);
  const before = await readKey(folder);
  let key: Row | undefined;
  return {
    ...target,
    async insert(table, rows) {
      const given = table.name === KEY_TABLE ? rows.find(({ name }) => name === COOKIE_KEY) : undefined;
      if (given && before && given['value'] !== before['value']) throw new TransferError(describeOtherKey(folder));
      key ??= given;
      await target.insert(
        table,
        rows.filter((row) => row !== given),
      );
    },
    readBatches: (table) => withKey(target.readBatches(table), table, key),
    async commit() {
      if (key && !before) {
        const bytes = Buffer.from(String(key['value']), 'base64');
        await writeFile(join(folder, SECRET_FILE), bytes, { mode: PRIVATE, flush: true });
      }
      await target.commit();
    },
  };
}

/** Held until it is disposed. Throws a TransferError while a server works with the folder. */
export function requireFolderAlone(folder: string): Disposable {
  // Nothing to hold, and nothing is made for it.
  if (!existsSync(folder)) return { [Symbol.dispose]: () => undefined };
  try {
    return lockDatabase(join(folder, DATABASE_FILE));
  } catch (cause) {
    throw new TransferError(
      `A server works with ${folder}. Stop it first: what it writes meanwhile would be missed. (${(cause as Error).message})`,
      { cause },
    );
  }
}

async function readKey(folder: string): Promise<Row | undefined> {
  const file = join(folder, SECRET_FILE);
  if (!existsSync(file)) return undefined;
  return { name: COOKIE_KEY, value: (await readFile(file)).toString('base64') };
}

/** The one beside the file is the one that counts. */
async function* withKey(
  batches: AsyncIterable<readonly Row[]>,
  { name: table }: Table,
  key: Row | undefined,
): AsyncIterable<readonly Row[]> {
  const isReplaced = table === KEY_TABLE && key !== undefined;
  for await (const batch of batches) yield isReplaced ? batch.filter(({ name }) => name !== COOKIE_KEY) : batch;
  if (isReplaced) yield [key];
}

function describeOtherKey(folder: string): string {
  const file = join(folder, SECRET_FILE);
  return `${file} is another key than the one that comes, and nothing is overwritten. Move it away: with it nobody would be known again.`;
}
