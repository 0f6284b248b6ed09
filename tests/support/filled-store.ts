/** A store with rows in every table that it has, whichever those are; and all of its rows, read without the code under test. */
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';

interface Column {
  readonly name: string;
  readonly type: string;
}
type Row = Record<string, unknown>;
export type Content = Readonly<Record<string, readonly Row[]>>;

/** More than one batch has. */
export const ROWS_EACH = 1203;
const isOwn = (table: string) => !table.startsWith('kysely_') && !table.startsWith('sqlite_');

export function fillSqlite(file: string, count = ROWS_EACH): void {
  using database = openOwn(file);
  for (const table of listSqliteTables(database)) {
    const columns = database.prepare('SELECT name, type FROM pragma_table_info(?)').all(table) as unknown as Column[];
    const places = columns.map(() => '?').join();
    const insert = database.prepare(
      `INSERT INTO ${table} (${columns.map(({ name }) => name).join()}) VALUES (${places})`,
    );
    for (const row of makeRows(columns, count)) insert.run(...(row as string[]));
  }
}

export function readSqlite(file: string): Content {
  using database = openOwn(file);
  return Object.fromEntries(
    listSqliteTables(database).map((table) => [table, sorted(database.prepare(`SELECT * FROM ${table}`).all())]),
  );
}

export async function fillPostgres(url: URL, count = ROWS_EACH): Promise<void> {
  await using client = await connectOwn(url);
  for (const table of await listPostgresTables(client)) {
    const { rows: columns } = await client.query<Column>(
      'select column_name as name, data_type as type from information_schema.columns where table_name = $1',
      [table],
    );
    const places = columns.map((_, index) => `$${index + 1}`).join();
    const insert = `insert into ${table} (${columns.map(({ name }) => name).join()}) values (${places})`;
    for (const row of makeRows(columns, count)) await client.query(insert, row);
  }
}

export async function readPostgres(url: URL): Promise<Content> {
  await using client = await connectOwn(url);
  const tables = await listPostgresTables(client);
  const content: [string, Row[]][] = [];
  for (const table of tables) content.push([table, sorted((await client.query<Row>(`select * from ${table}`)).rows)]);
  return Object.fromEntries(content);
}

function* makeRows(columns: readonly Column[], count: number): Iterable<unknown[]> {
  for (let index = 0; index < count; index += 1) yield columns.map(({ type, name }) => makeValue(type, name, index));
}

function makeValue(type: string, name: string, index: number): unknown {
  switch (type.toLowerCase()) {
    case 'text':
      return `${name} ${index} – é ' " \\ \n ${'x'.repeat(index % 50)}`;
    case 'integer':
    case 'bigint':
      return index === 1 ? 2 ** 31 - 1 : index;
    case 'blob':
    case 'bytea':
      return Buffer.from(Array.from({ length: index % 600 }, (_, byte) => (byte * 7 + index) % 256));
    case 'boolean':
      return index % 2;
    case 'timestamp with time zone':
    case 'timestamptz':
      return new Date(Date.UTC(2026, 0, 1, 0, 0, index, index % 1000)).toISOString();
    default:
      throw new Error(`Say how to fill a column of the type ${type}.`);
  }
}

function openOwn(file: string): DatabaseSync & Disposable {
  const database = new DatabaseSync(file);
  return Object.assign(database, { [Symbol.dispose]: () => database.close() });
}

async function connectOwn(url: URL): Promise<Client & AsyncDisposable> {
  const client = new Client({ connectionString: url.href });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

function listSqliteTables(database: DatabaseSync): string[] {
  const rows = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).all();
  return rows.map(({ name }) => String(name)).filter(isOwn);
}

async function listPostgresTables(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ tablename: string }>(
    `select tablename from pg_tables where schemaname = 'public' order by tablename collate "C"`,
  );
  return rows.map(({ tablename }) => tablename).filter(isOwn);
}

/** Plain values in an order of their own, so that rows of two databases can be compared. */
function sorted(rows: readonly Row[]): Row[] {
  const plain = rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, show(value)])));
  return plain.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function show(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  return value instanceof Date ? value.toISOString() : value;
}
