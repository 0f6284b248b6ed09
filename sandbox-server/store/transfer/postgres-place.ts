import { Kysely, PostgresDialect } from 'kysely';
import { Client, Pool } from 'pg';
import { describeDatabase } from '../../database-url.ts';
import { migrate, postgresMigrations, type Tables } from '../migrations.ts';
import { explainOpening } from '../postgres-failures.ts';
import { makeConnectionOptions } from '../postgres-pool.ts';
import { commonLevel } from './levels.ts';
import { isContent, type Row, type Source, type Table, type Target, TransferError, type Value } from './place.ts';

/** Rows at a time; of tables with archives as few as stay below a hundred mebibytes. */
const BATCH_ROWS = 500;
const BATCH_ARCHIVES = 8;
/** For eight archives of ten mebibytes over a slow line. */
const QUERY_LIMIT_MS = 600_000;

/** Reads the database as it is now, whoever writes to it. Throws a TransferError that says what to do. */
export async function openPostgresSource(url: URL): Promise<Source> {
  const client = await connect(url);
  try {
    await client.query('begin isolation level repeatable read read only');
    const migrations = await listMigrations(client);
    if (migrations.length === 0) throw new TransferError(`The ${describeDatabase(url)} holds no store of Podium.`);
    const tables = await listTables(client);
    return { ...makeReadable(url, client, tables), migrations, [Symbol.asyncDispose]: () => end(client) };
  } catch (error) {
    await end(client);
    throw error;
  }
}

/**
 * A database without rows, with the tables that `level` had, held until the end. Throws a TransferError where there are
 * rows, or tables of another level.
 */
export async function openPostgresTarget(url: URL, level: readonly string[]): Promise<Target> {
  const client = await connect(url);
  try {
    await makeTables(url, client, commonLevel(level, Object.keys(postgresMigrations)));
    await client.query('begin');
    const tables = await listTables(client);
    // A server that starts meanwhile waits until all of it is there.
    await client.query(`lock table ${tables.map(({ name }) => quote(name)).join(', ')} in access exclusive mode`);
    for (const { name } of tables) await requireEmpty(url, client, name);
    return {
      ...makeReadable(url, client, tables),
      insert: (table, rows) => insert(client, table, rows),
      commit: async () => void (await client.query('commit')),
      [Symbol.asyncDispose]: () => end(client),
    };
  } catch (error) {
    await end(client);
    throw error;
  }
}

/** Throws a TransferError while a server works with the database: what it writes would be missed, or mixed. */
export async function requireNoServer(url: URL): Promise<void> {
  const client = await connect(url);
  try {
    const { rows } = await client.query<{ count: string }>(
      `select count(*) from pg_stat_activity where datname = current_database() and application_name = 'podium'`,
    );
    if (rows[0]?.count === '0') return;
    throw new TransferError(
      `A server works with the ${describeDatabase(url)}. Stop all servers that have it first: what they write meanwhile would be missed.`,
    );
  } finally {
    await end(client);
  }
}

/** A connection that is broken cannot say farewell; what was not committed is not there. */
async function end(client: Client): Promise<void> {
  await client.end().catch(() => undefined);
}

async function connect(url: URL): Promise<Client> {
  const options = { ...makeConnectionOptions(url), query_timeout: QUERY_LIMIT_MS, application_name: 'podium store' };
  const client = new Client(options);
  // A query that is under way fails and says why; without a listener the event would end the process besides.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    throw new TransferError(explainOpening(describeDatabase(url), cause), { cause });
  }
  return client;
}

async function makeTables(url: URL, client: Client, level: string): Promise<void> {
  const there = await listMigrations(client);
  const wanted = Object.keys(postgresMigrations).filter((name) => name <= level);
  if (there.some((name) => !wanted.includes(name))) {
    throw new TransferError(
      `The ${describeDatabase(url)} has tables of a newer Podium than the source. Give a new database: createdb.`,
    );
  }
  const pool = new Pool(makeConnectionOptions(url));
  const tables = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  try {
    await migrate(tables, postgresMigrations, level);
  } catch (cause) {
    throw new TransferError(explainOpening(describeDatabase(url), cause), { cause });
  } finally {
    await tables.destroy();
  }
}

async function requireEmpty(url: URL, client: Client, table: string): Promise<void> {
  const { rows } = await client.query(`select 1 from ${quote(table)} limit 1`);
  if (rows.length === 0) return;
  throw new TransferError(
    `The ${describeDatabase(url)} is not empty: its table ${table} has rows, and nothing is overwritten. Give a new database: createdb.`,
  );
}

async function listMigrations(client: Client): Promise<readonly string[]> {
  const { rows: found } = await client.query(`select to_regclass('kysely_migration') as book`);
  if ((found[0] as { book: unknown }).book === null) return [];
  const { rows } = await client.query<{ name: string }>('select name from kysely_migration order by name');
  return rows.map(({ name }) => name);
}

async function listTables(client: Client): Promise<readonly Table[]> {
  const { rows } = await client.query<{ table_name: string; column_name: string }>(
    `select table_name, column_name from information_schema.columns join information_schema.tables
     using (table_catalog, table_schema, table_name)
     where table_schema = current_schema() and table_type = 'BASE TABLE'
     order by table_name collate "C", column_name collate "C"`,
  );
  const tables = Map.groupBy(
    rows.filter(({ table_name: name }) => isContent(name)),
    ({ table_name: name }) => name,
  );
  return [...tables].map(([name, columns]) => ({ name, columns: columns.map((each) => each.column_name) }));
}

function makeReadable(
  url: URL,
  client: Client,
  tables: readonly Table[],
): Pick<Source, 'description' | 'tables' | 'readBatches'> {
  return { description: `the ${describeDatabase(url)}`, tables, readBatches: (table) => readBatches(client, table) };
}

async function* readBatches(client: Client, { name, columns }: Table): AsyncIterable<readonly Row[]> {
  const size = columns.includes('archive') ? BATCH_ARCHIVES : BATCH_ROWS;
  const list = columns.map(quote).join(', ');
  await client.query(`declare batches cursor for select ${list} from ${quote(name)}`);
  try {
    for (;;) {
      const { rows } = await client.query<Record<string, unknown>>(`fetch ${size} from batches`);
      if (rows.length === 0) break;
      yield rows.map((row) => Object.fromEntries(columns.map((column) => [column, toPlain(row[column])])));
    }
  } finally {
    // Where the connection is lost, it is closed already.
    await client.query('close batches').catch(() => undefined);
  }
}

/** As the other database can keep it: dates as text, yes and no as 1 and 0. */
function toPlain(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Uint8Array || typeof value === 'string' || typeof value === 'number') return value;
  return JSON.stringify(value);
}

async function insert(client: Client, { name, columns }: Table, rows: readonly Row[]): Promise<void> {
  const places = rows.map(
    (_, row) => `(${columns.map((__, column) => `$${row * columns.length + column + 1}`).join(', ')})`,
  );
  const values = rows.flatMap((row) => columns.map((column) => row[column] ?? null));
  await client.query(
    `insert into ${quote(name)} (${columns.map(quote).join(', ')}) values ${places.join(', ')}`,
    values,
  );
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
